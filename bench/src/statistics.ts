/** What two sides did in pairs of runs, the first of ours, the second of the yardstick. */
export type Comparison = Readonly<{
  ours: readonly number[];
  theirs: readonly number[];
}>;

/** `ofMedians` is ours by theirs; `least` and `most` are those of the single pairs. */
export type Ratio = Readonly<{ ofMedians: number; least: number; most: number }>;

/** NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? NaN;
  return (lower + upper) / 2;
}

export function ratioOf({ ours, theirs }: Comparison): Ratio {
  const single = ours.map((value, pair) => value / (theirs[pair] ?? NaN));
  return { ofMedians: median(ours) / median(theirs), least: Math.min(...single), most: Math.max(...single) };
}
