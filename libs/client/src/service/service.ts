import { Credentials, invalid, quoted, withoutCredentials } from '@heksher/core';
import { causeOf, reasonOf, unavailable } from '../errors.js';
import { type CheckedOptions } from '../options.js';

/** `url` is what was requested; `redirectedTo` is what answered, where that is another one. */
export type Answer = Readonly<{
  url: string;
  redirectedTo: string | undefined;
  status: number;
  headers: Headers;
  text: string;
  /** Whether "authorization" was sent. */
  wasAuthorized: boolean;
}>;

/** Sends a request to a path below `/api/v1`. Rejects with 'unavailable' where there is no answer in time. */
export type Send = (path: string, request?: Request) => Promise<Answer>;

type Request = Readonly<{ method?: 'GET' | 'POST'; body?: string; headers?: Readonly<Record<string, string>> }>;

/** The head of an answer, when it is there; the body is read by the caller, and ends by the signal. */
export type Open = (path: string, headers: Readonly<Record<string, string>>, signal: AbortSignal) => Promise<Response>;

/** Prepares requests to the service; all that are under way end when `closed` is aborted. Throws 'invalid' for a bad URL. */
export function connect(options: CheckedOptions, closed: AbortSignal): Readonly<{ send: Send; open: Open }> {
  const { url: given, headers, fetch: doFetch = fetch, timeoutMs } = options;
  const base = baseOf(given);
  const credentials = new Credentials(options.authorization);

  const request = (path: string, own: Request, signal: AbortSignal, authorization: string | undefined) => {
    const { method = 'GET', body, headers: ofRequest } = own;
    const common = typeof headers === 'function' ? headers() : headers;
    const defaults = { accept: 'application/json', ...(body !== undefined && JSON_BODY) };
    const init: RequestInit & { cache: 'no-store' } = {
      method,
      // Frameworks such as Next.js keep answers to fetch, even beyond a restart.
      cache: 'no-store',
      headers: headersOf([defaults, common, ofRequest], authorization),
      ...(body !== undefined && { body }),
      signal,
    };
    return doFetch(base + path, init);
  };

  /** Within the time of one request; by `until` it ends before. */
  const inTime = async <Result>(
    what: string,
    until: AbortSignal,
    work: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Readonly<{ result: Result; letGo: () => void }>> => {
    const timing = startTimer(timeoutMs, until);
    try {
      const result = await timing.unlessOver(work(timing.signal));
      return { result, letGo: timing.letGo };
    } catch (error) {
      timing.letGo();
      if (isForTheFramework(error)) throw error;
      if (closed.aborted) throw unavailable('the client is closed', error);
      const why = timing.isOver() ? `no answer within ${timeoutMs} ms` : reasonOf(error);
      throw unavailable(`${what}: ${why}`, error);
    } finally {
      timing.stop();
    }
  };

  const send: Send = async (path, own = {}) => {
    const { method = 'GET' } = own;
    const url = base + path;
    const { result, letGo } = await inTime(`${method} ${shortened(url)}`, closed, (signal) => {
      const attempt = async (authorization: string | undefined): Promise<Answer> => {
        const response = await request(path, own, signal, authorization);
        const { status, headers: received, redirected } = response;
        const text = withoutCredentials(await response.text(), response.ok ? undefined : authorization);
        const redirectedTo = redirected ? response.url : undefined;
        return { url, redirectedTo, status, headers: received, text, wasAuthorized: authorization !== undefined };
      };
      return withCredentials(credentials, (authorization) =>
        attempt(authorization).catch((error: unknown) => {
          if (method === 'GET' && isConnectionLost(error)) return attempt(authorization);
          throw error;
        }),
      );
    });
    letGo();
    return result;
  };

  const open: Open = async (path, own, signal) => {
    const { result } = await inTime(`GET ${shortened(base + path)}`, signal, (ending) =>
      withCredentials(credentials, async (authorization) => {
        const response = await request(path, { headers: own }, ending, authorization);
        if (response.status !== 200) await response.body?.cancel();
        return response;
      }),
    );
    return result;
  };

  return { send, open };
}

/** Sends a request, and once more where others than the credentials that were refused can be had. */
async function withCredentials<Result extends Readonly<{ status: number }>>(
  credentials: Credentials,
  attempt: (authorization: string | undefined) => Promise<Result>,
): Promise<Result> {
  const given = await credentials.get();
  const answer = await attempt(given.value);
  const renewed = answer.status === 401 ? await credentials.renew(given) : undefined;
  return renewed === undefined ? answer : attempt(renewed.value);
}

/** Later ones go before earlier ones of the same name. What fetch says of a value that no header can have would show the value. */
function headersOf(
  parts: readonly (Readonly<Record<string, string>> | undefined)[],
  authorization: string | undefined,
): Record<string, string> {
  const headers = new Headers();
  for (const [name, value] of parts.flatMap((part) => Object.entries(part ?? {}))) {
    try {
      headers.set(name, value);
    } catch {
      throw new TypeError(`the header ${quoted(name)} has a name or a value that no header can have`);
    }
  }
  if (authorization !== undefined) headers.set('authorization', authorization);
  return Object.fromEntries(headers);
}

const JSON_BODY = { 'content-type': 'application/json' };

function baseOf(url: string | URL): string {
  const text = String(url);
  const base = URL.canParse(text) ? new URL(text) : undefined;
  if (base === undefined || !/^https?:$/.test(base.protocol)) {
    // A password ends at the last @ before the host.
    const shown = quoted(text.replace(/\/\/.*@/, '//…@'));
    throw invalid(`${shown} is no URL of a service; accepted: such as https://host:8080`, 'url');
  }
  if (base.username !== '' || base.password !== '') {
    throw invalid(`"url" has credentials; give them as authorization: 'Basic …'`, 'url');
  }
  if (base.search !== '' || base.hash !== '') {
    throw invalid('"url" has a query or a fragment; accepted: up to the path before /api/v1', 'url');
  }
  return `${base.origin}${base.pathname.replace(/\/+$/, '')}/api/v1`;
}

/** AbortSignal.timeout and AbortSignal.any would hold on to every request until the client closes. */
function startTimer(timeoutMs: number, closed: AbortSignal) {
  const controller = new AbortController();
  let isOver = false;
  const timer = setTimeout(() => {
    isOver = true;
    controller.abort();
  }, timeoutMs);
  const abort = (): void => controller.abort();
  closed.addEventListener('abort', abort);
  if (closed.aborted) abort();
  const { signal } = controller;
  return {
    signal,
    isOver: () => isOver,
    /** The work's result, which also what does not heed the signal cannot delay. */
    unlessOver: <Result>(work: Promise<Result>): Promise<Result> =>
      new Promise((resolve, reject) => {
        const stop = (): void => reject(new DOMException('aborted', 'AbortError'));
        signal.addEventListener('abort', stop);
        if (signal.aborted) stop();
        work.then(resolve, reject);
      }),
    /** No longer by the clock. */
    stop: () => clearTimeout(timer),
    /** No longer when the client closes. */
    letGo: () => closed.removeEventListener('abort', abort),
  };
}

/** A kept connection that the other side ended, such as while this machine slept; browsers try again by themselves. */
function isConnectionLost(error: unknown): boolean {
  const lost = ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'];
  return [error, causeOf(error)].some((fault) =>
    lost.includes(String((fault as { code?: unknown } | undefined)?.code)),
  );
}

/** The fetch of Next.js throws errors with a digest, of which it learns that a page cannot be made before it is asked for. */
function isForTheFramework(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'digest' in error;
}

/** At most 200 characters of it. */
export function shortened(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
