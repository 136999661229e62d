import { type Writable, writeJson } from '@heksher/core';
import { ApiError, type Problem } from './api-error.js';
import { shownAsOf } from './as-of.js';
import { noteAnswer, noteSilence } from './connection.js';
import { type Exact, readExact } from './exact.js';
import { noteOwnWrite, noteRevision } from './own-writes.js';
import { type paths } from './schema.js';
import { currentSession } from './session.js';

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
type PathOf<M extends Method> = { [P in keyof paths]: paths[P][M] extends object ? P : never }[keyof paths];
type Body<R> = R extends { content: infer Content }
  ? 'application/json' extends keyof Content
    ? Exact<Content['application/json']>
    : undefined
  : undefined;
type Success<Operation> = Operation extends { responses: infer Responses }
  ? { [S in keyof Responses]: S extends 200 | 201 | 202 | 204 ? Body<Responses[S]> : never }[keyof Responses]
  : never;
type Parameters<Operation, Where extends string> = Operation extends { parameters: { [W in Where]?: infer P } }
  ? NonNullable<P>
  : never;

/** By name; `metadata.<key>` is any key of metadata. */
type Query<Known> = Readonly<
  { [Name in keyof Known]?: Known[Name] | string | number | boolean | undefined } & {
    [Name in `metadata.${string}`]?: string | undefined;
  }
>;

export type Answer<T> = Readonly<{
  data: T;
  status: number;
  /** To give back as `ifMatch` where what was read is changed. */
  etag: string | undefined;
  /** Of the database, after a write too. */
  revision: string | undefined;
}>;

export type RequestOptions<Operation> = SendOptions &
  Readonly<{
    path?: Parameters<Operation, 'path'>;
    query?: Query<Parameters<Operation, 'query'>>;
    /** Members of the answer that stay exact JSON, in place of the usual ones. */
    exact?: readonly string[];
  }>;

type SendOptions = Readonly<{
  /** Written with core, so that exact values (`exactly`) stay as they are spelled. */
  body?: Writable;
  ifMatch?: string | undefined;
  /** Only where there is nothing yet. */
  isNew?: boolean | undefined;
  /** Why: kept in the change log. */
  message?: string | undefined;
  signal?: AbortSignal;
}>;

const TIMEOUT_MS = 30_000;

/** Sends one request of the API and gives the answer. Rejects with ApiError for everything else, and with what `signal` was aborted with. */
export async function request<M extends Method, P extends PathOf<M>>(
  method: M,
  path: P,
  options: RequestOptions<paths[P][M]> = {},
): Promise<Answer<Success<paths[P][M]>>> {
  const url = addressOf(path, options.path ?? {}, { ...pastOf(method, path), ...options.query });
  let response = await send(method, url, options);
  if (response.status === 401 && (await currentSession().refused())) response = await send(method, url, options);
  const text = await response.text();
  const { headers, status } = response;
  if (!response.ok) throw errorOf(status, headers, text);
  const stale = headers.get('Heksher-Stale');
  noteAnswer(stale === null ? undefined : Number(stale));
  if (shownAsOf() === undefined) noteRevision(headers.get('Heksher-Revision') ?? undefined);
  return {
    data: (text === '' ? undefined : readExact(text, options.exact)) as Success<paths[P][M]>,
    status,
    etag: headers.get('ETag') ?? undefined,
    revision: headers.get('Heksher-Revision') ?? undefined,
  };
}

/** Relative to the page, whatever it is below. */
function addressOf(template: string, path: object, query: object): URL {
  const values: Readonly<Record<string, unknown>> = { ...path };
  const filled = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values[name])));
  const url = new URL(`..${filled}`, document.baseURI);
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, String(value));
  return url;
}

/** Reads that have a past; those that list it themselves do not. */
const HAS_PAST = /^\/api\/v1\/(settings|rules|rollouts|context_features|query|evaluate|lint)\b/;

function pastOf(method: string, path: string): object {
  const asOf = shownAsOf();
  const isRead = method === 'get' || path === '/api/v1/evaluate';
  return asOf !== undefined && isRead && HAS_PAST.test(path) ? { as_of: asOf } : {};
}

async function send(method: string, url: URL, options: SendOptions): Promise<Response> {
  const { body, ifMatch, isNew, message, signal } = options;
  const authorization = await currentSession().authorization();
  const requestId = crypto.randomUUID?.() ?? String(Math.random());
  if (method !== 'get') noteOwnWrite(requestId);
  const headers = new Headers({ Accept: 'application/json', 'X-Request-Id': requestId });
  if (authorization !== undefined) headers.set('Authorization', authorization);
  if (body !== undefined) headers.set('Content-Type', 'application/json');
  if (ifMatch !== undefined) headers.set('If-Match', ifMatch);
  if (isNew === true) headers.set('If-None-Match', '*');
  if (message !== undefined && message !== '') headers.set('Heksher-Message', encodeURIComponent(message));
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  try {
    return await fetch(url, {
      method: method.toUpperCase(),
      headers,
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      ...(body !== undefined && { body: writeJson(body) }),
    });
  } catch (error) {
    signal?.throwIfAborted();
    noteSilence();
    throw silence(requestId, error);
  }
}

function silence(requestId: string | undefined, cause: unknown): ApiError {
  const isLate = cause instanceof DOMException && cause.name === 'TimeoutError';
  const detail = isLate ? 'the service did not answer within 30 seconds' : 'the service does not answer';
  return new ApiError(0, { status: 0, detail, code: 'silence', errors: [] }, requestId);
}

function errorOf(status: number, headers: Headers, text: string): ApiError {
  const read = headers.get('Content-Type')?.includes('json') ? readExact(text) : undefined;
  const given = (typeof read === 'object' && read !== null ? read : {}) as Partial<Problem>;
  const problem: Problem = {
    code: 'unknown',
    errors: [],
    ...given,
    status,
    detail: given.detail ?? fallback(status, text),
  };
  const retryAfter = Number(headers.get('Retry-After') ?? NaN);
  if (status === 502 || status === 504) noteSilence();
  else noteAnswer(undefined);
  return new ApiError(
    status,
    problem,
    headers.get('X-Request-Id') ?? undefined,
    retryAfter > 0 ? retryAfter : undefined,
  );
}

function fallback(status: number, text: string): string {
  return text !== '' && text.length < 300 && !text.includes('<') ? text : `the answer was ${status}`;
}
