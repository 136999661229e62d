import { type EvaluableRule, type EvaluableSetting, type JsonText, jsonText } from '@heksher/core';
import { type Rule, type Ruleset, type Setting } from './ruleset.js';

/** All that decides the value of a setting, or also the rules that never do since an older one has their conditions. */
export function evaluableSetting(
  { features }: Ruleset,
  { defaultValue, rules, shadowed = [], rollouts }: Setting,
  which: 'what decides' | 'with shadowed rules' = 'what decides',
): EvaluableSetting {
  const all = which === 'what decides' ? rules : [...rules, ...shadowed];
  return { features: [...features], defaultValue, rules: all.map(toEvaluable), rollouts };
}

/** How many rules a setting has. */
export function ruleCount({ rules }: Setting): number {
  return rules.length;
}

function toEvaluable(rule: Rule): EvaluableRule {
  const conditions = rule.features.map((feature, position) => [feature, rule.values[position] ?? ''] as const);
  return { id: rule.id, conditions, value: ruleValue(rule) };
}

/** The value of a rule, out of its text, which begins with it and ends with what is known. */
export function ruleValue({ id, features, values, text }: Rule): JsonText {
  const conditions = features.map((feature, position) => [feature, values[position]]);
  const end = `,"context_features":${JSON.stringify(conditions)},"rule_id":${id}}`;
  return jsonText(text.slice('{"value":'.length, -end.length));
}
