import { type AdmittedBy, type Alternatives } from '@heksher/core';
import { type GivenContext, type MissingFeaturePolicy } from './context.js';

/**
 * A value, and why it is that. `unlessMemberOf` is the id of a rollout that would decide otherwise if the unit were one of
 * its members, who are known to the service only.
 */
export type SettingEvaluation<Value> = Readonly<{
  value: Value;
  reason: 'RULE' | 'ROLLOUT' | 'DEFAULT';
  ruleId?: number;
  rolloutId?: number;
  variant?: string;
  /** What admitted the unit to the rollout. */
  by?: AdmittedBy;
  unlessMemberOf?: number;
}>;

/** Where a setting has its values from. */
export type SettingReader<Value> = Readonly<{
  get(context: GivenContext | undefined): Value;
  evaluate(context: GivenContext | undefined, onMissingFeature?: MissingFeaturePolicy): SettingEvaluation<Value>;
  resolve(
    context: GivenContext | undefined,
    onMissingFeature?: MissingFeaturePolicy,
  ): Promise<SettingEvaluation<Value>>;
  alternatives(): Alternatives;
}>;
