import { type BucketHash, BUCKETS, drawnVariant, formatPercentage, variantModulus } from '@heksher/core';
import { type RolloutForm } from './rollout-form.js';
import { percentageOf, type ShareForm, stepsOf } from './share-form.js';

type Weighted = Readonly<{ name: string; weight: number }>;

/** Most remainders that are counted one by one, with crc32. */
const MOST_COUNTED = 1_000_000;

/**
 * The share of units (%) whose variant is another with other variants, exactly: every bucket is asked before and after. Undefined where
 * that would take too long.
 */
export function shareThatChangesVariant(
  hash: BucketHash,
  before: readonly Weighted[],
  after: readonly Weighted[],
): number | undefined {
  if (before.length === 0 || after.length === 0) return undefined;
  const count = hash === 'murmur3' ? BUCKETS : leastCommonMultiple(variantModulus(before), variantModulus(after));
  if (count > MOST_COUNTED) return undefined;
  let changed = 0;
  for (let drawn = 0; drawn < count; drawn += 1)
    if (before[drawnVariant(hash, drawn, before)]?.name !== after[drawnVariant(hash, drawn, after)]?.name) changed += 1;
  return Math.round((changed * BUCKETS) / count) / 1_000;
}

function leastCommonMultiple(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y !== 0) [x, y] = [y, x % y];
  return (a / x) * b;
}

export function weightedOf(form: RolloutForm): readonly Weighted[] {
  if (form.outcome.kind === 'value') return [];
  return form.outcome.variants.map(({ name, weight }) => ({ name, weight: Number(weight) }));
}

/** The share now (%), of a form. */
export function shareNow(share: ShareForm, nowMs: number): number | undefined {
  if (share.kind === 'fixed') return percentageOf(share.percentage);
  if (share.kind === 'steps') {
    const steps = stepsOf(share, nowMs);
    return typeof steps === 'string' ? undefined : steps[0]?.percentage;
  }
  const [from, to] = [percentageOf(share.from), percentageOf(share.to)];
  const [start, end] = [Date.parse(share.start), Date.parse(share.end)];
  if (from === undefined || to === undefined || !(start <= end)) return undefined;
  if (nowMs <= start) return from;
  if (nowMs >= end) return to;
  return Math.floor((from + ((to - from) * (nowMs - start)) / (end - start)) * 1_000) / 1_000;
}

/** What a change of the share does to whom, in a sentence. */
export function shareSentence(feature: string, before: number | undefined, after: number): string {
  const about = proportion(after, feature);
  if (before === undefined || before === after) return about;
  const by = formatPercentage(Math.round(Math.abs(after - before) * 1_000));
  const moved =
    after > before
      ? `${by} % of ${feature}s get it, nobody loses it.`
      : `${by} % of ${feature}s, who have it, lose it.`;
  return `${about} ${before} → ${after} %: ${moved}`;
}

function proportion(percentage: number, feature: string): string {
  if (percentage === 0) return `Nobody by share.`;
  if (percentage === 100) return `Every ${feature}.`;
  const oneIn = Math.round(100 / percentage);
  return percentage <= 50 ? `About 1 in ${oneIn.toLocaleString('en')} ${feature}s.` : `${percentage} % of ${feature}s.`;
}

/** What must be acknowledged: who is taken out, or is dealt anew. Undefined: only more get it. */
export function takesAway(before: RolloutForm, after: RolloutForm, nowMs: number): string | undefined {
  if (before.salt !== after.salt || before.hash !== after.hash) return `Every ${after.feature} is dealt anew`;
  if (before.pattern !== after.pattern && before.pattern !== '') return 'Those with the old pattern may lose it';
  const [was, willBe] = [shareNow(before.share, nowMs), shareNow(after.share, nowMs)];
  if (was !== undefined && willBe !== undefined && willBe < was)
    return `${formatPercentage(Math.round((was - willBe) * 1_000))} % of ${after.feature}s, who have it, lose it`;
  const changed = shareThatChangesVariant(after.hash, weightedOf(before), weightedOf(after));
  return changed === undefined || changed === 0
    ? undefined
    : `${changed} % of units change variant: an experiment that is running is spoilt`;
}
