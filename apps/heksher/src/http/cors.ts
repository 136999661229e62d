import { type IncomingMessage } from 'node:http';
import { HeksherError, quoted } from '@heksher/core';

/** The origins whose pages may call: any at all, or these, and the subdomains of these. */
export type CorsOrigins = '*' | Readonly<{ exact: ReadonlySet<string>; below: readonly Subdomains[] }>;

/** `https://*.example.com:8443` without the star: what an origin must begin and end with. */
type Subdomains = Readonly<{ scheme: string; domain: string }>;

/** Headers, names and values alternating. */
type HeaderList = readonly string[];

/** What clients of this API send. */
const OWN_HEADERS = [
  'Authorization',
  'Content-Type',
  'Heksher-Client',
  'Heksher-If-Revision',
  'Heksher-Message',
  'Heksher-Serving',
  'If-Match',
  'If-None-Match',
  'Last-Event-ID',
  'X-API-Key',
  'X-Request-Id',
];

const EXPOSED: HeaderList = [
  'Access-Control-Expose-Headers',
  'Content-Location, ETag, Heksher-As-Of, Heksher-Revision, Heksher-Stale, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id',
];

const MAX_AGE_S = 600;

/** Reads `*`, or a list such as `https://app.example.com,https://*.example.org,http://localhost:3000`. Throws 'invalid'. */
export function parseCorsOrigins(text: string): CorsOrigins {
  if (text.trim() === '*') return '*';
  const origins = text.split(',').map((origin) => origin.trim());
  const odd = origins.find((origin) => !isOrigin(origin.replace('://*.', '://any.')));
  if (odd === undefined) {
    const isBelow = (origin: string): boolean => origin.includes('://*.');
    const exact = new Set(origins.filter((origin) => !isBelow(origin)));
    return { exact, below: origins.filter(isBelow).map(parseSubdomains) };
  }
  const accepted =
    '"*", or origins as browsers send them, such as https://app.example.com,https://*.example.org,http://localhost:3000';
  throw new HeksherError('invalid', `${quoted(odd)} is no origin; accepted: ${accepted}`);
}

function parseSubdomains(text: string): Subdomains {
  const [scheme = '', domain = ''] = text.split('*');
  return { scheme, domain };
}

/** Apps in a shell of their own have origins such as `capacitor://localhost`; those of the web have one spelling. */
function isOrigin(text: string): boolean {
  if (!/^[a-z][a-z0-9+.-]*:\/\/[^\s/?#@,*]+$/.test(text) || !URL.canParse(text)) return false;
  const { origin } = new URL(text);
  return origin === 'null' || origin === text;
}

const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;

/** Reads names of headers, separated by commas. Throws 'invalid'. */
export function parseHeaderNames(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  const odd = names.find((name) => !HEADER_NAME.test(name));
  if (odd === undefined) return names;
  throw new HeksherError(
    'invalid',
    `${quoted(odd)} is no name of a header; accepted: a list such as traceparent,baggage`,
  );
}

export function allowsOrigin(origins: CorsOrigins, origin: string): boolean {
  if (origins === '*') return true;
  const { exact, below } = origins;
  if (exact.has(origin)) return true;
  return below.some(({ scheme, domain }) => {
    if (!origin.startsWith(scheme) || !origin.endsWith(domain)) return false;
    return /^[^\s/?#@,*:]+$/.test(origin.slice(scheme.length, -domain.length));
  });
}

/** All that any of these allows. */
export function joinOrigins(all: readonly CorsOrigins[]): CorsOrigins {
  const lists = all.flatMap((one) => (one === '*' ? [] : [one]));
  if (lists.length < all.length) return '*';
  return { exact: new Set(lists.flatMap(({ exact }) => [...exact])), below: lists.flatMap(({ below }) => below) };
}

/** The headers by which a page of an origin may read an answer. */
export function permissionFor(origin: string): HeaderList {
  return ['Access-Control-Allow-Origin', origin, ...EXPOSED];
}

/** What a page may send. */
export function preflightHeaders(methods: string, requestHeaders: readonly string[]): HeaderList {
  return [
    ...['Access-Control-Allow-Methods', methods],
    ...['Access-Control-Allow-Headers', [...OWN_HEADERS, ...requestHeaders].join(', ')],
    ...['Access-Control-Max-Age', String(MAX_AGE_S)],
  ];
}

/** Whether a browser asks beforehand what a page may send. */
export function isPreflight({ method, headers }: IncomingMessage): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
}

/** What answers say to a browser whose page comes from elsewhere (the Fetch standard's CORS protocol). */
export class Cors {
  private readonly preflight: HeaderList;

  /** @param requestHeaders those that pages may send beyond what clients of this API send */
  constructor(
    private readonly origins: CorsOrigins,
    requestHeaders: readonly string[],
  ) {
    this.preflight = preflightHeaders('DELETE, GET, HEAD, PATCH, POST, PUT', requestHeaders);
  }

  allows(origin: string): boolean {
    return allowsOrigin(this.origins, origin);
  }

  /** The headers of every answer to this request; with a list of origins, answers vary with who asks. */
  headersFor({ headers: { origin } }: IncomingMessage): HeaderList {
    if (this.origins === '*') return ['Access-Control-Allow-Origin', '*', ...EXPOSED];
    const isAllowed = origin !== undefined && this.allows(origin);
    return isAllowed ? ['Vary', 'Origin', ...permissionFor(origin)] : ['Vary', 'Origin'];
  }

  /** What the answer to a preflight request of an allowed origin has beyond these; undefined if it is not one. */
  preflightHeaders(request: IncomingMessage): HeaderList | undefined {
    if (!isPreflight(request)) return undefined;
    const { headers } = request;
    const isAllowed = this.origins === '*' || (headers.origin !== undefined && this.allows(headers.origin));
    return isAllowed ? this.preflight : undefined;
  }
}
