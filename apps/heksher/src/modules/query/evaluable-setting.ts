import { type EvaluableSetting, jsonText } from '@heksher/core';
import { ruleAt } from './rule-table.js';
import { type Ruleset, type Setting } from './ruleset.js';

/** All that decides the value of a setting. Only while it is used are the conditions and values of rules there twice. */
export function evaluableSetting({ features }: Ruleset, { defaultValue, rollouts, rules }: Setting): EvaluableSetting {
  const evaluable = Array.from(rules.ids, (_, row) => {
    const { id, conditions, value } = ruleAt(rules, row);
    return { id, conditions, value: jsonText(value) };
  });
  return { features: [...features], defaultValue, rules: evaluable, rollouts };
}

/** How many rules a setting has. */
export function ruleCount({ rules }: Setting): number {
  return rules.ids.length;
}
