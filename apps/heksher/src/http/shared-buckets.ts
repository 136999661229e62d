import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { type SharedRedis } from '../shared-redis.js';
import { formatRate, type Rate } from './rate.js';
import { type Taken, TokenBuckets } from './token-buckets.js';

const PREFIX = 'heksher:rate:';

/** How long what was taken here is kept to oneself, in milliseconds. */
const INTERVAL_MS = 100;
/** Of whom nothing was heard for so long, Redis is asked first. */
const HEARD_FOR_MS = 1_000;
const MOST_KEYS_AT_ONCE = 500;
const MOST_KEYS = 20_000;

/**
 * Takes from each bucket as many tokens as were taken here, and says in how many milliseconds it will be full: at most its whole window, whatever
 * anybody has written there.
 */
const TAKE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local found = {}
for index, key in ipairs(KEYS) do
  local count, interval, window = tonumber(ARGV[3 * index - 2]), tonumber(ARGV[3 * index - 1]), tonumber(ARGV[3 * index])
  local stored = redis.pcall('GET', key)
  local full = type(stored) == 'string' and tonumber(stored) or now
  if full ~= full then full = now end
  local left = math.min(math.max(full - now, 0) + count * interval, window)
  if count > 0 then redis.call('SET', key, string.format('%.3f', now + left), 'PX', math.ceil(left) + 1) end
  found[index] = tostring(left)
end
return found`;

type Count = { readonly rate: Rate; count: number };

/**
 * Token buckets that replicas share in Redis. What is in memory decides; it learns what others have let through a moment later, and of whom it has
 * not heard lately before the first request. Without Redis each replica counts for itself: nobody is unlimited.
 */
export class SharedBuckets {
  private readonly buckets = new TokenBuckets(undefined, (key, rate) => this.note(key, rate));
  private readonly heardAtMs = new LRUCache<string, number>({ max: MOST_KEYS });
  private taken = new Map<string, Count>();
  private timer: NodeJS.Timeout | undefined;
  private isSyncing = false;

  constructor(private readonly redis: SharedRedis) {}

  start(): void {
    this.redis.start();
    this.timer = setInterval(() => void this.sync(), INTERVAL_MS).unref();
  }

  stop(): void {
    clearInterval(this.timer);
    this.redis.stop();
  }

  /** Takes a token, or none where there is none; a promise where Redis is asked first. */
  take(key: string, rate: Rate): Taken | Promise<Taken> {
    if (performance.now() - (this.heardAtMs.get(key) ?? -Infinity) < HEARD_FOR_MS) return this.buckets.take(key, rate);
    return this.exchange([[key, { rate, count: 0 }]]).then(() => this.buckets.take(key, rate));
  }

  private note(key: string, rate: Rate): void {
    const noted = this.taken.get(key);
    if (noted !== undefined) noted.count += 1;
    else if (this.taken.size < MOST_KEYS) this.taken.set(key, { rate, count: 1 });
  }

  private async sync(): Promise<void> {
    if (this.isSyncing || this.taken.size === 0) return;
    this.isSyncing = true;
    const all = [...this.taken];
    this.taken = new Map();
    for (let at = 0; at < all.length; at += MOST_KEYS_AT_ONCE)
      await this.exchange(all.slice(at, at + MOST_KEYS_AT_ONCE));
    this.isSyncing = false;
  }

  /** Without an answer, what was taken stays known here alone. */
  private async exchange(counts: readonly (readonly [key: string, count: Count])[]): Promise<void> {
    const keys = counts.map(([key, { rate }]) => keyOf(key, rate));
    const parameters = counts.flatMap(([, { rate, count }]) => [count, intervalOf(rate), rate.windowS * 1_000]);
    const found = await this.redis.send(['EVAL', TAKE, String(keys.length), ...keys, ...parameters.map(String)]);
    const now = performance.now();
    for (const [index, [key, { rate }]] of counts.entries()) {
      this.heardAtMs.set(key, now);
      const left = Array.isArray(found) ? Number(found[index]) : NaN;
      if (!(left > 0)) continue;
      const since = (this.taken.get(key)?.count ?? 0) * intervalOf(rate);
      this.buckets.lower(key, Math.min(left + since, rate.windowS * 1_000));
    }
  }
}

const intervalOf = ({ requests, windowS }: Rate): number => (windowS * 1_000) / requests;

/** Who it is of cannot be read from it. Another rate is another bucket. */
function keyOf(key: string, rate: Rate): string {
  return (
    PREFIX +
    createHash('sha256')
      .update(`${formatRate(rate)}\n${key}`)
      .digest('hex')
  );
}
