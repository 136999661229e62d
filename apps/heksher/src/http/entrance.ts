import { randomUUID } from 'node:crypto';
import { type IncomingMessage } from 'node:http';
import { type Admission } from './admission.js';
import { areaOf, METADATA_PATH } from './areas.js';
import { type Gateways } from './gateways.js';

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
  /** @param basePath what all paths begin with but those of health; empty: nothing */
  constructor(
    private readonly steps: readonly Step[],
    private readonly gateways: Gateways,
    private readonly basePath: string,
  ) {}

  /** Gives the request its id, the caller's where that is sane, and finds out where it goes. */
  begin(request: IncomingMessage): Admission {
    useOriginForm(request);
    const isOutside = this.basePath !== '' && !takeAway(this.basePath, request);
    const { url = '', headers } = request;
    const given = headers['x-request-id'];
    const requestId = typeof given === 'string' && SANE_REQUEST_ID.test(given) ? given : randomUUID();
    const mark = url.indexOf('?');
    const path = mark === -1 ? url : url.slice(0, mark);
    return {
      caller: { request_id: requestId, client: () => this.gateways.clientOf(request) },
      area: areaOf(path),
      path,
      prefix: this.gateways.prefixOf(request) + this.basePath,
      isOutside,
      queryString: mark === -1 ? undefined : url.slice(mark + 1),
      headers: ['X-Request-Id', requestId],
      requirement: undefined,
      route: undefined,
      startedAt: 0,
      isObserved: false,
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

/**
 * Takes the base path away. Probes ask without it, and so do those who derive the address of our metadata (RFC 9728, 3.1).
 * @returns whether the request is for us
 */
function takeAway(basePath: string, request: IncomingMessage): boolean {
  const { url = '' } = request;
  const rest = url.startsWith(basePath) ? url.slice(basePath.length) : 'outside';
  if (rest === '' || /^[/?]/.test(rest)) {
    request.url = rest.startsWith('/') ? rest : `/${rest}`;
    return true;
  }
  const [path = ''] = url.split('?', 1);
  if (path === METADATA_PATH + basePath) {
    request.url = METADATA_PATH;
    return true;
  }
  return areaOf(path).name === 'health';
}
