import { type IncomingMessage } from 'node:http';
import { HeksherError, quoted } from '@heksher/core';

/** The origins whose pages may read answers: any at all, or these. */
export type CorsOrigins = '*' | ReadonlySet<string>;

/** Headers, names and values by turns. */
type HeaderList = readonly string[];

const SHARED_PATHS = /^\/(api|ofrep)(?![^/?])/i;

const EXPOSED: HeaderList = ['Access-Control-Expose-Headers', 'ETag, Retry-After, X-Request-Id, Heksher-Stale'];

const PREFLIGHT: HeaderList = [
  ...['Access-Control-Allow-Methods', 'DELETE, GET, HEAD, PATCH, POST, PUT'],
  ...['Access-Control-Allow-Headers', 'Authorization, Content-Type, If-None-Match, X-API-Key'],
  ...['Access-Control-Max-Age', '600'],
];

/** Reads `*`, or a list such as `https://app.example.com,http://localhost:3000`. Throws 'invalid'. */
export function parseCorsOrigins(text: string): CorsOrigins {
  if (text.trim() === '*') return '*';
  const origins = text.split(',').map((origin) => origin.trim());
  const odd = origins.find((origin) => !isOrigin(origin));
  if (odd === undefined) return new Set(origins);
  const accepted = '"*", or origins as browsers send them, such as https://app.example.com,http://localhost:3000';
  throw new HeksherError('invalid', `${quoted(odd)} is no origin; accepted: ${accepted}`);
}

/** Apps in a shell of their own have origins such as `capacitor://localhost`; those of the web have one spelling. */
function isOrigin(text: string): boolean {
  if (!/^[a-z][a-z0-9+.-]*:\/\/[^\s/?#@,*]+$/.test(text) || !URL.canParse(text)) return false;
  const { origin } = new URL(text);
  return origin === 'null' || origin === text;
}

/** What answers say to a browser whose page comes from elsewhere (the Fetch standard's CORS protocol). */
export class Cors {
  constructor(private readonly origins: CorsOrigins) {}

  /** The headers of every answer to this request; with a list of origins, answers vary with who asks. */
  headersFor(request: IncomingMessage): HeaderList {
    if (!SHARED_PATHS.test(request.url ?? '')) return [];
    const allowed = this.allowed(request);
    const vary = this.origins === '*' ? [] : ['Vary', 'Origin'];
    return allowed === undefined ? vary : [...vary, 'Access-Control-Allow-Origin', allowed, ...EXPOSED];
  }

  /** What the answer to a preflight request of an allowed origin has beyond these; undefined where it is none. */
  preflightHeaders(request: IncomingMessage): HeaderList | undefined {
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined)
      return undefined;
    return SHARED_PATHS.test(request.url ?? '') && this.allowed(request) !== undefined ? PREFLIGHT : undefined;
  }

  private allowed({ headers: { origin } }: IncomingMessage): string | undefined {
    if (this.origins === '*') return '*';
    return origin !== undefined && this.origins.has(origin) ? origin : undefined;
  }
}
