import { randomUUID } from 'node:crypto';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type Lifecycle } from '../lifecycle.js';
import { type Logger } from '../modules/logging/index.js';
import { type Cors } from './cors.js';

const SANE_REQUEST_ID = /^[\w.:/+=@-]{1,128}$/;
const REQUEST_ID = 'X-Request-Id';

/** What every request gets before anything else looks at it, whichever way it is answered then. */
export class RequestRim {
  /** The headers of requests that have begun, and that Express shall answer. */
  private readonly begun = new WeakMap<IncomingMessage, readonly string[]>();
  private readonly logsRequests: boolean;

  constructor(
    private readonly log: Logger,
    private readonly lifecycle: Lifecycle,
    /** Undefined: pages from elsewhere may read nothing. */
    private readonly cors?: Cors,
  ) {
    this.logsRequests = log.isEnabled('debug');
  }

  /**
   * Gives the request its id (the caller's where that is sane), and logs the request when it is done.
   * @returns the headers that its answer has in any case, names and values by turns; the id is the first value
   */
  begin(request: IncomingMessage, response: ServerResponse): readonly string[] {
    const given = request.headers['x-request-id'];
    const requestId = typeof given === 'string' && SANE_REQUEST_ID.test(given) ? given : randomUUID();
    const headers = [REQUEST_ID, requestId];
    if (this.lifecycle.isShuttingDown) response.shouldKeepAlive = false;
    if (this.cors !== undefined) headers.push(...this.cors.headersFor(request));
    if (this.logsRequests) this.logWhenDone(request, response, requestId);
    return headers;
  }

  /** Tells the middleware that the request has begun. */
  handOver(request: IncomingMessage, headers: readonly string[]): void {
    this.begun.set(request, headers);
  }

  /** Answers a browser that asks whether it may send a request; false where this is none, or the page may not. */
  answerPreflight(request: IncomingMessage, response: ServerResponse, headers: readonly string[]): boolean {
    const permission = this.cors?.preflightHeaders(request);
    if (permission === undefined) return false;
    response.writeHead(204, [...headers, ...permission]).end();
    return true;
  }

  /** The same as Express middleware. */
  readonly middleware = (request: IncomingMessage, response: ServerResponse, next: () => void): void => {
    const headers = this.begun.get(request) ?? this.begin(request, response);
    for (let index = 0; index < headers.length; index += 2) {
      response.setHeader(headers[index] ?? '', headers[index + 1] ?? '');
    }
    next();
  };

  private logWhenDone(request: IncomingMessage, response: ServerResponse, requestId: string): void {
    const startedAt = performance.now();
    const { method, url } = request;
    let isSent = false;
    response.once('finish', () => (isSent = !request.socket.destroyed));
    response.once('close', () => {
      this.log.debug('request', {
        request_id: requestId,
        method,
        path: url,
        status: response.statusCode,
        duration_ms: Math.round((performance.now() - startedAt) * 1000) / 1000,
        completed: isSent,
      });
    });
  }
}
