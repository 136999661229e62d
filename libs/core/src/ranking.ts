import { type Condition, type Context, type RankedRule } from './precedence.js';

/** What the one order of rules and rollouts ranks: `feature` is that of a rollout's soft condition. */
export type Ranked = RankedRule & Readonly<{ feature?: string }>;

/** 2 where it has an equality condition on the feature, 1 where it is a rollout by that feature, else 0. */
export function rankOn(ranked: Ranked, feature: string): 0 | 1 | 2 {
  for (const condition of ranked.conditions) if (condition[0] === feature) return 2;
  return ranked.feature === feature ? 1 : 0;
}

/**
 * Orders rules and rollouts by precedence; negative where `a` wins over `b`. From the last feature to the first, at the
 * first one where their ranks differ, the higher rank wins. Two of one shape, of which a context matches only those with
 * equal conditions, go by age (lower id).
 */
export function compareByPrecedence(a: Ranked, b: Ranked, features: readonly string[]): number {
  const deciding = features.findLast((feature) => rankOn(a, feature) !== rankOn(b, feature));
  return deciding === undefined ? a.id - b.id : rankOn(b, deciding) - rankOn(a, deciding);
}

/** Its ranks from the last feature to the first, such as `021`: of two shapes, the text that sorts higher wins. */
export function shapeOf(ranked: Ranked, features: readonly string[]): string {
  return features
    .map((feature) => rankOn(ranked, feature))
    .reverse()
    .join('');
}

/** Of one setting's rules and rollouts, those of each shape, by precedence and then by age. */
export function groupByShape<R extends Ranked>(
  ranked: readonly R[],
  features: readonly string[],
): ReadonlyMap<string, readonly R[]> {
  const groups = groupBy(ranked, (one) => shapeOf(one, features));
  const sorted = [...groups].sort(([a], [b]) => (a > b ? -1 : 1));
  return new Map(sorted.map(([shape, members]) => [shape, members.sort((a, b) => a.id - b.id)]));
}

/** Items by key, keys and items in the order they come in. */
export function groupBy<T>(items: Iterable<T>, keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

/** The first condition that the context does not fulfil; undefined where all hold. */
export function firstFailing(conditions: readonly Condition[], context: Context): Condition | undefined {
  for (const condition of conditions) if (context.get(condition[0]) !== condition[1]) return condition;
  return undefined;
}
