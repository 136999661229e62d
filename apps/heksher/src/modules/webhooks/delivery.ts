import { errorMessage, shortened } from '@heksher/core';
import { type Attempt } from './attempts.store.js';
import { CONTENT_TYPE, type OutgoingEvent } from './cloud-event.js';
import { guardedRequest, type WayOut } from './guarded-request.js';
import { refusalBy } from './handshake.js';
import { parseRetryAfter } from './retries.js';
import { type SecretBox } from './secret-box.js';
import { signedHeaders } from './signature.js';
import { type SsrfGuard } from './ssrf-guard.js';
import { type WebhookOptions } from './webhook-options.js';
import { type StoredWebhook } from './webhooks.store.js';
import { HEKSHER_VERSION } from '../../version.js';

/** How an attempt ended. `gone`: the receiver wants no more. */
export type Outcome = Readonly<{ kind: 'delivered' | 'failed' | 'gone'; retryAfterMs: number; attempt: Attempt }>;

const LONGEST_ERROR = 500;

const AGENT = { 'user-agent': `Heksher/${HEKSHER_VERSION}` } as const;

/** Makes single attempts. */
export class Delivery {
  private readonly out: WayOut;
  /** By their ids, the addresses of endpoints that have said that they want events, to this process. */
  private readonly agreed = new Map<string, string>();

  constructor(
    private readonly guard: SsrfGuard,
    private readonly secrets: SecretBox,
    private readonly options: Pick<WebhookOptions, 'timeoutMs' | 'tracing' | 'proxy' | 'source'>,
  ) {
    this.out = { guard, proxy: options.proxy };
  }

  /** Sends an event once. Throws only where `stop` ended it: then nobody knows whether it arrived. */
  async attempt(webhook: StoredWebhook, event: OutgoingEvent, stop?: AbortSignal): Promise<Outcome> {
    const span = this.options.tracing?.sending('POST', event, {
      'http.request.method': 'POST',
      'heksher.webhook': webhook.id,
      'cloudevents.event_id': event.id,
    });
    try {
      const outcome = await this.send(webhook, { ...event, traceparent: span?.traceparent ?? event.traceparent }, stop);
      const { status, error } = outcome.attempt;
      const attributes = status === null ? {} : { 'http.response.status_code': status };
      if (error === null) span?.end(attributes);
      else span?.fail(status === null ? error : String(status), attributes);
      return outcome;
    } catch (error) {
      span?.fail(error);
      throw error;
    }
  }

  private async send(webhook: StoredWebhook, event: OutgoingEvent, stop?: AbortSignal): Promise<Outcome> {
    const atMs = Date.now();
    const beganAt = performance.now();
    const outcome = (kind: Outcome['kind'], more: Partial<Attempt>, retryAfterMs = 0): Outcome => ({
      kind,
      retryAfterMs,
      attempt: {
        ...{
          event: event.id,
          type: event.type,
          at: new Date(atMs).toISOString(),
          status: null,
          error: null,
          answer: null,
        },
        durationMs: Math.round(performance.now() - beganAt),
        ...more,
      },
    });
    const signingSecrets = this.secretsOf(webhook);
    if (signingSecrets === undefined)
      return outcome('failed', { error: 'the secret cannot be decrypted by HEKSHER_SECRET_KEY; rotate it' });
    const headers = {
      'content-type': CONTENT_TYPE,
      ...AGENT,
      ...(event.traceparent !== undefined && { traceparent: event.traceparent }),
      ...(event.tracestate !== undefined && { tracestate: event.tracestate }),
      ...signedHeaders(event.id, atMs, event.body, signingSecrets),
    };
    const ending = new AbortController();
    const end = (): void => ending.abort();
    const timer = setTimeout(end, this.options.timeoutMs);
    stop?.addEventListener('abort', end, { once: true });
    try {
      const url = this.guard.parseUrl(webhook.url);
      const refusal = await this.refusalOf(webhook, url, ending.signal);
      if (refusal !== undefined) return outcome('failed', { error: shortened(refusal, LONGEST_ERROR) });
      const post = { method: 'POST', headers, body: event.body, signal: ending.signal } as const;
      const { status, headers: answered, text } = await guardedRequest(this.out, url, post);
      const answer = { status, answer: text };
      if (status >= 200 && status < 300) return outcome('delivered', answer);
      const kind = status === 410 ? 'gone' : 'failed';
      return outcome(
        kind,
        { ...answer, error: problemOf(status) },
        parseRetryAfter(answered['retry-after'], Date.now()),
      );
    } catch (error) {
      if (stop?.aborted === true) throw error;
      const message = ending.signal.aborted
        ? `there was no answer within ${this.options.timeoutMs} ms`
        : errorMessage(error);
      return outcome('failed', { error: shortened(message, LONGEST_ERROR) });
    } finally {
      clearTimeout(timer);
      stop?.removeEventListener('abort', end);
    }
  }

  /** Each process asks once for each address. */
  private async refusalOf(
    { id, url: text, handshake }: StoredWebhook,
    url: URL,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    if (!handshake || this.agreed.get(id) === text) return undefined;
    if (this.options.source === '') return 'the endpoint is to be asked beforehand, which needs HEKSHER_PUBLIC_URL';
    const origin = new URL(this.options.source).hostname;
    const refusal = await refusalBy(this.out, url, { origin, headers: AGENT, signal });
    if (refusal === undefined) this.agreed.set(id, text);
    return refusal;
  }

  private secretsOf({ id, secret, previousSecret }: StoredWebhook): readonly Buffer[] | undefined {
    const present = this.secrets.open(secret, id);
    const previous = previousSecret === null ? undefined : this.secrets.open(previousSecret, id);
    if (present === undefined) return undefined;
    return previous === undefined ? [present] : [present, previous];
  }
}

function problemOf(status: number): string {
  const isRedirect = status >= 300 && status < 400;
  return `the answer is ${status}${isRedirect ? ', and redirects are not followed' : ''}`;
}
