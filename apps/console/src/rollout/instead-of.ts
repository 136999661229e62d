import { makeEvaluator } from '@heksher/core';
import { type SettingView } from '../api/queries.js';
import { evaluableOf } from '../matrix/evaluable.js';

/** What those get without the rollout for whom it would decide, and where no more is known of them. */
export function insteadOf(setting: SettingView, id: number): Readonly<{ value: string; by: string }> | undefined {
  const all = evaluableOf(setting, undefined);
  const rollout = all.rollouts.find((one) => one.id === id);
  if (rollout === undefined) return undefined;
  const without = makeEvaluator({ ...all, rollouts: all.rollouts.filter((one) => one.id !== id) });
  const decision = without.evaluate(new Map(rollout.conditions), Date.now());
  const value = decision.value.length > 60 ? `${decision.value.slice(0, 60)}…` : decision.value;
  switch (decision.reason) {
    case 'RULE':
      return { value, by: `rule ${decision.ruleId}` };
    case 'ROLLOUT':
      return { value, by: `rollout ${decision.rolloutId}` };
    case 'DEFAULT':
      return { value, by: 'the default' };
  }
}
