import { randomUUID } from 'node:crypto';
import { type IncomingMessage } from 'node:http';
import { type Admission } from './admission.js';
import { areaOf } from './areas.js';

/** How a request ends at the entrance: with an error to be rendered, or with an answer without a body. */
export type Ending = Readonly<{ error: Error } | { status: number; headers: readonly string[] }>;

/**
 * One step of the entrance. It may add headers to the answer, or end the request; undefined lets it go on. A step that has to
 * wait gives a promise; the common case must not.
 */
export type Step = (request: IncomingMessage, admission: Admission) => Ending | undefined | Promise<Ending | undefined>;

const SANE_REQUEST_ID = /^[\w.:/+=@-]{1,128}$/;

/** The one entrance of all requests, whichever way they are answered. */
export class Entrance {
  constructor(private readonly steps: readonly Step[]) {}

  /** Gives the request its id, the caller's where that is sane, and finds out where it goes. */
  begin(request: IncomingMessage): Admission {
    useOriginForm(request);
    const { url = '', headers } = request;
    const given = headers['x-request-id'];
    const requestId = typeof given === 'string' && SANE_REQUEST_ID.test(given) ? given : randomUUID();
    const mark = url.indexOf('?');
    const path = mark === -1 ? url : url.slice(0, mark);
    return {
      caller: { request_id: requestId },
      area: areaOf(path),
      path,
      queryString: mark === -1 ? undefined : url.slice(mark + 1),
      headers: ['X-Request-Id', requestId],
    };
  }

  /** Takes the request through all steps; undefined where it is admitted. */
  enter(request: IncomingMessage, admission: Admission, from = 0): Ending | undefined | Promise<Ending | undefined> {
    for (let index = from; index < this.steps.length; index += 1) {
      const ending = this.steps[index]?.(request, admission);
      if (ending instanceof Promise) {
        return ending.then((ended) => ended ?? this.enter(request, admission, index + 1));
      }
      if (ending !== undefined) return ending;
    }
    return undefined;
  }
}

const ABSOLUTE_FORM = /^https?:\/\/([^/?#]*)/i;

/** Clients of proxies send `GET http://host/path`, where the host overrules the header (RFC 9112, 3.2.2). */
function useOriginForm(request: IncomingMessage): void {
  const { url = '' } = request;
  if (url.startsWith('/')) return;
  const [start, authority] = ABSOLUTE_FORM.exec(url) ?? [];
  if (start === undefined || authority === undefined) return;
  const rest = url.slice(start.length);
  request.url = rest.startsWith('/') ? rest : `/${rest}`;
  request.headers.host = authority;
}
