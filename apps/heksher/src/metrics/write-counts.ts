import { type Labels } from './metrics.js';

/** What a write is of: a resource such as `rules`, and what is done with it, such as `create`. */
export type WriteOperation = Readonly<{ resource: string; op: string }>;

type Outcome = 'done' | 'refused' | 'failed';

/** Of what the service does by itself, such as applying what was scheduled. */
const OWN: WriteOperation = { resource: 'none', op: 'none' };

/** Counts writes: there are as many counts as there are operations. */
export class WriteCounts {
  private readonly counts = new Map<string, Readonly<{ operation: WriteOperation; by: Record<Outcome, number> }>>();

  add(operation: WriteOperation = OWN, outcome: Outcome): void {
    const key = `${operation.resource} ${operation.op}`;
    const known = this.counts.get(key) ?? { operation, by: { done: 0, refused: 0, failed: 0 } };
    known.by[outcome] += 1;
    this.counts.set(key, known);
  }

  all(): readonly (readonly [Labels, number])[] {
    return [...this.counts.values()].flatMap(({ operation, by }) =>
      Object.entries(by).map(([outcome, count]) => [{ ...operation, outcome }, count] as const),
    );
  }
}
