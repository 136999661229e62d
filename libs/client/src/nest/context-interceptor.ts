import { type CallHandler, type ExecutionContext, Inject, Injectable, type NestInterceptor } from '@nestjs/common';
import { type Observable } from 'rxjs';
import { HeksherClient } from '../client.js';
import { type IncomingRequest, RequestContext } from './module-options.js';

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
