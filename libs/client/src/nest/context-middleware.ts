import { Inject, Injectable, type NestMiddleware } from '@nestjs/common';
import { HeksherClient } from '../client.js';
import { type IncomingRequest, RequestContext } from './module-options.js';

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
