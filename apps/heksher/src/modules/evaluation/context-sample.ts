import { type Context } from '@heksher/core';
import { textHash } from '@heksher/ruleset';

/** Contexts of this hour and the one before are kept. */
const HOUR_MS = 3_600_000;

/** A context with longer texts is not worth its memory. */
const MOST_TEXT = 4_096;

/**
 * A random sample of the distinct contexts that were asked about lately: of each hour those whose hash, under a random seed, is
 * least. So how often one is asked about does not matter, and most cost no more than their hash. They are personal data: kept
 * in memory only, and never logged.
 */
export class ContextSample {
  private readonly seed = Math.floor(Math.random() * 2 ** 32);
  private current = new Map<number, Context>();
  private previous: ReadonlyMap<number, Context> = new Map();
  /** The greatest hash that is kept, once there are enough. */
  private limit = Infinity;
  private began = -Infinity;

  /** @param size how many are kept at most; 0: none */
  constructor(
    private readonly size: number,
    private readonly now = Date.now,
  ) {}

  get isOn(): boolean {
    return this.size > 0;
  }

  add(context: Context): void {
    if (this.size === 0) return;
    const nowMs = this.now();
    if (nowMs - this.began >= HOUR_MS) this.turn(nowMs);
    const hash = this.hashOf(context);
    if (hash < this.limit && !this.current.has(hash)) this.keep(hash, context);
  }

  /** Those of the last hour or two. */
  contexts(): readonly Context[] {
    if (this.now() - this.began >= 2 * HOUR_MS) return [];
    const all = new Map([...this.previous, ...this.current]);
    const hashes = [...all.keys()].sort((a, b) => a - b).slice(0, this.size);
    return hashes.flatMap((hash) => all.get(hash) ?? []);
  }

  private turn(nowMs: number): void {
    this.previous = nowMs - this.began >= 2 * HOUR_MS ? new Map() : this.current;
    this.current = new Map();
    this.limit = Infinity;
    this.began = nowMs;
  }

  private keep(hash: number, context: Context): void {
    const copy = copied(context);
    if (copy === undefined) return;
    this.current.set(hash, copy);
    if (this.current.size > this.size) this.current.delete(greatest(this.current.keys()));
    if (this.current.size === this.size) this.limit = greatest(this.current.keys());
  }

  /** Whatever the order of the features. */
  private hashOf(context: Context): number {
    let sum = this.seed;
    for (const [feature, value] of context) sum = (sum + mixed(Math.imul(textHash(feature), 31) ^ textHash(value))) | 0;
    return mixed(sum);
  }
}

function greatest(hashes: Iterable<number>): number {
  let most = -1;
  for (const hash of hashes) if (hash > most) most = hash;
  return most;
}

/** The last step of MurmurHash3: texts that are alike get hashes that are not. */
function mixed(hash: number): number {
  let mix = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mix = Math.imul(mix ^ (mix >>> 13), 0xc2b2ae35);
  return (mix ^ (mix >>> 16)) >>> 0;
}

/** With texts of its own, which do not keep the body that they are parts of; undefined: too long. */
function copied(context: Context): Context | undefined {
  const text = JSON.stringify([...context]);
  return text.length > MOST_TEXT ? undefined : new Map(JSON.parse(text) as readonly (readonly [string, string])[]);
}
