import {
  adviceOn,
  type Authorization,
  Credentials,
  type ErrorCode,
  parseNative,
  quoted,
  withoutCredentials,
} from '@heksher/core';
import { RolloutError, unavailable } from '../errors.js';
import { parseServiceUrl } from './service-url.js';

/** Where the service is, and how to ask it. */
export type ServiceOptions = Readonly<{
  /** Such as `http://heksher.internal`, without `/api/v1`. */
  url: string;
  /**
   * The whole value of the header `Authorization`, such as `Bearer hk_s_…`; or a function that gives it, which is asked for each
   * request, and once more, with `isRefused`, when the service has refused what it gave.
   */
  authorization?: Authorization;
  /** Sent with each request, such as what a gateway wants to see. */
  headers?: Readonly<Record<string, string>>;
  /** How long an answer may take; 5000 unless given. */
  timeoutMs?: number;
}>;

/** An answer; `member` gives a member of its body, which every Heksher gives: else it is of something else. */
export type Reply = Readonly<{ status: number; member: (name: string) => unknown }>;

type Body = Readonly<Record<string, unknown>>;

type Outgoing = Readonly<{ method: string; path: string; body: object | undefined; signal: AbortSignal }>;
type Received = Readonly<{ response: Response; text: string; wasAuthorized: boolean }>;

/** Asks the HTTP API of the service. What is no answer of a Heksher is 'unavailable', and says where it came from. */
export class ServiceClient {
  readonly #base: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #credentials: Credentials;
  readonly #timeoutMs: number;
  #isKnown = false;

  constructor({ url, authorization, headers = {}, timeoutMs = 5_000 }: ServiceOptions) {
    this.#base = `${parseServiceUrl(url)}/api/v1`;
    this.#credentials = credentialsOf(authorization);
    this.#headers = headers;
    this.#timeoutMs = timeoutMs;
  }

  /** The answer, if it reports success or its status is among `expected`; else a typed error with what it says. */
  async ask(method: string, path: string, body?: object, expected: readonly number[] = []): Promise<Reply> {
    const request = `${method} ${path}`;
    const received = await this.#send(method, path, body);
    const { response, text } = received;
    const { status, ok } = response;
    const answer = objectOf(text);
    if (codeOf(status) === 'unavailable') throw this.#refused(request, received);
    if (status >= 300 && status < 400) throw this.#redirected(response);
    if (answer === undefined && status !== 204) throw this.#foreign(request, status, text);
    if (!ok && !(await this.#isHeksher())) throw this.#foreign(request, status, text);
    if (!ok && !expected.includes(status)) throw refusal(request, status, answer);
    const member = (name: string): unknown => {
      if (answer?.[name] === undefined) throw this.#foreign(request, status, text);
      return answer[name];
    };
    return { status, member };
  }

  /** Any server has answers such as 404; only what has a list of context features means by them what a Heksher does. */
  async #isHeksher(): Promise<boolean> {
    if (this.#isKnown) return true;
    const { response, text } = await this.#send('GET', '/context_features', undefined);
    const features = objectOf(text)?.['context_features'];
    this.#isKnown = response.ok && Array.isArray(features);
    return this.#isKnown;
  }

  /** Once more where others than the credentials that are refused can be had. */
  async #send(method: string, path: string, body: object | undefined): Promise<Received> {
    const signal = AbortSignal.timeout(this.#timeoutMs);
    try {
      const given = await unlessAborted(signal, this.#credentials.get());
      const received = await this.#fetch({ method, path, body, signal }, given.value);
      if (received.response.status !== 401) return received;
      const renewed = await unlessAborted(signal, this.#credentials.renew(given));
      return renewed === undefined ? received : await this.#fetch({ method, path, body, signal }, renewed.value);
    } catch (error) {
      return this.#unreachable(error);
    }
  }

  async #fetch({ method, path, body, signal }: Outgoing, authorization: string | undefined): Promise<Received> {
    const headers = new Headers({ ...this.#headers, accept: 'application/json', 'content-type': 'application/json' });
    if (authorization !== undefined) headers.set('authorization', authorization);
    const response = await fetch(this.#base + path, {
      method,
      headers,
      // What follows a redirect asks for something else: GET in place of POST.
      redirect: 'manual',
      signal,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = withoutCredentials(await response.text(), response.ok ? undefined : authorization);
    return { response, text, wasAuthorized: authorization !== undefined };
  }

  #unreachable(error: unknown): never {
    const { name } = error as Readonly<{ name?: string }>;
    const why = name === 'TimeoutError' ? `nothing came within ${this.#timeoutMs} ms` : reasonOf(error);
    throw this.#unusable(why, error);
  }

  #redirected({ status, headers }: Response): RolloutError {
    const to = quoted(headers.get('location') ?? 'nowhere');
    return this.#unusable(`it redirects (${status}) to ${to}; give the url that it has there`);
  }

  #refused(request: string, { response, text, wasAuthorized }: Received): RolloutError {
    const { status, headers } = response;
    const advice = adviceOn({ status, challenge: headers.get('www-authenticate') }, wasAuthorized);
    const hint = advice === undefined ? '' : `; ${advice}`;
    return this.#unusable(`it answers ${status} to ${request}, ${shownText(text)}${hint}`);
  }

  #foreign(request: string, status: number, text: string): RolloutError {
    const hint = 'the url must be where a Heksher is, with the path at which a gateway has it, and without /api/v1';
    return this.#unusable(`what answers there is not a Heksher: ${status} to ${request}, ${shownText(text)}; ${hint}`);
  }

  #unusable(why: string, cause?: unknown): RolloutError {
    return unavailable(`the service at ${this.#base}`, why, cause);
  }
}

function credentialsOf(authorization: Authorization | undefined): Credentials {
  try {
    return new Credentials(authorization);
  } catch (cause) {
    throw new RolloutError('invalid', (cause as Error).message, { cause });
  }
}

/** The work's result, which also what does not heed the signal cannot delay. */
function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
    work.then(resolve, reject);
  });
}

/** The JSON object that a text is. */
function objectOf(text: string): Body | undefined {
  try {
    const value: unknown = parseNative(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function shownText(text: string): string {
  return text.trim() === '' ? 'with nothing' : `with ${quoted(text.trim())}`;
}

/** fetch fails with "fetch failed", and has the reason as its cause, which may have a code and no message. */
function reasonOf(error: unknown): string {
  const { cause = error } = error as Readonly<{ cause?: unknown }>;
  const { code, message } = cause as Readonly<{ code?: string; message?: string }>;
  return message || code || String(cause);
}

function refusal(request: string, status: number, body: Body = {}): RolloutError {
  return new RolloutError(codeOf(status), `the service answers ${status} to ${request}: ${detailOf(body)}`);
}

/** A gateway that refuses, by 401 or 403, is no fault of the call. */
function codeOf(status: number): ErrorCode {
  if (status >= 500 || status === 429 || status === 401 || status === 403) return 'unavailable';
  if (status === 404) return 'not_found';
  return status === 409 ? 'conflict' : 'invalid';
}

function detailOf(body: Body): string {
  const parts = [body['detail'], body['errors']].filter((part) => part !== undefined);
  return parts.map((part) => JSON.stringify(part)).join(' ') || JSON.stringify(body);
}
