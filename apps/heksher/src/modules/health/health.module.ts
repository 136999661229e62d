import { type DynamicModule, Module } from '@nestjs/common';
import { Lifecycle } from '../../lifecycle.js';
import { HealthController } from './health.controller.js';

@Module({})
export class HealthModule {
  /** @param ruleset the ruleset module of the application, which knows whether the database answers */
  static on(ruleset: DynamicModule, lifecycle: Lifecycle): DynamicModule {
    return {
      module: HealthModule,
      imports: [ruleset],
      controllers: [HealthController],
      providers: [{ provide: Lifecycle, useValue: lifecycle }],
    };
  }
}
