import { forEachInSteps, type InSteps } from '../in-steps.js';
import { type Json } from '../json.js';

/** A row of a table, its columns as JSON: numbers and texts as they were written. */
export type Row = ReadonlyMap<string, Json>;

/** What became of one row: one that came has no `old`, one that went no `new`. */
export type RowEntry = Readonly<{ table: string; old: Row | null; new: Row | null }>;

/** Each table with the columns that name a row of it. */
export const TABLE_KEYS = {
  context_features: ['name'],
  settings: ['name'],
  configurable: ['setting', 'context_feature'],
  setting_aliases: ['alias'],
  setting_metadata: ['setting', 'key'],
  rules: ['id'],
  conditions: ['rule', 'context_feature'],
  rule_metadata: ['rule', 'key'],
  rollouts: ['id'],
  rollout_conditions: ['rollout', 'context_feature'],
  rollout_members: ['rollout', 'unit'],
  rollout_metadata: ['rollout', 'key'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** Rows by table and key: what there is at one time. */
export type Rows = ReadonlyMap<string, ReadonlyMap<string, Row>>;

/** The text of a column; of null, or where there is no such column, undefined. */
export function textIn(row: Row, column: string): string | undefined {
  const json = row.get(column);
  if (json === undefined || json.kind === 'null' || !('value' in json)) return undefined;
  return json.kind === 'string' ? json.value : json.text;
}

export function* rowsOf(given: Iterable<readonly [table: string, row: Row]>): InSteps<Rows> {
  const rows = new Map<string, Map<string, Row>>();
  yield* forEachInSteps(given, ([table, row]) => void tableIn(rows, table).set(keyOf(table, row), row));
  return rows;
}

/** The rows before the entries, given those after them. */
export function* undone(rows: Rows, entries: readonly RowEntry[]): InSteps<Rows> {
  const before = new Map(rows);
  const copied = new Map<string, Map<string, Row>>();
  yield* forEachInSteps(entries.toReversed(), ({ table, old, new: now }) => {
    const copy = copied.get(table) ?? new Map(rows.get(table));
    copied.set(table, copy);
    before.set(table, copy);
    if (now !== null) copy.delete(keyOf(table, now));
    if (old !== null) copy.set(keyOf(table, old), old);
  });
  return before;
}

function keyOf(table: string, row: Row): string {
  const columns: readonly string[] = isTable(table) ? TABLE_KEYS[table] : [];
  return JSON.stringify(columns.map((column) => textIn(row, column) ?? null));
}

function isTable(name: string): name is keyof typeof TABLE_KEYS {
  return name in TABLE_KEYS;
}

function tableIn(rows: Map<string, Map<string, Row>>, table: string): Map<string, Row> {
  const known = rows.get(table);
  if (known !== undefined) return known;
  const begun = new Map<string, Row>();
  rows.set(table, begun);
  return begun;
}
