import { type Condition, type InSteps, isTimed, jsonKey } from '@heksher/core';
import { type LoadedRollout } from '../loaded-rollout.js';
import { distribute, percentOf, type Slot } from './distribution.js';
import { type MembersChange, type RolloutPair, thousandthsAt } from './touched.js';

/** What a pattern may do: those whom it admits cannot be counted. */
export type PatternChange = 'added' | 'removed' | 'changed';

/** How many percent of the units move, members and those with a pattern apart. */
export type MovedShares = Readonly<{
  /** They were not admitted, and are. */
  on: number;
  /** They were admitted, and are no longer. */
  off: number;
  /** They get another value of the rollout. */
  between: number;
}>;

/** What becomes of a rollout by itself, whatever stands above it. */
export type RolloutEffect = Readonly<{
  /** Now or, where it goes, as it was. */
  id: number;
  feature: string;
  conditions: readonly Condition[];
  outcome: 'created' | 'deleted' | 'changed';
  /** Thousandths of a percent at the instant; undefined: it was or is switched off, or not there. */
  fromThousandths: number | undefined;
  toThousandths: number | undefined;
  /** Undefined: too many variants. */
  moved: MovedShares | undefined;
  members: MembersChange;
  pattern: PatternChange | undefined;
  /** Whether the clock alone moves the percentage, before or after. */
  hasRamp: boolean;
}>;

export function* rolloutEffects(pairs: readonly RolloutPair[], atMs: number): InSteps<readonly RolloutEffect[]> {
  const effects: RolloutEffect[] = [];
  for (const pair of pairs) {
    if (!pair.isTouched) continue;
    const effect = yield* effectOfPair(pair, atMs);
    if (effect !== undefined) effects.push(effect);
    yield;
  }
  return effects;
}

function* effectOfPair({ before, after, members }: RolloutPair, atMs: number): InSteps<RolloutEffect | undefined> {
  const one = after ?? before;
  if (one === undefined) return undefined;
  return {
    id: one.id,
    feature: one.feature,
    conditions: one.conditions,
    outcome: before === undefined ? 'created' : after === undefined ? 'deleted' : 'changed',
    fromThousandths: thousandthsAt(before, atMs),
    toThousandths: thousandthsAt(after, atMs),
    moved: yield* sharesOf(before, after, atMs),
    members,
    pattern: patternChange(before?.pattern?.source, after?.pattern?.source),
    hasRamp: [before, after].some((rollout) => rollout !== undefined && isTimed(rollout)),
  };
}

function patternChange(before: string | undefined, after: string | undefined): PatternChange | undefined {
  if (before === after) return undefined;
  if (before === undefined) return 'added';
  return after === undefined ? 'removed' : 'changed';
}

function* sharesOf(
  before: LoadedRollout | undefined,
  after: LoadedRollout | undefined,
  atMs: number,
): InSteps<MovedShares | undefined> {
  const [old, now] = [able(before), able(after)];
  const distribution = yield* distribute(old, now, atMs);
  if (distribution === undefined) return undefined;
  const { moves, whole } = distribution;
  const sums = { on: 0n, off: 0n, between: 0n };
  for (const { from, to, weight } of moves) {
    const [was, is] = [valueKey(old, from), valueKey(now, to)];
    if (was === is) continue;
    sums[was === undefined ? 'on' : is === undefined ? 'off' : 'between'] += weight;
  }
  return {
    on: percentOf(sums.on, whole),
    off: percentOf(sums.off, whole),
    between: percentOf(sums.between, whole),
  };
}

function able(rollout: LoadedRollout | undefined): readonly LoadedRollout[] {
  return rollout?.enabled === true ? [rollout] : [];
}

function valueKey(rollouts: readonly LoadedRollout[], slot: Slot): string | undefined {
  const outcome = slot && rollouts[slot.place]?.outcome;
  if (outcome === undefined) return undefined;
  const value = outcome.kind === 'value' ? outcome.value : outcome.variants[slot?.outcome ?? 0]?.value;
  return value && jsonKey(value);
}
