import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type RequestCounts, type RouteCounts } from '../metrics/request-counts.js';
import { type Tracing } from '../tracing/tracing.js';
import { type Admission } from './admission.js';
import { Connection } from './connection.js';

/** A client that left before its answer, as nginx has it. */
const CLIENT_CLOSED = 499;

/** Counts and traces each request once, by whichever way it is answered. */
export class Observation {
  /**
   * @param isCounted whether anybody asks for the counts
   * @param tracing undefined: there are no traces
   */
  constructor(
    readonly counts: RequestCounts,
    readonly isCounted: boolean,
    private readonly tracing: Tracing | undefined,
  ) {}

  begin(request: IncomingMessage, admission: Admission): void {
    Connection.of(request.socket).begin(request, admission);
    if (this.isCounted) {
      admission.startedAt = performance.now();
      this.counts.begin(request.method);
    }
    if (this.tracing === undefined) return;
    const span = this.tracing.request(request.headers['traceparent'], request.headers['tracestate']);
    if (span !== undefined) admission.caller = { ...admission.caller, span };
  }

  /** @param now on the monotonic clock, in milliseconds; any where nothing is counted */
  answered(request: IncomingMessage, admission: Admission, counts: RouteCounts, status: number, now: number): void {
    if (admission.isObserved) return;
    admission.isObserved = true;
    const { span } = admission.caller;
    if (this.isCounted) {
      this.counts.end(request.method);
      counts.observe(status, admission.startedAt, now);
    }
    if (span === undefined) return;
    const { method, route } = counts;
    span.inner.updateName(route === undefined ? method : `${method} ${route}`);
    const attributes = {
      'http.request.method': method,
      ...(route !== undefined && { 'http.route': route }),
      'http.response.status_code': status,
      'url.path': admission.path,
      'url.scheme': 'encrypted' in request.socket ? 'https' : 'http',
      'heksher.request_id': admission.caller.request_id,
    };
    if (status >= 500) span.fail(String(status), attributes);
    else span.end(attributes);
  }

  /** Observes a request that Express answers, when that is done. */
  whenDone(request: IncomingMessage, response: ServerResponse, admission: Admission): void {
    response.once('close', () => {
      const status = response.writableFinished || response.headersSent ? response.statusCode : CLIENT_CLOSED;
      this.end(request, admission, status);
    });
  }

  /** Observes a request whose connection is closed, and that nothing answers any more. */
  readonly gone = (request: IncomingMessage, admission: Admission): void => {
    this.end(request, admission, CLIENT_CLOSED);
  };

  private end(request: IncomingMessage, admission: Admission, status: number): void {
    const counts = this.counts.of(request.method, routeOf(request) ?? admission.route);
    this.answered(request, admission, counts, status, performance.now());
  }
}

/** As Express has found it; of `/console{/*path}` what all of its paths begin with. */
function routeOf(request: IncomingMessage & { route?: { path?: unknown } }): string | undefined {
  const path = request.route?.path;
  return typeof path === 'string' ? path.replace(/\{?\/\*.*$/, '') || undefined : undefined;
}
