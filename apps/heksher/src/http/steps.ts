import { HeksherError } from '@heksher/core';
import { type Cors } from './cors.js';
import { type Step } from './entrance.js';
import { Refused } from './refused.js';

/** No cache between may serve an old answer; those that may be stored even less say so themselves. */
export const revalidated: Step = ({ method }, { headers }) => {
  if (method === 'GET' || method === 'HEAD') headers.push('Cache-Control', 'no-cache');
  return undefined;
};

/** What pages of other origins may do: read answers, and ask beforehand what they may send. */
export function crossOrigin(cors: Cors): Step {
  return (request, { area, headers }) => {
    if (!area.isShared) return undefined;
    headers.push(...cors.headersFor(request));
    const permission = cors.preflightHeaders(request);
    return permission === undefined ? undefined : { status: 204, headers: permission };
  };
}

const SAFE_METHODS: ReadonlySet<string | undefined> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'QUERY']);
const FOREIGN_SITES: ReadonlySet<unknown> = new Set(['cross-site', 'same-site']);

/**
 * Refuses what pages of other origins send to change something: a body needs no content type here, so that a form on any
 * page could. `Sec-Fetch-Site` holds behind a gateway that rewrites `Host`; browsers without it are judged by the host.
 */
export function sameSiteWrites(cors: Cors | undefined): Step {
  return (request) => {
    if (SAFE_METHODS.has(request.method)) return undefined;
    const { origin, host = '', 'sec-fetch-site': site } = request.headers;
    if (origin === undefined || cors?.allows(origin) === true) return undefined;
    const isForeign = site === undefined ? hostOf(origin) !== host.toLowerCase() : FOREIGN_SITES.has(site);
    if (!isForeign) return undefined;
    const message = `pages of the origin ${JSON.stringify(origin)} may not send ${request.method ?? ''}; HEKSHER_CORS_ORIGINS names those that may`;
    return { error: new Refused(403, message) };
  };
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}

/** With DOC_ONLY=true there is no database: what needs it is refused with the reason. */
export const documentsOnly: Step = (_request, { area }) => {
  if (!area.needsDatabase) return undefined;
  const message = 'this Heksher serves its documents only (DOC_ONLY=true): /docs, /redoc, /openapi.json';
  return { error: new HeksherError('doc_only', message) };
};

/** A body that is announced to be too long need not be read. */
export function bodyLimit(limitBytes: number): Step {
  return ({ headers }) => {
    const length = Number(headers['content-length'] ?? 0);
    if (length <= limitBytes) return undefined;
    const message = `the body is too large: ${length} bytes; the limit is ${limitBytes}`;
    return { error: new HeksherError('too_large', message) };
  };
}

/** More headers than any client sends. Node keeps no more than it is told to, and drops the others without a word. */
export const MOST_HEADERS = 1_000;

/** What was dropped may have been the length of the body, or the origin. */
export const allHeadersKept: Step = ({ rawHeaders }) =>
  rawHeaders.length > 2 * MOST_HEADERS
    ? { error: new Refused(431, `there are too many headers; the limit is ${MOST_HEADERS}`) }
    : undefined;

/** HTTP/1.1 requires it (RFC 9112, 3.2). */
export const hostGiven: Step = ({ headers, httpVersion }) =>
  headers.host === undefined && httpVersion === '1.1'
    ? { error: new Refused(400, 'the header Host is missing') }
    : undefined;

/** There is one expectation, and Node has met it or will (RFC 9110, 10.1.1). */
export const expectationKnown: Step = ({ headers: { expect }, httpVersion }) =>
  expect === undefined || httpVersion !== '1.1' || /^100-continue$/i.test(expect)
    ? undefined
    : { error: new Refused(417, `cannot meet the expectation ${JSON.stringify(expect)}`) };
