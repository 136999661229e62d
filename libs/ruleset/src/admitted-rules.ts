import { type ContextFilter, type InSteps } from '@heksher/core';
import { startOf } from './rule-numbers.js';
import { type AdmittedRows, ruleFilter } from './rule-filter.js';
import { NO_METADATA, type RuleTable, textOf } from './rule-table.js';
import { type Ruleset, type Setting } from './ruleset.js';

/** The rules of a setting that a filter admits, as JSON with commas between them. */
export type AdmittedRules = Readonly<{ table: RuleTable; rows: AdmittedRows }>;

/** Prepares a filter for any settings of a ruleset: gives of each the rules whose every condition is admitted. */
export function admittedRules({ vocabulary }: Ruleset, filter: ContextFilter): (setting: Setting) => AdmittedRules {
  const rowsOf = ruleFilter(filter, vocabulary);
  return ({ rules }) => ({ table: rules, rows: rowsOf(rules) });
}

/** An estimate of the work of writing them: about the number of texts to join. */
export function sizeOf({ table, rows }: AdmittedRules): number {
  return rows === 'all' ? 1 + (table.text.length >>> 10) : rows.length;
}

/** Appends their text. Adjacent rows of the table are one slice of its text, commas included. */
export function addText(parts: string[], { table: { text, numbers }, rows }: AdmittedRules): void {
  if (rows === 'all') {
    parts.push(text);
    return;
  }
  const { length } = rows;
  let index = 0;
  while (index < length) {
    const first = rows[index] ?? 0;
    let end = first + 1;
    for (index += 1; index < length && rows[index] === end; index += 1) end += 1;
    parts.push(text.slice(startOf(numbers, first), startOf(numbers, end) - (index < length ? 0 : 1)));
  }
}

const ROWS_PER_STEP = 1_024;

/** The same with the metadata of each rule. */
export function* addTextWithMetadata(parts: string[], { table, rows }: AdmittedRules): InSteps<void> {
  let written = 0;
  for (const row of rows === 'all' ? table.ids.keys() : rows) {
    const metadata = table.metadata.get(table.ids[row] ?? 0) ?? NO_METADATA;
    parts.push(written === 0 ? '' : ',', textOf(table, row).slice(0, -1), ',"metadata":', metadata, '}');
    if ((written += 1) % ROWS_PER_STEP === 0) yield;
  }
}
