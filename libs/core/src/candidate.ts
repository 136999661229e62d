import { invalid, quoted } from './errors.js';
import { type JsonText } from './json.js';
import { type Condition } from './precedence.js';
import { type Rollout } from './rollout.js';

export type EvaluableRule = Readonly<{ id: number; conditions: readonly Condition[]; value: JsonText }>;

/**
 * All that decides the value of one setting. `features` are in order, the most specific last, and include all that rules
 * and rollouts name.
 */
export type EvaluableSetting = Readonly<{
  features: readonly string[];
  defaultValue: JsonText;
  rules: readonly EvaluableRule[];
  rollouts: readonly Rollout[];
}>;

export type Candidate = EvaluableRule | Rollout;

export function isRollout(candidate: Candidate): candidate is Rollout {
  return 'share' in candidate;
}

/** `rule 7` or `rollout 3`. */
export function nameOf(candidate: Candidate): string {
  return `${isRollout(candidate) ? 'rollout' : 'rule'} ${candidate.id}`;
}

/** Throws 'invalid' where a rule or rollout names a feature that is not listed: it would have no place in the order. */
export function requireFeatures({ features, rules, rollouts }: EvaluableSetting): void {
  const listed = new Set(features);
  for (const candidate of [...rules, ...rollouts]) {
    const named = candidate.conditions.map(([feature]) => feature);
    if (isRollout(candidate)) named.push(candidate.feature);
    const missing = named.find((feature) => !listed.has(feature));
    if (missing === undefined) continue;
    const have = features.join(', ');
    throw invalid(`${nameOf(candidate)} names ${quoted(missing)}, which is none of the features (have: ${have})`);
  }
}
