import { featureOf, valueOf } from '@heksher/core';
import { groupsOf, rowCount } from './rule-numbers.js';
import { placeOf, ruleAt, type StoredRule, valueAt } from './rule-table.js';
import { type Ruleset, type Setting } from './ruleset.js';

/** What rules must have: a condition on the feature, of the value, or both in one; and a value of their own that does. */
export type RuleSearch = Readonly<{
  feature?: string | undefined;
  value?: string | undefined;
  /** Given the JSON text of the value that a rule gives. */
  admitsValue?: ((text: string) => boolean) | undefined;
}>;

const ROWS_PER_STEP = 1_024;

/** So much text of values is looked at in a step. */
const CHARACTERS_PER_STEP = 65_536;

/** Gives the rules of a setting that are searched for, by ascending id, from behind `after`; undefined after each step of work. */
export function* searchRules(
  ruleset: Ruleset,
  setting: Setting,
  search: RuleSearch,
  after: number,
): Generator<StoredRule | undefined> {
  const { rules } = setting;
  const { admitsValue } = search;
  const marks = marksOf(ruleset, setting, search);
  const apart = setting.shadowed.filter((rule) => rule.id > after && isFound(rule, search));
  let next = 0;
  let read = 0;
  for (let row = placeOf(rules.ids, after + 1); row < rules.ids.length; row += 1) {
    if (row % ROWS_PER_STEP === 0) yield undefined;
    if (marks?.[row] === 0) continue;
    if (admitsValue !== undefined) {
      const text = valueAt(rules, row);
      if ((read += text.length) > CHARACTERS_PER_STEP) {
        read = 0;
        yield undefined;
      }
      if (!admitsValue(text)) continue;
    }
    for (let rule = apart[next]; rule !== undefined && rule.id < (rules.ids[row] ?? 0); rule = apart[next]) {
      yield rule;
      next += 1;
    }
    yield ruleAt(rules, row);
  }
  yield* apart.slice(next);
}

/** By row, 1 where a rule has such a condition; undefined: all are searched for. */
function marksOf(
  { vocabulary }: Ruleset,
  { rules: { numbers } }: Setting,
  { feature, value }: RuleSearch,
): Uint8Array | undefined {
  if (feature === undefined && value === undefined) return undefined;
  const marks = new Uint8Array(rowCount(numbers));
  const wanted = value === undefined ? undefined : vocabulary.numberOf(value);
  if (value !== undefined && wanted === undefined) return marks;
  for (const { list, rows, columns } of groupsOf(numbers, vocabulary)) {
    for (const [index, name] of vocabulary.featuresOf(list).entries()) {
      if (feature !== undefined && name !== feature) continue;
      const column = columns[index] ?? [];
      for (let place = 0; place < rows.length; place += 1) {
        if (wanted === undefined || column[place] === wanted) marks[rows[place] ?? 0] = 1;
      }
    }
  }
  return marks;
}

function isFound({ conditions, value: text }: StoredRule, { feature, value, admitsValue }: RuleSearch): boolean {
  if (admitsValue?.(text) === false) return false;
  if (feature === undefined && value === undefined) return true;
  return conditions.some(
    (condition) =>
      (feature === undefined || featureOf(condition) === feature) &&
      (value === undefined || valueOf(condition) === value),
  );
}

/** Whether a rule without conditions stands before the default of a setting. */
export function hasOverride({ vocabulary }: Ruleset, { rules }: Setting): boolean {
  for (const { list } of groupsOf(rules.numbers, vocabulary)) {
    if (vocabulary.featuresOf(list).length === 0) return true;
  }
  return false;
}
