import { type Condition, type JsonText, jsonText } from '@heksher/core';
import { type RuleNumbers, startOf } from './rule-numbers.js';

/** A rule as it is stored, its conditions in feature order. */
export type StoredRule = Readonly<{ id: number; value: string; conditions: readonly Condition[]; metadata: JsonText }>;

/**
 * Rules by ascending id, side by side in few large objects: a million of them are little to the garbage collector, and
 * those of a setting are near one another when an answer is written. No two have the same conditions.
 */
export type RuleTable = Readonly<{
  ids: Int32Array;
  /** The rules as JSON without metadata, with a comma after each but the last. Values are as they are stored. */
  text: string;
  numbers: RuleNumbers;
  /** Where in the text the value of each ends. */
  valueEnds: Int32Array;
  /** By rule id; rules without metadata are not in it. */
  metadata: ReadonlyMap<number, JsonText>;
}>;

export const NO_METADATA = jsonText('{}');

const BEFORE_VALUE = '{"value":';
const BEFORE_CONDITIONS = ',"context_features":';
const BEFORE_ID = ',"rule_id":';

/** The text of a rule in a table, and how long it is up to the end of its value. */
export function writeRule({ id, value, conditions }: StoredRule): Readonly<{ text: string; valueEnd: number }> {
  const parts = [BEFORE_VALUE, value, BEFORE_CONDITIONS, JSON.stringify(conditions), BEFORE_ID, String(id), '}'];
  return { text: parts.join(''), valueEnd: BEFORE_VALUE.length + value.length };
}

/** The text of the rules from one row up to another, commas between them. */
export function textOf({ text, numbers }: RuleTable, row: number, end = row + 1): string {
  return text.slice(startOf(numbers, row), startOf(numbers, end) - 1);
}

/** The rule of a row as it is stored. */
export function ruleAt(table: RuleTable, row: number): StoredRule {
  const { ids, text, numbers, valueEnds, metadata } = table;
  const id = ids[row] ?? 0;
  const valueEnd = valueEnds[row] ?? 0;
  const conditionsEnd = startOf(numbers, row + 1) - 1 - `${BEFORE_ID}${id}}`.length;
  return {
    id,
    value: valueAt(table, row),
    conditions: JSON.parse(text.slice(valueEnd + BEFORE_CONDITIONS.length, conditionsEnd)) as readonly Condition[],
    metadata: metadata.get(id) ?? NO_METADATA,
  };
}

/** The value of a row, as it is stored. */
export function valueAt({ text, numbers, valueEnds }: RuleTable, row: number): string {
  return text.slice(startOf(numbers, row) + BEFORE_VALUE.length, valueEnds[row] ?? 0);
}

/** The row of a rule; undefined where it is not in the table. */
export function ruleRow({ ids }: RuleTable, id: number): number | undefined {
  const row = placeOf(ids, id);
  return ids[row] === id ? row : undefined;
}

/** Where a number is among ascending ones, or would be. */
export function placeOf(ids: Int32Array, id: number): number {
  let from = 0;
  let to = ids.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((ids[middle] ?? 0) < id) from = middle + 1;
    else to = middle;
  }
  return from;
}
