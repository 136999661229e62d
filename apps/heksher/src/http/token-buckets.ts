import { LRUCache } from 'lru-cache';
import { type Rate } from './rate.js';

/** What is left after a request; a wait of 0: it is within the rate. Times in milliseconds. */
export type Taken = Readonly<{ remaining: number; fullInMs: number; waitMs: number }>;

/** Of more clients than this, the one that asked longest ago has a full bucket again. */
const MOST_BUCKETS = 20_000;

/**
 * Token buckets by a key. Of each, all that is kept is when it will be full again: the generic cell rate algorithm, to which a
 * bucket of many tokens is as cheap as one of few.
 */
export class TokenBuckets {
  private readonly fullAtMs = new LRUCache<string, number>({ max: MOST_BUCKETS });

  /**
   * @param clock in milliseconds; it must not go back
   * @param onTaken is told of each token that is taken
   */
  constructor(
    private readonly clock: () => number = () => performance.now(),
    private readonly onTaken: (key: string, rate: Rate) => void = () => undefined,
  ) {}

  /** Takes a token, or none where there is none. */
  take(key: string, rate: Rate): Taken {
    const { requests, windowS } = rate;
    const now = this.clock();
    const windowMs = windowS * 1_000;
    const intervalMs = windowMs / requests;
    const before = Math.max((this.fullAtMs.get(key) ?? now) - now, 0);
    const after = before + intervalMs;
    // Sums of many intervals are not exact.
    const isWithin = after <= windowMs + intervalMs / 1_000;
    if (isWithin) {
      this.fullAtMs.set(key, now + after);
      this.onTaken(key, rate);
    }
    const fullInMs = Math.min(isWithin ? after : before, windowMs);
    return {
      remaining: Math.floor((windowMs - fullInMs) / intervalMs + 0.001),
      fullInMs,
      waitMs: isWithin ? 0 : after - windowMs,
    };
  }

  /** Takes from a bucket what others have taken from it elsewhere: it will be full in so many milliseconds at the earliest. */
  lower(key: string, fullInMs: number): void {
    const fullAt = this.clock() + fullInMs;
    if (fullAt > (this.fullAtMs.get(key) ?? -Infinity)) this.fullAtMs.set(key, fullAt);
  }
}
