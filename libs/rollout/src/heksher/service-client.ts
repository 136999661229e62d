import { type ErrorCode, quoted } from '@heksher/core';
import { RolloutError, unavailable } from '../errors.js';
import { parseServiceUrl } from './service-url.js';

/** Where the service is, and how to ask it. */
export type ServiceOptions = Readonly<{
  /** Such as `http://heksher.internal`, without `/api/v1`. */
  url: string;
  /** Sent with each request, such as what a gateway wants to see. */
  headers?: Readonly<Record<string, string>>;
  /** How long an answer may take; 5000 unless given. */
  timeoutMs?: number;
}>;

/** An answer; `member` gives a member of its body, which every Heksher gives: else it is of something else. */
export type Reply = Readonly<{ status: number; member: (name: string) => unknown }>;

type Body = Readonly<Record<string, unknown>>;

/** Asks the HTTP API of the service. What is no answer of a Heksher is 'unavailable', and says where it came from. */
export class ServiceClient {
  readonly #base: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #timeoutMs: number;
  #isKnown = false;

  constructor({ url, headers = {}, timeoutMs = 5_000 }: ServiceOptions) {
    this.#base = `${parseServiceUrl(url)}/api/v1`;
    this.#headers = headers;
    this.#timeoutMs = timeoutMs;
  }

  /** The answer, if it reports success or its status is among `expected`; else a typed error with what it says. */
  async ask(method: string, path: string, body?: object, expected: readonly number[] = []): Promise<Reply> {
    const request = `${method} ${path}`;
    const response = await this.#fetch(method, path, body);
    const text = await this.#textOf(response);
    const { status, ok } = response;
    const answer = objectOf(text);
    if (codeOf(status) === 'unavailable') throw this.#refused(request, status, text);
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
    const response = await this.#fetch('GET', '/context_features', undefined);
    const features = objectOf(await this.#textOf(response))?.['context_features'];
    this.#isKnown = response.ok && Array.isArray(features);
    return this.#isKnown;
  }

  async #textOf(response: Response): Promise<string> {
    return response.text().catch((error: unknown) => this.#unreachable(error));
  }

  async #fetch(method: string, path: string, body: object | undefined): Promise<Response> {
    try {
      return await fetch(this.#base + path, {
        method,
        headers: { ...this.#headers, accept: 'application/json', 'content-type': 'application/json' },
        // What follows a redirect asks for something else: GET in place of POST.
        redirect: 'manual',
        signal: AbortSignal.timeout(this.#timeoutMs),
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    } catch (error) {
      return this.#unreachable(error);
    }
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

  #refused(request: string, status: number, text: string): RolloutError {
    return this.#unusable(`it answers ${status} to ${request}, ${shownText(text)}`);
  }

  #foreign(request: string, status: number, text: string): RolloutError {
    const hint = 'the url must be where a Heksher is, with the path at which a gateway has it, and without /api/v1';
    return this.#unusable(`what answers there is not a Heksher: ${status} to ${request}, ${shownText(text)}; ${hint}`);
  }

  #unusable(why: string, cause?: unknown): RolloutError {
    return unavailable(`the service at ${this.#base}`, why, cause);
  }
}

/** The JSON object that a text is. */
function objectOf(text: string): Body | undefined {
  try {
    const value: unknown = JSON.parse(text);
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
