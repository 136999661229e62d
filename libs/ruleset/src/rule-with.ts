import { type Condition, featureOf, valueOf } from '@heksher/core';
import { groupsOf } from './rule-numbers.js';
import { type Ruleset, type Setting } from './ruleset.js';

/** The id of the rule in the table with exactly these conditions, in any order. */
export function ruleWith(
  { features, vocabulary }: Ruleset,
  { rules }: Setting,
  conditions: readonly Condition[],
): number | undefined {
  const values = new Map(conditions.map((condition) => [featureOf(condition), valueOf(condition)]));
  if (values.size < conditions.length) return undefined;
  const ordered = conditions.length < 2 ? [...values.keys()] : [...features].filter((feature) => values.has(feature));
  if (ordered.length < conditions.length) return undefined;
  const list = vocabulary.listNumberOf(ordered);
  if (list === undefined) return undefined;
  const wanted: number[] = [];
  for (const feature of ordered) {
    const number = vocabulary.numberOf(values.get(feature) ?? '');
    if (number === undefined) return undefined;
    wanted.push(number);
  }
  for (const group of groupsOf(rules.numbers, vocabulary)) {
    if (group.list !== list) continue;
    const place = placeWith(group.columns, wanted, group.rows.length);
    return place === undefined ? undefined : rules.ids[group.rows[place] ?? 0];
  }
  return undefined;
}

/** The first place of a group with these values. */
export function placeWith(
  columns: readonly Int32Array[],
  wanted: readonly number[],
  count: number,
): number | undefined {
  const [first] = columns;
  for (let place = 0; place < count; place += 1) {
    if (first !== undefined && first[place] !== wanted[0]) continue;
    if (columns.every((column, index) => column[place] === wanted[index])) return place;
  }
  return undefined;
}
