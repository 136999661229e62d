import { type Condition, featureOf } from './condition.js';
import { invalid, listed, quoted } from './errors.js';
import { type JsonText } from './json.js';
import { type Rollout } from './rollout.js';

export type EvaluableRule<Value = JsonText> = Readonly<{ id: number; conditions: readonly Condition[]; value: Value }>;

/**
 * All that decides the value of one setting. `features` are in order, the most specific last, and include all that rules
 * and rollouts name. Values are opaque here.
 */
export type EvaluableSetting<Value = JsonText> = Readonly<{
  features: readonly string[];
  defaultValue: Value;
  rules: readonly EvaluableRule<Value>[];
  rollouts: readonly Rollout<Value>[];
}>;

export type Candidate<Value = JsonText> = EvaluableRule<Value> | Rollout<Value>;

export function isRollout<Value>(candidate: Candidate<Value>): candidate is Rollout<Value> {
  return 'outcome' in candidate;
}

/** `rule 7` or `rollout 3`. */
export function nameOf(candidate: Candidate<unknown>): string {
  return `${isRollout(candidate) ? 'rollout' : 'rule'} ${candidate.id}`;
}

/** Throws 'invalid' where a rule or rollout names a feature that is not listed: it would have no place in the order. */
export function requireFeatures({ features, rules, rollouts }: EvaluableSetting<unknown>): void {
  const known = new Set(features);
  for (const rule of rules) for (const condition of rule.conditions) requireListed(rule, featureOf(condition), known);
  for (const rollout of rollouts) {
    for (const condition of rollout.conditions) requireListed(rollout, featureOf(condition), known);
    requireListed(rollout, rollout.feature, known);
  }
}

function requireListed(candidate: Candidate<unknown>, feature: string, known: ReadonlySet<string>): void {
  if (known.has(feature)) return;
  const have = listed([...known], (name) => name, 20);
  throw invalid(`${nameOf(candidate)} names ${quoted(feature)}, which is not one of the features (have: ${have})`);
}
