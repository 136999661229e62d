import { messageOf } from './errors.js';

/** How a client is doing. Its JSON has the message of the error. */
export type ClientStatus = Readonly<{
  /** `serving`: the last update succeeded; `failing`: it failed, and values are those from before. */
  state: 'serving' | 'failing' | 'closed';
  /** Where values come from. */
  source: 'service' | 'bootstrap' | 'defaults';
  /** Names the state of the service's data that values are of; null if unknown. */
  revision: string | null;
  /** Milliseconds since the service last confirmed the values, whatever the clock did; null where it never has. */
  ageMs: number | null;
  /** The service answered from memory while its database was away. */
  isStale: boolean;
  /** Changes are heard of as they are made; else values are asked for by the clock alone. */
  isStreaming: boolean;
  /** Updates that failed since the last that did not. */
  failures: number;
  /** Of the last update that failed since one succeeded; else undefined. */
  lastError: unknown;
}>;

/** Keeps count of a client's updates. */
export class StatusKeeper {
  private state: ClientStatus['state'] = 'serving';
  private source: ClientStatus['source'] = 'defaults';
  private revision: string | null = null;
  private isStale = false;
  private confirmedAt: number | undefined;
  lastError: unknown;
  failures = 0;
  isStreaming = false;

  /** `askedAt` is by performance.now(): values may have changed since. */
  succeeded(askedAt: number, revision: string | null, isStale: boolean): void {
    this.source = 'service';
    this.confirmedAt = askedAt;
    this.revision = revision;
    this.isStale = isStale;
    this.failures = 0;
    this.lastError = undefined;
    if (this.state !== 'closed') this.state = 'serving';
  }

  failed(error: unknown): void {
    this.failures += 1;
    this.lastError = error;
    if (this.state !== 'closed') this.state = 'failing';
  }

  restored(revision: string | null): void {
    if (this.source === 'service') return;
    this.source = 'bootstrap';
    this.revision = revision;
  }

  closed(): void {
    this.state = 'closed';
    this.isStreaming = false;
  }

  status(): ClientStatus {
    const { state, source, revision, isStale, isStreaming, failures, lastError, confirmedAt } = this;
    const ageMs = confirmedAt === undefined ? null : performance.now() - confirmedAt;
    return withJson({ state, source, revision, ageMs, isStale, isStreaming, failures, lastError });
  }
}

/** An error has no JSON of its own but {}. */
export function withJson(status: ClientStatus): ClientStatus {
  const { lastError } = status;
  const toJSON = () => ({ ...status, lastError: lastError === undefined ? null : { message: messageOf(lastError) } });
  return Object.defineProperty(status, 'toJSON', { value: toJSON });
}
