import {
  type CallHandler,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
  type NestMiddleware,
} from '@nestjs/common';
import { type Observable } from 'rxjs';
import { HeksherClient } from '../client.js';
import { type GivenContext } from '../context.js';

/** What requests have in common, whatever the platform; name yours to have the rest: `(request: express.Request) => …`. */
export type IncomingRequest = Readonly<{ headers: Readonly<Record<string, string | string[] | undefined>> }>;

/** Where requests get their context from. A class, so that it can be injected. */
export class RequestContext {
  constructor(readonly of: ((request: IncomingRequest) => GivenContext) | undefined) {}
}

/** Serves each request in its context. */
@Injectable()
export class HeksherContextMiddleware implements NestMiddleware<IncomingRequest> {
  constructor(
    @Inject(HeksherClient) private readonly client: HeksherClient,
    @Inject(RequestContext) private readonly context: RequestContext,
  ) {}

  use(request: IncomingRequest, _response: unknown, next: () => void): void {
    if (this.context.of === undefined) next();
    else this.client.withContext(this.context.of(request), next);
  }
}

/**
 * Asks for the context of a request once more, after guards: where `requestContext` needs what they found out, such as the user.
 * Use it on controllers by `@UseInterceptors`, or everywhere by `{ provide: APP_INTERCEPTOR, useExisting: HeksherContextInterceptor }`.
 */
@Injectable()
export class HeksherContextInterceptor implements NestInterceptor {
  /** @internal Nest makes it. */
  constructor(
    @Inject(HeksherClient) private readonly client: HeksherClient,
    @Inject(RequestContext) private readonly context: RequestContext,
  ) {}

  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (this.context.of === undefined || execution.getType() !== 'http') return next.handle();
    const request = execution.switchToHttp().getRequest<IncomingRequest>();
    // Nest runs what follows in the asynchronous context in which `handle` is called.
    return this.client.withContext(this.context.of(request), () => next.handle());
  }
}
