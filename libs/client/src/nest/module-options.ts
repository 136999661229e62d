import { type DynamicModule, type FactoryProvider } from '@nestjs/common';
import { type GivenContext } from '../context/context.js';
import { type ClientOptions } from '../options.js';

/** What requests have in common, whatever the platform; name yours to have the rest: `(request: express.Request) => …`. */
export type IncomingRequest = Readonly<{ headers: Readonly<Record<string, string | string[] | undefined>> }>;

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

/** Where requests get their context from. A class, so that it can be injected. */
export class RequestContext {
  constructor(readonly of: ((request: IncomingRequest) => GivenContext) | undefined) {}
}

/** Names the options among providers. */
export const HEKSHER_OPTIONS = Symbol('HEKSHER_OPTIONS');
