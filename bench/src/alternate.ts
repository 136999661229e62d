import { type Bench } from './bench.js';
import { type Comparison } from './statistics.js';

/** One run of a side: its figure. `round` is the same for both sides of a pair; 0 warms up. */
export type Run = (durationMs: number, round: number) => Promise<number>;

/**
 * Ours, theirs, theirs, ours, ours …, after both warmed up: what changes on the machine meanwhile strikes both, and neither is always the one
 * that comes after the other.
 */
export async function alternate({ effort }: Pick<Bench, 'effort'>, ours: Run, theirs: Run): Promise<Comparison> {
  await ours(effort.warmUpMs, 0);
  await theirs(effort.warmUpMs, 0);
  const comparison = { ours: [] as number[], theirs: [] as number[] };
  const sides = [
    { run: ours, figures: comparison.ours },
    { run: theirs, figures: comparison.theirs },
  ];
  for (let round = 1; round <= effort.pairs; round += 1) {
    const inTurn = round % 2 === 1 ? sides : sides.toReversed();
    for (const { run, figures } of inTurn) figures.push(await run(effort.runMs, round));
  }
  return comparison;
}
