import { type InSteps } from '@heksher/core';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { ownerOf, type Principal } from '../../access/principal.js';
import { Metrics, one } from '../../metrics/metrics.js';
import { inSlices } from '../../in-slices.js';
import { RetryLater } from '../../retry-later.js';
import { FeedOptions } from './feed-options.js';

/** Events, notices of OpenFeature, or a request that waits for events. */
export type HeldKind = 'events' | 'notices' | 'wait';

/** What is open for long. None of these throws. */
export type Held = Readonly<{
  kind: HeldKind;
  /** Is called each second, on the monotonic clock. */
  tick: (nowMs: number) => void;
  /** Ends it at once, since the service stops. */
  end: () => void;
}>;

/** Why a stream ended: its client left, its time is over, its credentials hold no longer, or the service stops. */
export type StreamEnd = 'client' | 'expired' | 'revoked' | 'failed' | 'shutdown';

/** Each is ticked once a second, with a share of the others, so that not all have their heartbeats at once. */
const SHARES = 8;
const TICK_MS = 1_000 / SHARES;
const TICKED_PER_STEP = 64;
const SOONEST_RETRY_S = 5;
const LATEST_RETRY_S = 15;

/** All requests that are held open, in limits, with one clock for all of them. */
@Injectable()
export class Streams implements OnApplicationShutdown {
  private readonly shares = Array.from({ length: SHARES }, () => new Set<Held>());
  private held = 0;
  private share = 0;
  private readonly ofSubjects = new Map<string, number>();
  private clock: NodeJS.Timeout | undefined;
  private hasEnded = false;

  /** How streams ended. */
  readonly closed: Record<StreamEnd, number> = { client: 0, expired: 0, revoked: 0, failed: 0, shutdown: 0 };
  /** Events and notices that were written to them. */
  sent = 0;
  private refused = 0;

  constructor(
    private readonly options: FeedOptions,
    metrics: Metrics,
  ) {
    metrics.gauge('heksher_streams', 'Streams, and requests that wait for events.', () => {
      const kinds = { events: 0, notices: 0, wait: 0 };
      for (const share of this.shares) for (const { kind } of share) kinds[kind] += 1;
      return Object.entries(kinds).map(([kind, count]) => [{ kind }, count]);
    });
    metrics.counter(
      'heksher_stream_events_total',
      'Events and notices that were written to streams.',
      one(() => this.sent),
    );
    metrics.counter('heksher_streams_closed_total', 'Streams that ended, by why.', () =>
      Object.entries(this.closed).map(([reason, count]) => [{ reason }, count]),
    );
    metrics.counter(
      'heksher_streams_refused_total',
      'Streams that were too many.',
      one(() => this.refused),
    );
  }

  get count(): number {
    return this.held;
  }

  /**
   * Takes one in, and gives what lets it go; throws `unavailable` where there are as many as there may be.
   * @param principal whose share it counts towards; undefined: nobody's
   */
  hold(held: Held, principal: Principal | undefined): () => void {
    try {
      return this.take(held, principal);
    } catch (error) {
      this.refused += 1;
      throw error;
    }
  }

  private take(held: Held, principal: Principal | undefined): () => void {
    const { streamsMax, streamsPerPrincipal } = this.options;
    if (this.held >= streamsMax) throw tooMany(`${streamsMax} streams are open, and no more are taken here`);
    const subject =
      principal === undefined || principal.proof.kind === 'none'
        ? undefined
        : `${ownerOf(principal)} ${principal.subject}`;
    if (subject !== undefined) {
      const count = this.ofSubjects.get(subject) ?? 0;
      if (count >= streamsPerPrincipal)
        throw tooMany(`${principal?.subject} has ${count} streams open, and may have no more here`);
      this.ofSubjects.set(subject, count + 1);
    }
    const share = this.smallest();
    share.add(held);
    this.held += 1;
    this.clock ??= setInterval(() => this.tick(performance.now()), TICK_MS).unref();
    if (this.hasEnded) setImmediate(() => held.end());
    return () => {
      if (share.delete(held)) this.letGo(subject);
    };
  }

  /** Ends all, and what comes yet as soon as it has begun: its clients go elsewhere. */
  end(): void {
    this.hasEnded = true;
    for (const share of this.shares) for (const held of [...share]) held.end();
  }

  onApplicationShutdown(): void {
    clearInterval(this.clock);
  }

  private smallest(): Set<Held> {
    return this.shares.reduce((least, share) => (share.size < least.size ? share : least));
  }

  private tick(nowMs: number): void {
    const share = [...(this.shares[this.share] ?? [])];
    this.share = (this.share + 1) % SHARES;
    inSlices(ticking(share, nowMs), { ready: () => undefined, failed: () => undefined });
  }

  private letGo(subject: string | undefined): void {
    this.held -= 1;
    if (subject === undefined) return;
    const count = (this.ofSubjects.get(subject) ?? 1) - 1;
    if (count > 0) this.ofSubjects.set(subject, count);
    else this.ofSubjects.delete(subject);
  }
}

function* ticking(share: readonly Held[], nowMs: number): InSteps<void> {
  for (const [index, held] of share.entries()) {
    held.tick(nowMs);
    if ((index + 1) % TICKED_PER_STEP === 0) yield;
  }
}

/** Not all who are refused should come back in the same second. */
function tooMany(message: string): RetryLater {
  const afterS = Math.round(SOONEST_RETRY_S + Math.random() * (LATEST_RETRY_S - SOONEST_RETRY_S));
  return new RetryLater(`${message}; try again later`, afterS);
}
