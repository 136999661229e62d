import { errorMessage, HeksherError, parseNative } from '@heksher/core';
import { type Logger } from '../logging/index.js';
import { type ClientProof, proofOf } from './client-proof.js';
import { fetchText } from './fetch-text.js';

/** Where tokens are asked about (RFC 7662), and who asks. */
export type IntrospectionEndpoint = Readonly<{
  url: string;
  /** Whose endpoint it is. */
  issuer: string;
  clientId: string;
  /** What proves that now. */
  proof: () => ClientProof;
}>;

const MOST_AT_ONCE = 16;

/** More that wait for their turn are refused, as in an outage. */
const MOST_WAITING = 1_000;

type Waiting = Readonly<{ begin: () => void; fail: (error: Error) => void }>;

/** Asks an issuer about tokens, so many at once that it is not overrun. */
export class Introspection {
  private underWay = 0;
  private waiting: Waiting[] = [];
  private hasFailed = false;

  constructor(
    private readonly endpoint: IntrospectionEndpoint,
    private readonly log: Pick<Logger, 'info' | 'warn'>,
  ) {}

  /** What the issuer says of a token, as text. Rejects with `unavailable` where it does not answer. */
  async ask(token: string): Promise<string> {
    if (this.underWay < MOST_AT_ONCE) this.underWay += 1;
    else await this.turn();
    try {
      const text = await this.askNow(token);
      if (this.hasFailed) this.log.info('tokens can be introspected again', { url: this.endpoint.url });
      this.hasFailed = false;
      return text;
    } catch (error) {
      this.failed(error);
      throw unavailable();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.underWay -= 1;
      else next.begin();
    }
  }

  /** Resolves with the turn of one that is done. */
  private turn(): Promise<void> {
    if (this.waiting.length >= MOST_WAITING) return Promise.reject(unavailable());
    return new Promise((resolve, reject) => this.waiting.push({ begin: resolve, fail: reject }));
  }

  /** Those who wait would wait for another failure. */
  private failed(error: unknown): void {
    if (!this.hasFailed)
      this.log.warn('tokens cannot be introspected', { url: this.endpoint.url, problem: errorMessage(error) });
    this.hasFailed = true;
    const { waiting } = this;
    this.waiting = [];
    for (const { fail } of waiting) fail(unavailable());
  }

  private async askNow(token: string): Promise<string> {
    const { url, proof } = this.endpoint;
    const { headers, form } = await proofOf(proof(), this.endpoint);
    const body = new URLSearchParams({ token, token_type_hint: 'access_token', ...form });
    const text = await fetchText(url, { method: 'POST', headers, body });
    // What is no answer of RFC 7662 says nothing about the token.
    if (parseAnswer(text) === undefined) throw new Error('the answer is no JSON object with "active"');
    return text;
  }
}

/** The members of an answer of RFC 7662; undefined where it is none. */
export function parseAnswer(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const answer: unknown = parseNative(text);
    if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) return undefined;
    const members = answer as Readonly<Record<string, unknown>>;
    return typeof members['active'] === 'boolean' ? members : undefined;
  } catch {
    return undefined;
  }
}

function unavailable(): HeksherError {
  return new HeksherError('unavailable', 'the issuer of the token does not answer; try again later');
}
