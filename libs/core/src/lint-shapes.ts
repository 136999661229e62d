import { type Candidate, type EvaluableSetting, isRollout } from './candidate.js';
import { type JsonText } from './json.js';
import { jsonKey } from './json-key.js';
import { groupBy, groupByShape } from './ranking.js';

/** A rule or rollout, and the jsonKey of the value that it gives: undefined where it gives several. */
export type Placed = Readonly<{
  candidate: Candidate;
  values: ReadonlyMap<string, string>;
  valueKey: string | undefined;
}>;

/** All of one shape: `features` are those with equality conditions, `soft` the feature of the soft one. */
export type Shape = Readonly<{
  key: string;
  features: ReadonlySet<string>;
  soft: string | undefined;
  members: readonly Placed[];
}>;

/** The shapes of a setting, by precedence, each with its members by age. */
export function shapesOf({ features, rules, rollouts }: EvaluableSetting): readonly Shape[] {
  const keyOf = memoizedKey();
  const groups = groupByShape<Candidate>([...rules, ...rollouts], features);
  return Array.from(groups, ([key, candidates]) => {
    const [sample] = candidates;
    const named = sample?.conditions.map(([feature]) => feature) ?? [];
    const soft = sample !== undefined && isRollout(sample) ? sample.feature : undefined;
    return { key, features: new Set(named), soft, members: candidates.map((candidate) => place(candidate, keyOf)) };
  });
}

function place(candidate: Candidate, keyOf: (text: JsonText) => string): Placed {
  const keys = new Set(valuesOf(candidate).map(keyOf));
  const [valueKey] = keys;
  return { candidate, values: new Map(candidate.conditions), valueKey: keys.size === 1 ? valueKey : undefined };
}

/** Many rules have few values. */
function memoizedKey(): (text: JsonText) => string {
  const known = new Map<JsonText, string>();
  return (text) => {
    const key = known.get(text) ?? jsonKey(text);
    known.set(text, key);
    return key;
  };
}

/** All values that it can give. */
export function valuesOf(candidate: Candidate): readonly JsonText[] {
  if (!isRollout(candidate)) return [candidate.value];
  const { outcome } = candidate;
  return outcome.kind === 'value' ? [outcome.value] : outcome.variants.map(({ value }) => value);
}

/** The features of `a` that are in `b`, in the order of `a`. */
export function sharedFeatures(a: ReadonlySet<string>, b: ReadonlySet<string>): readonly string[] {
  return [...a].filter((feature) => b.has(feature));
}

/** Equal for those that ask the same of `features`, and for no others. */
export function projection({ values }: Placed, features: readonly string[]): string {
  return JSON.stringify(features.map((feature) => values.get(feature) ?? null));
}

/** The members by what they ask of `features`. */
export function projectAll(members: readonly Placed[], features: readonly string[]): ReadonlyMap<string, Placed[]> {
  return groupBy(members, (member) => projection(member, features));
}
