import {
  type Context,
  type EvaluableRule,
  type EvaluableSetting,
  filterOf,
  forEachInSteps,
  type InSteps,
  jsonText,
} from '@heksher/core';
import { type LoadedRollout } from './loaded-rollout.js';
import { ruleFilter } from './rule-filter.js';
import { ruleAt, type StoredRule } from './rule-table.js';
import { type Ruleset, type Setting } from './ruleset.js';

export type LoadedSetting = Omit<EvaluableSetting, 'rollouts'> & Readonly<{ rollouts: readonly LoadedRollout[] }>;

/** Everything that decides the value of a setting; optionally also the shadowed rules, which never do. */
export function* evaluable(
  { features }: Ruleset,
  { defaultValue, rules, shadowed, rollouts }: Setting,
  which: 'deciding' | 'with shadowed' = 'deciding',
): InSteps<LoadedSetting> {
  const deciding: EvaluableRule[] = [];
  yield* forEachInSteps(rules.ids.keys(), (row) => void deciding.push(toEvaluable(ruleAt(rules, row))));
  const all = which === 'deciding' ? deciding : deciding.concat(shadowed.map(toEvaluable));
  return { features: [...features], defaultValue, rules: all, rollouts };
}

/** What can decide the value of a setting in one context: of its rules those only whose conditions that context meets. */
export function evaluableIn(context: Context, ruleset: Ruleset, setting: Setting): LoadedSetting {
  const { defaultValue, rules, rollouts } = setting;
  const matching = rowsMetBy(context, ruleset, setting).map((row) => toEvaluable(ruleAt(rules, row)));
  return { features: [...ruleset.features], defaultValue, rules: matching, rollouts };
}

/** The rows of the rules whose conditions a context meets, ascending. */
export function rowsMetBy(context: Context, { vocabulary }: Ruleset, { rules }: Setting): readonly number[] {
  const rows = ruleFilter(filterOf(context), vocabulary)(rules);
  return rows === 'all' ? [...rules.ids.keys()] : rows;
}

export function toEvaluable({ id, conditions, value }: StoredRule): EvaluableRule {
  return { id, conditions, value: jsonText(value) };
}
