import { crc32 } from './crc32.js';
import { continueMurmur3, finishMurmur3, startMurmur3, type UnfinishedMurmur3 } from './murmur3.js';

/** How units fall into buckets; `crc32` is for cohorts carried over from libraries that use it, and knows no salt. */
export type BucketHash = 'murmur3' | 'crc32';

/** `r` decides on admission and `v` on variants, independently. */
type Purpose = 'r' | 'v';

/** 100 %, in thousandths of a percent; also the number of buckets of murmur3. */
export const BUCKETS = 100_000;

/** The number of buckets of a hash: each is 0.001 % of the units with murmur3, 1 % with crc32. */
export function bucketCount(hash: BucketHash): number {
  return hash === 'murmur3' ? BUCKETS : 100;
}

/** The bucket that decides whether a percentage admits the unit: from 0 to below bucketCount(hash). */
export function admissionBucket(hash: BucketHash, salt: string, unit: string): number {
  return hash === 'murmur3' ? murmurBucket('r', salt, unit) : crc32(unit) % 100;
}

/** Whether a share, in thousandths of a percent, contains the bucket; with crc32, 33.333 % contains the buckets 0 to 33. */
export function isWithinShare(hash: BucketHash, bucket: number, thousandths: number): boolean {
  return bucket * (BUCKETS / bucketCount(hash)) < thousandths;
}

type Weighted = Readonly<{ weight: number }>;

/** The variant of a unit, each as often as its weight says. With murmur3 it says nothing of the unit's admission. */
export function variantOf<V extends Weighted>(hash: BucketHash, salt: string, unit: string, variants: readonly V[]): V {
  const variant = variants[variantIndex(hash, salt, unit, variants)];
  if (variant === undefined) throw new RangeError('there is no variant of positive weight');
  return variant;
}

/** Its place in the list; beyond the end where no variant has a positive weight. */
export function variantIndex(hash: BucketHash, salt: string, unit: string, variants: readonly Weighted[]): number {
  return drawnVariant(hash, hash === 'murmur3' ? murmurBucket('v', salt, unit) : crc32(unit), variants);
}

/** The same of what was drawn for the unit: its bucket with murmur3, else its CRC or the rest of that modulo `variantModulus`. */
export function drawnVariant(hash: BucketHash, drawn: number, variants: readonly Weighted[]): number {
  if (hash === 'murmur3') return indexAt(variants, drawn * sumOf(variants), BUCKETS);
  const rest = drawn % variantModulus(variants);
  return haveEqualWeights(variants) ? rest : indexAt(variants, rest, 1);
}

/** Modulo what the CRC of a unit decides on its variant, with crc32. */
export function variantModulus(variants: readonly Weighted[]): number {
  return haveEqualWeights(variants) ? variants.length : sumOf(variants);
}

function haveEqualWeights(variants: readonly Weighted[]): boolean {
  return variants.every(({ weight }) => weight === variants[0]?.weight);
}

function sumOf(variants: readonly Weighted[]): number {
  let sum = 0;
  for (const { weight } of variants) sum += weight;
  return sum;
}

/** The first variant that, with those before it, weighs more than `point / scale`; in whole numbers, hence exact. */
function indexAt(variants: readonly Weighted[], point: number, scale: number): number {
  let reached = 0;
  for (const [index, { weight }] of variants.entries()) {
    reached += weight * scale;
    if (point < reached) return index;
  }
  return variants.length;
}

/** floor(hash · 100 000 / 2³²); the product stays below 2⁵³. */
function murmurBucket(purpose: Purpose, salt: string, unit: string): number {
  return Math.floor((finishMurmur3(continueMurmur3(beginning(purpose, salt), unit)) * BUCKETS) / 2 ** 32);
}

/** More salts than most programs ever use; beyond that the cache is cleared. */
const MOST_BEGINNINGS = 10_000;

/** Cache: the common prefix of the units of a rollout is hashed once per salt, since it is most of the text. */
const beginnings: Readonly<Record<Purpose, Map<string, UnfinishedMurmur3>>> = { r: new Map(), v: new Map() };

function beginning(purpose: Purpose, salt: string): UnfinishedMurmur3 {
  const known = beginnings[purpose].get(salt);
  if (known !== undefined) return known;
  const begun = startMurmur3(`${purpose}:${salt}:`);
  if (beginnings[purpose].size >= MOST_BEGINNINGS) beginnings[purpose].clear();
  beginnings[purpose].set(salt, begun);
  return begun;
}
