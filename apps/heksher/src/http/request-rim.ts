import { randomUUID } from 'node:crypto';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type Lifecycle } from '../lifecycle.js';
import { type Logger, runWithRequestId } from '../modules/logging/index.js';

const SANE_REQUEST_ID = /^[\w.:/+=@-]{1,128}$/;
const REQUEST_ID = 'X-Request-Id';

/** What every request gets before anything else looks at it, whichever way it is answered then. */
export class RequestRim {
  constructor(
    private readonly log: Logger,
    private readonly lifecycle: Lifecycle,
  ) {}

  /**
   * Gives the request its id (the caller's where that is sane), tells it in the answer, and logs the request when it is
   * done. Doing it again changes nothing.
   * @returns the request's id
   */
  begin(request: IncomingMessage, response: ServerResponse): string {
    const known = response.getHeader(REQUEST_ID);
    if (typeof known === 'string') return known;
    const given = request.headers['x-request-id'];
    const requestId = typeof given === 'string' && SANE_REQUEST_ID.test(given) ? given : randomUUID();
    response.setHeader(REQUEST_ID, requestId);
    if (this.lifecycle.isShuttingDown) response.setHeader('Connection', 'close');
    if (this.log.isEnabled('debug')) this.logWhenDone(request, response, requestId);
    return requestId;
  }

  /** The same as Express middleware; each line logged meanwhile carries the request's id. */
  readonly middleware = (request: IncomingMessage, response: ServerResponse, next: () => void): void => {
    runWithRequestId(this.begin(request, response), next);
  };

  private logWhenDone(request: IncomingMessage, response: ServerResponse, requestId: string): void {
    const startedAt = performance.now();
    const { method, url } = request;
    response.once('close', () => {
      this.log.debug('request', {
        request_id: requestId,
        method,
        path: url,
        status: response.statusCode,
        duration_ms: Math.round((performance.now() - startedAt) * 1000) / 1000,
        completed: response.writableFinished,
      });
    });
  }
}
