import {
  type DynamicModule,
  type FactoryProvider,
  Inject,
  Injectable,
  type MiddlewareConsumer,
  Module,
  type NestModule,
  type OnApplicationShutdown,
  type Provider,
} from '@nestjs/common';
import { HeksherClient } from '../client.js';
import { type GivenContext } from '../context.js';
import { type ClientOptions } from '../options.js';
import {
  HeksherContextInterceptor,
  HeksherContextMiddleware,
  type IncomingRequest,
  RequestContext,
} from './request-context.js';

/** Options of the client that the module starts, and what it makes of requests. */
export type HeksherModuleOptions<Request extends IncomingRequest = IncomingRequest> = ClientOptions &
  Readonly<{
    /**
     * The context in which a request is served, for all that is read meanwhile. It is asked when the request arrives, and
     * where HeksherContextInterceptor is in use again after guards, which may have found out whose request it is.
     */
    requestContext?: (request: Request) => GivenContext;
  }>;

/** Options that are made from what other modules provide. */
export type HeksherModuleAsyncOptions<Request extends IncomingRequest = IncomingRequest> = Readonly<{
  imports?: DynamicModule['imports'];
  inject?: FactoryProvider['inject'];
  useFactory: FactoryProvider<HeksherModuleOptions<Request>>['useFactory'];
  /** Whether all modules may inject the client without importing this one. Default false. */
  isGlobal?: boolean;
}>;

/** Names the options among providers. */
export const HEKSHER_OPTIONS = Symbol('HEKSHER_OPTIONS');

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
