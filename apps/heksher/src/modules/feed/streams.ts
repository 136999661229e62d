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
  /** Is called once in each round of the clock. */
  beat: () => void;
  /** Ends it at once, since the service stops. */
  end: () => void;
}>;

/** Why a stream ended: its client left, its time is over, its credentials hold no longer, or the service stops. */
export type StreamEnd = 'client' | 'expired' | 'revoked' | 'failed' | 'shutdown';

/** How often each has its turn, with a share of the others, so that not all have their heartbeats at once. */
export const ROUND_MS = 14_000;
const SHARES = 112;
const SHARE_MS = ROUND_MS / SHARES;
const BEATS_PER_STEP = 16;
const SOONEST_RETRY_S = 5;
const LATEST_RETRY_S = 15;

/** All requests that are held open, in limits, with one clock for all of them. */
@Injectable()
export class Streams implements OnApplicationShutdown {
  private readonly shares = Array.from({ length: SHARES }, () => new Set<Held>());
  private held = 0;
  /** How many shares had their turn, on the monotonic clock. */
  private turns = 0;
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
    if (this.clock === undefined) {
      this.turns = turnsNow();
      this.clock = setInterval(() => this.tick(), SHARE_MS).unref();
    }
    const share = this.smallest();
    share.add(held);
    this.held += 1;
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

  /** Of those that are so, the one that had its turn last: who has just come is not silent. */
  private smallest(): Set<Held> {
    const next = this.turns % SHARES;
    const byTurn = [...this.shares.slice(next), ...this.shares.slice(0, next)];
    return byTurn.reduceRight((least, share) => (share.size < least.size ? share : least));
  }

  /** Timers come late: what was due meanwhile is made up for. */
  private tick(): void {
    const due = Math.min(turnsNow() - this.turns, SHARES);
    const shares = Array.from({ length: due }, (_, index) => this.shares[(this.turns + index) % SHARES] ?? []);
    this.turns = turnsNow();
    inSlices(beating(shares.flatMap((share) => [...share])), { ready: () => undefined, failed: () => undefined });
  }

  private letGo(subject: string | undefined): void {
    this.held -= 1;
    if (subject === undefined) return;
    const count = (this.ofSubjects.get(subject) ?? 1) - 1;
    if (count > 0) this.ofSubjects.set(subject, count);
    else this.ofSubjects.delete(subject);
  }
}

function turnsNow(): number {
  return Math.floor(performance.now() / SHARE_MS);
}

function* beating(due: readonly Held[]): InSteps<void> {
  for (const [index, held] of due.entries()) {
    held.beat();
    if ((index + 1) % BEATS_PER_STEP === 0) yield;
  }
}

/** Not all who are refused should come back in the same second. */
function tooMany(message: string): RetryLater {
  const afterS = Math.round(SOONEST_RETRY_S + Math.random() * (LATEST_RETRY_S - SOONEST_RETRY_S));
  return new RetryLater(`${message}; try again later`, afterS);
}
