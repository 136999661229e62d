import { type IncomingMessage } from 'node:http';
import { HeksherError } from '@heksher/core';
import { noCredentials, notAllowed } from '../access/access-error.js';
import { mayBegin, requirementOf } from '../access/operations.js';
import { type Principal } from '../access/principal.js';
import { type Admission } from './admission.js';
import { type AreaName } from './areas.js';
import { type BodyLimits, limitOf } from './body-reading.js';
import { type Cors } from './cors.js';
import { type Ending, type Step } from './entrance.js';
import { type Gateways } from './gateways.js';
import { methodForPages, type PageOrigins } from './page-origins.js';
import { Refused } from './refused.js';

/** Whoever is no gateway gets nowhere but to health, which Kubernetes asks for from its nodes. */
export function fromGateways(gateways: Gateways): Step {
  return (request, { area }) => {
    if (area.name === 'health' || gateways.isFrom(request)) return undefined;
    const message = `this service is reached through its gateways, and ${gateways.peerAddress(request)} is none of them`;
    return { error: new HeksherError('forbidden', message) };
  };
}

export function below(basePath: string): Step {
  return (_request, { isOutside }) =>
    isOutside
      ? { error: new HeksherError('not_found', `nothing is served here; this service is below ${basePath}`) }
      : undefined;
}

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
export function sameSiteWrites(cors: Cors | undefined, pages: PageOrigins | undefined): Step {
  return (request, admission) => {
    if (SAFE_METHODS.has(request.method)) return undefined;
    const { origin, host = '', 'sec-fetch-site': site } = request.headers;
    if (origin === undefined || cors?.allows(origin) === true) return undefined;
    if (pages !== undefined && methodForPages(admission) !== undefined && pages.allows(origin)) return undefined;
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
export function bodyLimit(limits: BodyLimits): Step {
  return (request) => {
    const length = Number(request.headers['content-length'] ?? 0);
    if (length <= limits.bytes && length <= limits.linesBytes) return undefined;
    const limitBytes = limitOf(request, limits);
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

export type Authentication = Readonly<{
  /** Finds out who asks; the promise is for what must be looked for. Throws, as the promise rejects, where that cannot be found out. */
  authenticate(request: IncomingMessage): Principal | Promise<Principal>;
  /** Who that is, by what is stored now. Rejects likewise. */
  again(principal: Principal): Promise<Principal>;
}>;

/**
 * Refuses whoever is not known, and those who may do what is asked with no setting at all. With which settings they may, only the answer
 * can tell. What no operation serves is refused to nobody who is known: it leads to nothing.
 */
export function authenticated(authentication: Authentication, openAreas: ReadonlySet<AreaName>): Step {
  /** What somebody is refused by what is stored and in memory may be granted since. */
  const admitNow = (
    request: IncomingMessage,
    admission: Admission,
    principal: Principal,
  ): Ending | undefined | Promise<Ending | undefined> => {
    const ending = admit(request, admission, principal);
    const { kind } = principal.proof;
    if (ending === undefined || (kind !== 'token' && kind !== 'named')) return ending;
    return authentication.again(principal).then((fresh) => admit(request, admission, fresh), failed);
  };
  return (request, admission) => {
    admission.requirement = requirementOf(request.method, admission.path);
    if (openAreas.has(admission.area.name)) return undefined;
    try {
      const principal = authentication.authenticate(request);
      if (!(principal instanceof Promise)) return admitNow(request, admission, principal);
      return principal.then((found) => admitNow(request, admission, found), failed);
    } catch (error) {
      return failed(error);
    }
  };
}

/** Where everybody may do everything, whoever a gateway names is still the actor of what is written. */
export function named(find: (request: IncomingMessage) => Readonly<{ subject: string }> | undefined): Step {
  return (request, admission) => {
    try {
      const actor = find(request)?.subject;
      if (actor !== undefined) admission.caller = { ...admission.caller, actor };
      return undefined;
    } catch (error) {
      return failed(error);
    }
  };
}

function failed(error: unknown): Ending {
  return { error: error instanceof Error ? error : new Error(String(error)) };
}

function admit(request: IncomingMessage, admission: Admission, principal: Principal): Ending | undefined {
  const { requirement } = admission;
  const isKnown = principal.proof.kind !== 'none';
  const { request_id, client, span } = admission.caller;
  const actor = principal.subject;
  if (requirement === undefined || requirement.action === 'public') {
    admission.caller = { request_id, client, span, actor, principal };
    if (principal.kind === 'public') return { error: notAllowed('read') };
    return isKnown ? undefined : { error: noCredentials() };
  }
  const { action } = requirement;
  if (action === 'any') {
    admission.caller = { request_id, client, span, actor, principal };
  } else {
    admission.caller = { request_id, client, span, actor, principal, action };
  }
  if (principal.page !== undefined && !principal.page.allows(request.headers.origin ?? ''))
    return { error: foreignPage(request.headers.origin) };
  if (action === 'any' || mayBegin(requirement, principal.permissions)) return undefined;
  return { error: isKnown ? notAllowed(action) : noCredentials() };
}

function foreignPage(origin: string | undefined): HeksherError {
  const whose = origin === undefined ? 'what comes without an origin' : `pages of the origin ${JSON.stringify(origin)}`;
  return new HeksherError('forbidden', `this public key is not for ${whose}`);
}
