import { type Context, type EvaluableRule, type EvaluableSetting, filterOf, jsonText } from '@heksher/core';
import { ruleFilter } from './rule-filter.js';
import { ruleAt, type StoredRule } from './rule-table.js';
import { type Ruleset, type Setting } from './ruleset.js';

/** All that decides the value of a setting, or also the rules that never do since an older one has their conditions. */
export function evaluableSetting(
  { features }: Ruleset,
  { defaultValue, rules, shadowed, rollouts }: Setting,
  which: 'what decides' | 'with shadowed rules' = 'what decides',
): EvaluableSetting {
  const deciding = Array.from(rules.ids, (_, row) => toEvaluable(ruleAt(rules, row)));
  const evaluable = which === 'what decides' ? deciding : deciding.concat(shadowed.map(toEvaluable));
  return { features: [...features], defaultValue, rules: evaluable, rollouts };
}

/** What of a setting can decide its value in one context: of its rules those only whose conditions that context meets. */
export function settingFor(
  context: Context,
  { features, vocabulary }: Ruleset,
  { defaultValue, rules, rollouts }: Setting,
): EvaluableSetting {
  const rows = ruleFilter(filterOf(context), vocabulary)(rules);
  const matching = Array.from(rows === 'all' ? rules.ids.keys() : rows, (row) => toEvaluable(ruleAt(rules, row)));
  return { features: [...features], defaultValue, rules: matching, rollouts };
}

/** How many rules a setting has. */
export function ruleCount({ rules }: Setting): number {
  return rules.ids.length;
}

function toEvaluable({ id, conditions, value }: StoredRule): EvaluableRule {
  return { id, conditions, value: jsonText(value) };
}
