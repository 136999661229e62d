import { type ContextFilter } from './context-filter.js';
import { featureValueOf } from './context-value.js';
import { invalid, quoted } from './errors.js';
import { type Json } from './json.js';

/*
 * The one file that looks inside a condition. Another kind, such as a range, is a member of `Test` and a case in the
 * functions below; indexes by value (decision trees, packed rules, SQL columns) go by `valueOf`, whose type then says so.
 */

/** What the value of a feature must be: equal to this text. */
type Test = string;

/** A rule's test of one context feature, `["user", "guest"]` in JSON. An absent condition is a wildcard. */
export type Condition = readonly [feature: string, test: Test];

/** The value of each context feature that is known where a setting is read. */
export type Context = ReadonlyMap<string, string>;

export function featureOf(condition: Condition): string {
  return condition[0];
}

/** The one value for which it holds. */
export function valueOf(condition: Condition): string {
  return condition[1];
}

/** The condition on a feature; undefined: any value will do. */
export function conditionOn(conditions: readonly Condition[], feature: string): Condition | undefined {
  for (const condition of conditions) if (condition[0] === feature) return condition;
  return undefined;
}

/** No condition holds for a feature that the context does not know. */
export function holds(condition: Condition, context: Context): boolean {
  return context.get(condition[0]) === condition[1];
}

/** The first condition that does not hold; undefined where all do. */
export function firstFailing(conditions: readonly Condition[], context: Context): Condition | undefined {
  for (const condition of conditions) if (!holds(condition, context)) return condition;
  return undefined;
}

/** The context that knows least among those in which all conditions hold. */
export function leastContext(conditions: readonly Condition[]): Map<string, string> {
  return new Map(conditions.map((condition) => [condition[0], condition[1]]));
}

/** The filter that admits just the conditions that hold in a context. */
export function filterOf(context: Context): ContextFilter {
  return {
    kind: 'by-feature',
    features: new Map(Array.from(context, ([feature, value]) => [feature, new Set([value])])),
  };
}

/** Whether a filter asks for a rule with these conditions: each of them must be admitted. */
export function admits(filter: ContextFilter, conditions: readonly Condition[]): boolean {
  if (filter.kind === 'everything') return true;
  return conditions.every(([feature, value]) => {
    const admitted = filter.features.get(feature);
    return admitted === '*' || admitted?.has(value) === true;
  });
}

/** Equal for equal sets of conditions, and for no others. */
export function keyOf(conditions: readonly Condition[]): string {
  return JSON.stringify(conditions.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/** `user is "guest" and theme is "dark"`. */
export function describeConditions(conditions: readonly Condition[]): string {
  return conditions.map(([feature, value]) => `${feature} is ${quoted(value)}`).join(' and ');
}

/** Why a condition does not hold. */
export function describeFailure([feature, value]: Condition, context: Context): string {
  const given = context.get(feature);
  if (given === undefined) return `${feature} is unknown, but must be ${quoted(value)}`;
  return `${feature} is ${quoted(given)}, not ${quoted(value)}`;
}

/** `user:guest,theme:dark`, as parseFeatureValues reads it. */
export function formatConditions(conditions: readonly Condition[]): string {
  return conditions.map(([feature, value]) => `${feature}:${value}`).join(',');
}

/** The condition that a member of a body asks for, `"user": "guest"`; undefined where that is no value of a feature. */
export function parseCondition(feature: string, json: Json): Condition | undefined {
  const value = featureValueOf(json);
  return value === undefined ? undefined : [feature, value];
}

/** Reads conditions as answers have them, `[["user", "guest"]]`, from JavaScript's JSON. Throws 'invalid'. */
export function readConditions(given: unknown): readonly Condition[] {
  if (!Array.isArray(given)) throw invalid('conditions must be a list');
  return given.map((item: unknown): Condition => {
    const [feature, value] = Array.isArray(item) ? (item as readonly unknown[]) : [];
    if (typeof feature === 'string' && typeof value === 'string') return [feature, value];
    throw invalid('a condition must be a feature and its value');
  });
}
