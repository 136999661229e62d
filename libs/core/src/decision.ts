import { type EvaluableRule } from './candidate.js';
import { type JsonText } from './json.js';
import { type AdmittedBy } from './matcher.js';

/** The value of a setting in a context, and why. */
export type Decision<Value = JsonText> =
  | Readonly<{ value: Value; reason: 'RULE'; ruleId: number }>
  | Readonly<{ value: Value; reason: 'ROLLOUT'; rolloutId: number; variant?: string; by: AdmittedBy }>
  | Readonly<{ value: Value; reason: 'DEFAULT' }>;

export function decisionOfRule<Value>({ value, id }: EvaluableRule<Value>): Decision<Value> {
  return { value, reason: 'RULE', ruleId: id };
}

/** @param given the rollout's one value, or the variant drawn for the unit */
export function decisionOfRollout<Value>(
  rolloutId: number,
  { value, name }: Readonly<{ value: Value; name?: string }>,
  by: AdmittedBy,
): Decision<Value> {
  return { value, reason: 'ROLLOUT', rolloutId, ...(name !== undefined && { variant: name }), by };
}
