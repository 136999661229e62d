import { type HeksherError, invalid } from '@heksher/core';
import { messageOf, unavailable } from '../errors.js';
import { type CheckedOptions } from '../options.js';

export type Answer = Readonly<{ status: number; headers: Headers; text: string }>;

/** Sends a request to a path below `/api/v1`. Rejects with 'unavailable' where there is no answer in time. */
export type Send = (path: string, request?: Request) => Promise<Answer>;

type Request = Readonly<{ method?: 'GET' | 'POST'; body?: string; headers?: Readonly<Record<string, string>> }>;

/** Prepares requests to the service; all that are under way end when `closed` is aborted. Throws 'invalid' for a bad URL. */
export function connect(
  { url, headers, fetch: doFetch = fetch, timeoutMs }: CheckedOptions,
  closed: AbortSignal,
): Send {
  const base = baseOf(url);
  return async (path, { method = 'GET', body, headers: own = {} } = {}) => {
    const common = typeof headers === 'function' ? headers() : headers;
    const timing = startTimer(timeoutMs, closed);
    try {
      const response = await doFetch(base + path, {
        method,
        headers: { accept: 'application/json', ...(body !== undefined && JSON_BODY), ...common, ...own },
        ...(body !== undefined && { body }),
        signal: timing.signal,
      });
      return { status: response.status, headers: response.headers, text: await response.text() };
    } catch (error) {
      if (closed.aborted) throw unavailable('the client is closed', error);
      const why = timing.isOver() ? `no answer within ${timeoutMs} ms` : reasonOf(error);
      throw unavailable(`${method} ${base}${shortened(path)}: ${why}`, error);
    } finally {
      timing.end();
    }
  };
}

const JSON_BODY = { 'content-type': 'application/json' };

/** An answer that is not what was asked for. */
export function unexpectedAnswer(what: string, { status, headers, text }: Answer): HeksherError {
  const told = shortened(text.trim());
  const id = headers.get('x-request-id');
  const detail = [told === '' ? undefined : told, id === null ? undefined : `request ${id}`].filter(Boolean).join(', ');
  return unavailable(`${what}: the service answered ${status}${detail === '' ? '' : ` (${detail})`}`);
}

function baseOf(url: string | URL): string {
  const base = URL.canParse(String(url)) ? new URL(url) : undefined;
  if (base === undefined || !/^https?:$/.test(base.protocol)) {
    throw invalid(`${JSON.stringify(String(url))} is no URL of a service; accepted: such as https://host:8080`, 'url');
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

/** fetch fails with "fetch failed", and says why in the cause. */
function reasonOf(error: unknown): string {
  const cause = typeof error === 'object' && error !== null && 'cause' in error ? error.cause : undefined;
  return cause === undefined ? messageOf(error) : `${messageOf(error)}: ${messageOf(cause)}`;
}

function shortened(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
