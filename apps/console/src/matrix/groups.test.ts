import { type Json } from '@heksher/core';
import { type Line } from '../api/queries.js';
import { groupedRows } from './groups.js';
import { lineKey, type MatrixRow } from './lines.js';

const value = { kind: 'null', text: 'null', value: null } as unknown as Json;
const COLUMNS = ['account', 'user', 'theme'];

function rule(id: number, features: readonly string[]): MatrixRow {
  const feature_values = features.map((feature) => [feature, `v${id}`]);
  const line = {
    kind: 'rule',
    rule_id: id,
    position: id,
    setting: 'a',
    value,
    feature_values,
    metadata: value,
  } as Line;
  return { kind: 'line', key: lineKey(line), line, position: id };
}

const rules = (count: number, from: number, ...features: string[]): readonly MatrixRow[] =>
  Array.from({ length: count }, (_, index) => rule(from + index, features));

const NONE: ReadonlySet<string> = new Set();
const heads = (rows: ReturnType<typeof groupedRows>) =>
  rows.flatMap((row) => (row.kind === 'group' ? [[row.label, row.lines, row.isOpen]] : []));

it('few lines have no headings, nor have those of one shape below a thousand', () => {
  const few = [...rules(50, 1, 'theme'), ...rules(49, 51, 'user')];
  expect(groupedRows(few, COLUMNS, NONE, NONE)).toBe(few);
  const alike = rules(999, 1, 'theme');
  expect(groupedRows(alike, COLUMNS, NONE, NONE)).toBe(alike);
});

it('many lines are below a heading for each shape, open; one closes by itself', () => {
  const many = [...rules(60, 1, 'user', 'theme'), ...rules(60, 61, 'user')];
  const rows = groupedRows(many, COLUMNS, NONE, NONE);
  expect(heads(rows)).toEqual([
    ['user + theme', 60, true],
    ['user', 60, true],
  ]);
  expect(rows.length).toBe(122);
  const [first] = rows;
  expect(groupedRows(many, COLUMNS, new Set([first?.key ?? '']), NONE).length).toBe(62);
});

it('from a thousand on they are closed, but for those that have a line that is to be seen', () => {
  const many = [...rules(1_000, 1, 'user', 'theme'), ...rules(500, 1_001, 'account'), ...rules(1, 1_501)];
  expect(heads(groupedRows(many, COLUMNS, NONE, NONE))).toEqual([
    ['user + theme', 1_000, false],
    ['account', 500, false],
    ['everyone else', 1, false],
  ]);
  const shown = groupedRows(many, COLUMNS, NONE, new Set(['rule-1234']));
  expect(heads(shown).map(([, , isOpen]) => isOpen)).toEqual([false, true, false]);
  expect(shown.length).toBe(503);
});
