import { type IncomingMessage } from 'node:http';
import { requirementOf } from '../access/operations.js';
import { type Admission } from './admission.js';
import { type Cors, isPreflight, permissionFor, preflightHeaders } from './cors.js';
import { type Ending, type Step } from './entrance.js';

/** The origins of the pages that have public keys. */
export type PageOrigins = Readonly<{
  allows(origin: string): boolean;
  /** Resolves when what `allows` knows is at least as new as this call. */
  freshen(): Promise<unknown>;
}>;

type MethodForPages = 'POST' | 'GET' | undefined;

/** What was looked up last: most requests ask for the same. */
let last: Readonly<{ path: string; method: MethodForPages }> = { path: '', method: undefined };

/** By which method pages with public keys may ask for this: to evaluate, or to find out whose key it is. Undefined: not at all. */
export function methodForPages({ path }: Admission): MethodForPages {
  if (path !== last.path) last = { path, method: methodAt(path) };
  return last.method;
}

function methodAt(path: string): MethodForPages {
  if (requirementOf('POST', path)?.action === 'evaluate') return 'POST';
  return requirementOf('GET', path)?.action === 'any' ? 'GET' : undefined;
}

/**
 * What pages with public keys may do: evaluate, ask whose key it is, and read the answer. A browser asks beforehand without the key, so that it is
 * told what holds of the origins of all keys; the key itself is looked at when it comes.
 * @param cors the origins that may do more
 * @param requestHeaders those that pages may send beyond what clients of this API send
 */
export function pageOrigins(origins: PageOrigins, cors: Cors | undefined, requestHeaders: readonly string[]): Step {
  const preflights = {
    POST: preflightHeaders('POST', requestHeaders),
    GET: preflightHeaders('GET', requestHeaders),
  };
  const permit = (
    origin: string,
    method: keyof typeof preflights,
    request: IncomingMessage,
    { headers }: Admission,
  ): Ending | undefined => {
    if (!origins.allows(origin)) return undefined;
    headers.push(...permissionFor(origin));
    return isPreflight(request) ? { status: 204, headers: preflights[method] } : undefined;
  };
  return (request, admission) => {
    const method = methodForPages(admission);
    if (method === undefined) return undefined;
    if (cors === undefined) admission.headers.push('Vary', 'Origin');
    const { origin } = request.headers;
    if (origin === undefined || cors?.allows(origin) === true) return undefined;
    if (origins.allows(origin)) return permit(origin, method, request, admission);
    // A key for it may just have been made, here or by another replica. In an outage nobody can tell.
    return origins.freshen().then(
      () => permit(origin, method, request, admission),
      () => undefined,
    );
  };
}
