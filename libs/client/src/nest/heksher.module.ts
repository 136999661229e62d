import {
  type DynamicModule,
  Inject,
  Injectable,
  type MiddlewareConsumer,
  Module,
  type NestModule,
  type OnApplicationShutdown,
  type Provider,
} from '@nestjs/common';
import { HeksherClient } from '../client.js';
import { HeksherContextInterceptor } from './context-interceptor.js';
import { HeksherContextMiddleware } from './context-middleware.js';
import {
  HEKSHER_OPTIONS,
  type HeksherModuleAsyncOptions,
  type HeksherModuleOptions,
  type IncomingRequest,
  RequestContext,
} from './module-options.js';

/** Closes the client after the last request was answered. */
@Injectable()
class ClosingClient implements OnApplicationShutdown {
  constructor(@Inject(HeksherClient) private readonly client: HeksherClient) {}

  onApplicationShutdown(): Promise<void> {
    return this.client.close();
  }
}

const PROVIDERS: readonly Provider[] = [
  {
    provide: HeksherClient,
    inject: [HEKSHER_OPTIONS],
    useFactory: (options: HeksherModuleOptions) => HeksherClient.start(options),
  },
  {
    provide: RequestContext,
    inject: [HEKSHER_OPTIONS],
    useFactory: ({ requestContext }: HeksherModuleOptions) => new RequestContext(requestContext),
  },
  HeksherContextInterceptor,
  ClosingClient,
];

/**
 * Starts a HeksherClient with the application and closes it with it. The client can be injected, by its class; it is only needed for what
 * settings cannot do by themselves.
 */
@Module({})
export class HeksherModule implements NestModule {
  /** With `isGlobal`, all modules may inject the client without importing this one. */
  static forRoot<Request extends IncomingRequest = IncomingRequest>(
    options: HeksherModuleOptions<Request> & Readonly<{ isGlobal?: boolean }>,
  ): DynamicModule {
    const { isGlobal, ...rest } = options;
    return moduleOf({ provide: HEKSHER_OPTIONS, useValue: rest }, [], isGlobal);
  }

  /** As `forRoot`, with options that a factory makes: `{ inject: [ConfigService], useFactory: (config) => ({ url: … }) }`. */
  static forRootAsync<Request extends IncomingRequest = IncomingRequest>(
    options: HeksherModuleAsyncOptions<Request>,
  ): DynamicModule {
    const { imports, inject, useFactory, isGlobal } = options;
    return moduleOf({ provide: HEKSHER_OPTIONS, inject: inject ?? [], useFactory }, imports ?? [], isGlobal);
  }

  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(HeksherContextMiddleware).forRoutes('{*path}');
  }
}

function moduleOf(
  options: Provider,
  imports: NonNullable<DynamicModule['imports']>,
  isGlobal: boolean | undefined,
): DynamicModule {
  return {
    module: HeksherModule,
    global: isGlobal ?? false,
    imports,
    providers: [options, ...PROVIDERS],
    exports: [HeksherClient, RequestContext, HeksherContextInterceptor],
  };
}
