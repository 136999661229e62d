import { type DynamicModule, Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Logger } from '../logging/index.js';
import { type CredentialsInMemory } from './credentials.js';
import { KeyUses } from './key-uses.js';
import { KeysController } from './keys.controller.js';
import { KeysService } from './keys.service.js';
import { PrincipalsController } from './principals.controller.js';
import { PrincipalsService } from './principals.service.js';
import { ProtectedResource } from './protected-resource.js';
import { ProtectedResourceController } from './protected-resource.controller.js';
import { TokenVerifiers } from './token-verifiers.js';
import { WhoamiController } from './whoami.controller.js';

/** By what requests are authenticated. */
export type Authentication = Readonly<{
  credentials: CredentialsInMemory;
  tokens: TokenVerifiers;
  resource: ProtectedResource;
}>;

@Module({})
export class AccessModule {
  /**
   * @param ruleset the ruleset module of the application, which proves who asks
   * @param authentication undefined: nobody is authenticated
   */
  static on(ruleset: DynamicModule, authentication: Authentication | undefined): DynamicModule {
    const uses = {
      provide: KeyUses,
      inject: [DataSource, Logger],
      useFactory: (dataSource: DataSource, log: Logger) =>
        authentication && new KeyUses(authentication.credentials, dataSource, log.child('access')),
    };
    return {
      module: AccessModule,
      imports: [ruleset],
      controllers: [KeysController, PrincipalsController, ProtectedResourceController, WhoamiController],
      providers: [
        KeysService,
        PrincipalsService,
        uses,
        { provide: TokenVerifiers, useValue: authentication?.tokens },
        { provide: ProtectedResource, useValue: authentication?.resource ?? new ProtectedResource(undefined) },
      ],
      exports: [KeysService],
    };
  }
}
