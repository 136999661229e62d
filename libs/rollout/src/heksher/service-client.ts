import { type ErrorCode } from '@heksher/core';
import { RolloutError, unavailable } from '../errors.js';

/** Where the service is, and how to ask it. */
export type ServiceOptions = Readonly<{
  /** Such as `http://heksher.internal`. */
  url: string;
  /** Sent with each request, such as what a gateway wants to see. */
  headers?: Readonly<Record<string, string>>;
  /** How long an answer may take; 5000 unless given. */
  timeoutMs?: number;
}>;

export type Reply = Readonly<{ status: number; body: unknown }>;

/** Asks the HTTP API of the service. */
export class ServiceClient {
  readonly #base: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #timeoutMs: number;

  constructor({ url, headers = {}, timeoutMs = 5_000 }: ServiceOptions) {
    if (!URL.canParse(url)) throw new RolloutError('invalid', `${JSON.stringify(url)} is no URL of a service`);
    this.#base = `${url.replace(/\/+$/, '')}/api/v1`;
    this.#headers = headers;
    this.#timeoutMs = timeoutMs;
  }

  /** The answer, if it tells of success or its status is among `expected`; else a typed error with what it says. */
  async ask(method: string, path: string, body?: object, expected: readonly number[] = []): Promise<Reply> {
    const reply = await this.#fetch(method, path, body).catch((error: unknown) => {
      throw unavailable('the service', error);
    });
    if ((reply.status >= 200 && reply.status < 300) || expected.includes(reply.status)) return reply;
    throw refusal(`${method} ${path}`, reply);
  }

  async #fetch(method: string, path: string, body: object | undefined): Promise<Reply> {
    const response = await fetch(this.#base + path, {
      method,
      headers: { ...this.#headers, accept: 'application/json', 'content-type': 'application/json' },
      signal: AbortSignal.timeout(this.#timeoutMs),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: parsed(text) };
  }
}

/** What a gateway says may be no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function refusal(request: string, { status, body }: Reply): RolloutError {
  const message = `the service answers ${status} to ${request}: ${detailOf(body)}`;
  return new RolloutError(codeOf(status), message);
}

function codeOf(status: number): ErrorCode {
  if (status >= 500 || status === 429) return 'unavailable';
  if (status === 404) return 'not_found';
  return status === 409 ? 'conflict' : 'invalid';
}

function detailOf(body: unknown): string {
  if (typeof body !== 'object' || body === null) return JSON.stringify(body);
  const { detail, errors } = body as Readonly<{ detail?: unknown; errors?: unknown }>;
  return (
    [detail, errors]
      .filter((part) => part !== undefined)
      .map((part) => JSON.stringify(part))
      .join(' ') || JSON.stringify(body)
  );
}
