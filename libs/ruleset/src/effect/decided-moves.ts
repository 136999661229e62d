import { type AdmittedBy, variantIndex } from '@heksher/core';
import { type LoadedRollout } from '../loaded-rollout.js';
import { type Cube, KNOWN } from './cube.js';
import { type Move, type Slot } from './distribution.js';
import { type Decided, type SoftLine } from './side.js';

/** The unit that a rollout is about in all contexts of a set, if they have one in common. */
export function unitIn(cube: Cube, { rollout: { feature } }: SoftLine): string | undefined {
  const test = cube.get(feature);
  return test === KNOWN ? undefined : test;
}

/** The place of the variant that a unit is given. */
export function outcomeFor({ outcome, hash, salt }: LoadedRollout, unit: string): number {
  return outcome.kind === 'value' ? 0 : variantIndex(hash, salt, unit, outcome.variants);
}

/** @param index of the variant */
export function decidedBy(rollout: LoadedRollout | undefined, index: number, otherwise: Decided): Decided {
  if (rollout === undefined) return otherwise;
  const { id, outcome } = rollout;
  const given = outcome.kind === 'value' ? { value: outcome.value, name: undefined } : outcome.variants[index];
  if (given === undefined) return otherwise;
  return { value: given.value, by: { kind: 'rollout', id, variant: given.name } };
}

type DecidedMove = Readonly<{ from: Decided; to: Decided; by: ReadonlySet<AdmittedBy> }> & { weight: bigint };

/** Moves between the same decisions as one. */
export function joined(
  moves: readonly Move[],
  decidedBefore: (slot: Slot) => Decided,
  decidedAfter: (slot: Slot) => Decided,
): readonly DecidedMove[] {
  const byDecisions = new Map<string, DecidedMove>();
  for (const { from, to, weight, by } of moves) {
    const [old, now] = [decidedBefore(from), decidedAfter(to)];
    const key = JSON.stringify([old, now]);
    const known = byDecisions.get(key);
    byDecisions.set(key, {
      from: old,
      to: now,
      weight: weight + (known?.weight ?? 0n),
      by: new Set([...(known?.by ?? []), ...by]),
    });
  }
  return [...byDecisions.values()];
}
