import { FEATURE_VALUE_RULE, isFeatureValue } from '@heksher/core';

/** Why a text cannot be the value of a context feature. */
export function conditionProblem(value: string): string | undefined {
  return value === '' || isFeatureValue(value) ? undefined : `must be ${FEATURE_VALUE_RULE}`;
}
