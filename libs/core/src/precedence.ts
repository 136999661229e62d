import { type Condition, conditionOn } from './condition.js';
import { groupBySteps, type InSteps } from './in-steps.js';

/** What the one order of rules and rollouts ranks: `feature` is that of a rollout's soft condition. */
export type Ranked = Readonly<{ id: number; conditions: readonly Condition[]; feature?: string }>;

/** 2 where it has a condition on the feature, 1 where it is a rollout by that feature, else 0. */
export function rankOn({ conditions, feature: soft }: Ranked, feature: string): 0 | 1 | 2 {
  if (conditionOn(conditions, feature) !== undefined) return 2;
  return soft === feature ? 1 : 0;
}

/**
 * Orders rules and rollouts by precedence; negative where `a` wins over `b`. From the last feature to the first, at the
 * first one where their ranks differ, the higher rank wins. Two of one shape, of which a context matches only those with
 * equal conditions, are ordered by age (lower id first).
 */
export function compareByPrecedence(a: Ranked, b: Ranked, features: readonly string[]): number {
  const deciding = features.findLast((feature) => rankOn(a, feature) !== rankOn(b, feature));
  return deciding === undefined ? a.id - b.id : rankOn(b, deciding) - rankOn(a, deciding);
}

/** Its ranks from the last feature to the first, such as `021`: of two shapes, the text that sorts higher wins. */
export function shapeOf(ranked: Ranked, features: readonly string[]): string {
  let shape = '';
  for (let at = features.length - 1; at >= 0; at -= 1) shape += rankOn(ranked, features[at] ?? '');
  return shape;
}

/** Of one setting's rules and rollouts, those of each shape, by precedence and then by age. */
export function* groupByShapeSteps<R extends Ranked>(
  ranked: readonly R[],
  features: readonly string[],
): InSteps<ReadonlyMap<string, readonly R[]>> {
  const groups = yield* groupBySteps(ranked, (one) => shapeOf(one, features));
  const sorted = [...groups].sort(([a], [b]) => (a > b ? -1 : 1));
  for (const [, members] of sorted) {
    // Mostly sorted already: rules come by id.
    members.sort((a, b) => a.id - b.id);
    yield;
  }
  return new Map(sorted);
}
