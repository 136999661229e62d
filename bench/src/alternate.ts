import { type Bench } from './bench.js';
import { type Comparison } from './statistics.js';

/** One run of a side: its figure. `round` is the same for both sides of a pair; 0 warms up. */
export type Run = (durationMs: number, round: number) => Promise<number>;

/** Ours, theirs, ours, theirs …, after both warmed up: what changes on the machine meanwhile strikes both. */
export async function alternate({ effort }: Pick<Bench, 'effort'>, ours: Run, theirs: Run): Promise<Comparison> {
  await ours(effort.warmUpMs, 0);
  await theirs(effort.warmUpMs, 0);
  const comparison = { ours: [] as number[], theirs: [] as number[] };
  for (let round = 1; round <= effort.pairs; round += 1) {
    comparison.ours.push(await ours(effort.runMs, round));
    comparison.theirs.push(await theirs(effort.runMs, round));
  }
  return comparison;
}
