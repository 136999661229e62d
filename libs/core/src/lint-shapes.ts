import { type Candidate, type EvaluableSetting, isRollout } from './candidate.js';
import { featureOf, leastContext } from './condition.js';
import { flatMapSteps, groupBySteps, type InSteps } from './in-steps.js';
import { type JsonText } from './json.js';
import { jsonKey } from './json-key.js';
import { groupByShapeSteps } from './precedence.js';
import { memoized } from './stored-values.js';

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
export function* shapesOf({ features, rules, rollouts }: EvaluableSetting): InSteps<readonly Shape[]> {
  const keyOf = memoized(jsonKey);
  const groups = yield* groupByShapeSteps<Candidate>([...rules, ...rollouts], features);
  const shapes: Shape[] = [];
  for (const [key, candidates] of groups) {
    const [sample] = candidates;
    const soft = sample !== undefined && isRollout(sample) ? sample.feature : undefined;
    const members = yield* flatMapSteps(candidates, (candidate) => [place(candidate, keyOf)]);
    shapes.push({ key, features: new Set(sample?.conditions.map(featureOf)), soft, members });
  }
  return shapes;
}

function place(candidate: Candidate, keyOf: (text: JsonText) => string): Placed {
  const keys = new Set(valuesOf(candidate).map(keyOf));
  const [valueKey] = keys;
  return { candidate, values: leastContext(candidate.conditions), valueKey: keys.size === 1 ? valueKey : undefined };
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

/** Equal for those with the same conditions on `features`, and for no others. */
export function projection({ values }: Placed, features: readonly string[]): string {
  return JSON.stringify(features.map((feature) => values.get(feature) ?? null));
}

/** The members by their conditions on `features`. */
export function projectAll(
  members: readonly Placed[],
  features: readonly string[],
): InSteps<ReadonlyMap<string, Placed[]>> {
  return groupBySteps(members, (member) => projection(member, features));
}
