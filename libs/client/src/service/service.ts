import { type HeksherError, invalid, quoted } from '@heksher/core';
import { messageOf, unavailable } from '../errors.js';
import { type CheckedOptions } from '../options.js';

/** `url` is what was requested; `redirectedTo` is what answered, where that is another one. */
export type Answer = Readonly<{
  url: string;
  redirectedTo: string | undefined;
  status: number;
  headers: Headers;
  text: string;
}>;

/** Sends a request to a path below `/api/v1`. Rejects with 'unavailable' where there is no answer in time. */
export type Send = (path: string, request?: Request) => Promise<Answer>;

type Request = Readonly<{ method?: 'GET' | 'POST'; body?: string; headers?: Readonly<Record<string, string>> }>;

/** Prepares requests to the service; all that are under way end when `closed` is aborted. Throws 'invalid' for a bad URL. */
export function connect(
  { url: given, headers, fetch: doFetch = fetch, timeoutMs }: CheckedOptions,
  closed: AbortSignal,
): Send {
  const base = baseOf(given);
  return async (path, { method = 'GET', body, headers: own = {} } = {}) => {
    const url = base + path;
    const common = typeof headers === 'function' ? headers() : headers;
    const timing = startTimer(timeoutMs, closed);
    const request: RequestInit & { cache: 'no-store' } = {
      method,
      // Frameworks such as Next.js keep answers to fetch, even beyond a restart.
      cache: 'no-store',
      headers: { accept: 'application/json', ...(body !== undefined && JSON_BODY), ...common, ...own },
      ...(body !== undefined && { body }),
      signal: timing.signal,
    };
    const attempt = async (): Promise<Answer> => {
      const response = await doFetch(url, request);
      const { status, headers, redirected } = response;
      return { url, redirectedTo: redirected ? response.url : undefined, status, headers, text: await response.text() };
    };
    try {
      return await attempt().catch((error: unknown) => {
        if (method === 'GET' && isConnectionLost(error)) return attempt();
        throw error;
      });
    } catch (error) {
      if (isForTheFramework(error)) throw error;
      if (closed.aborted) throw unavailable('the client is closed', error);
      const why = timing.isOver() ? `no answer within ${timeoutMs} ms` : reasonOf(error);
      throw unavailable(`${method} ${shortened(url)}: ${why}`, error);
    } finally {
      timing.end();
    }
  };
}

const JSON_BODY = { 'content-type': 'application/json' };

/** An answer that is not what was requested. */
export function unexpectedAnswer(what: string, answer: Answer): HeksherError {
  const { status, headers, text } = answer;
  const id = headers.get('x-request-id');
  const details = [shortened(text.trim()), id === null ? '' : `request ${id}`].filter((detail) => detail !== '');
  const detail = details.length === 0 ? '' : ` (${details.join(', ')})`;
  const message = `${what}: the service answered ${status}${detail}${hintOf(answer)}`;
  return unavailable(message, undefined, retryAfterMs(headers.get('retry-after')));
}

/** What may be wrong with the option `url`. */
export function hintOf({ url, redirectedTo, status }: Pick<Answer, 'url' | 'redirectedTo' | 'status'>): string {
  if (redirectedTo !== undefined) {
    return `; ${shortened(url)} redirects to ${shortened(redirectedTo)}: give that service as "url"`;
  }
  if (status !== 404 && status !== 405) return '';
  return `; there may be no Heksher at ${shortened(url)}: "url" is what comes before /api/v1`;
}

/** Longer ones are taken for mistakes. */
const LONGEST_PAUSE_MS = 3_600_000;

/** Of a number of seconds, or of a date. */
export function retryAfterMs(header: string | null, now = Date.now()): number {
  if (header === null) return 0;
  const isDate = header.endsWith(' GMT');
  const ms = isDate ? Date.parse(header) - now : /^\d+$/.test(header) ? Number(header) * 1000 : 0;
  return Number.isNaN(ms) ? 0 : Math.min(Math.max(ms, 0), LONGEST_PAUSE_MS);
}

function baseOf(url: string | URL): string {
  const text = String(url);
  const base = URL.canParse(text) ? new URL(text) : undefined;
  if (base === undefined || !/^https?:$/.test(base.protocol)) {
    // A password ends at the last @ before the host.
    const shown = quoted(text.replace(/\/\/.*@/, '//…@'));
    throw invalid(`${shown} is no URL of a service; accepted: such as https://host:8080`, 'url');
  }
  if (base.username !== '' || base.password !== '') {
    throw invalid(`"url" has credentials; give them as headers: { authorization: 'Basic …' }`, 'url');
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
  return {
    signal: controller.signal,
    isOver: () => isOver,
    end(): void {
      clearTimeout(timer);
      closed.removeEventListener('abort', abort);
    },
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

/** fetch fails with "fetch failed", and says why in the cause. */
function reasonOf(error: unknown): string {
  const cause = causeOf(error);
  return cause === undefined ? messageOf(error) : `${messageOf(error)}: ${messageOf(cause)}`;
}

function causeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'cause' in error ? error.cause : undefined;
}

function shortened(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
