/** What two sides did in pairs of runs, the first of ours, the second of the yardstick. */
export type Comparison = Readonly<{
  ours: readonly number[];
  theirs: readonly number[];
}>;

/** Ours by theirs, of each pair by itself: what slows the machine for a while strikes both runs of a pair. */
export type Ratio = Readonly<{ median: number; least: number; most: number }>;

/** NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? NaN;
  return (lower + upper) / 2;
}

/** The least value that so large a part of them does not exceed; NaN of nothing. */
export function quantile(values: readonly number[], part: number): number {
  return values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(values.length * part) - 1)] ?? NaN;
}

export function ratioOf({ ours, theirs }: Comparison): Ratio {
  const ratios = ours.map((value, pair) => value / (theirs[pair] ?? NaN));
  return { median: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios) };
}
