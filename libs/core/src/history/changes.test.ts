import fc from 'fast-check';
import { atOnce } from '../in-steps.js';
import { type Json } from '../json.js';
import { parseStoredJson } from '../json-parser.js';
import { countMembers, transactionChanges } from './changes.js';
import { type Row, type RowEntry, type Rows, rowsOf, undone } from './rows.js';

function row(columns: Readonly<Record<string, unknown>>): Row {
  const json = parseStoredJson(JSON.stringify(columns));
  return json?.kind === 'object' ? json.members : new Map<string, Json>();
}

const FEATURES = ['account', 'user'].map((name, index) => ['context_features', row({ name, index })] as const);
const setting = (name: string, value = '1'): Row => row({ name, type: 'int', default_value: value, version: '1.0' });
const rule = (id: number, name: string, value = '1'): Row => row({ id, setting: name, value });
const condition = (id: number, feature: string, value: string): Row =>
  row({ rule: id, context_feature: feature, feature_value: value });

const inserted = (table: string, one: Row): RowEntry => ({ table, old: null, new: one });
const deleted = (table: string, one: Row): RowEntry => ({ table, old: one, new: null });
const updated = (table: string, old: Row, one: Row): RowEntry => ({ table, old, new: one });

/** What the entries come to, by the rows before them. */
function changesOf(before: Iterable<readonly [string, Row]>, entries: readonly RowEntry[]) {
  const backwards = entries.map(({ table, old, new: now }) => ({ table, old: now, new: old })).reverse();
  return atOnce(transactionChanges(entries, atOnce(undone(atOnce(rowsOf(before)), backwards)))).changes;
}

const BEFORE = [...FEATURES, ['settings', setting('a')], ['rules', rule(1, 'a')]] as const;

it('a rule comes with its conditions in the order of the features, and its value as it was written', () => {
  const entries = [
    inserted('rules', rule(2, 'a', '1.0e0')),
    inserted('conditions', condition(2, 'user', 'x')),
    inserted('conditions', condition(2, 'account', 'y')),
    inserted('rule_metadata', row({ rule: 2, key: 'k', value: { b: 1, a: [null] } })),
  ];
  const conditions = [
    ['account', 'y'],
    ['user', 'x'],
  ];
  expect(changesOf(BEFORE, entries)).toEqual([
    {
      ...{ kind: 'rule', op: 'created', setting: 'a', rule_id: 2, conditions, old: null },
      new: '{"setting":"a","value":1.0e0,"feature_values":[["account","y"],["user","x"]],"metadata":{"k":{"b":1,"a":[null]}}}',
    },
  ]);
});

it('what only follows its setting to another name is no change', () => {
  const entries = [
    updated('settings', setting('a'), setting('b')),
    updated('rules', rule(1, 'a'), rule(1, 'b')),
    inserted('setting_aliases', row({ setting: 'b', alias: 'a' })),
  ];
  expect(changesOf(BEFORE, entries)).toMatchObject([{ kind: 'setting', op: 'changed', setting: 'b' }]);
});

it('a rule that goes to another setting by itself is changed', () => {
  const entries = [updated('rules', rule(1, 'a'), rule(1, 'b'))];
  expect(changesOf([...BEFORE, ['settings', setting('b')]], entries)).toMatchObject([
    { kind: 'rule', op: 'changed', setting: 'b', rule_id: 1 },
  ]);
});

it('a setting that takes the name of one that was renamed is new', () => {
  const entries = [updated('settings', setting('a'), setting('b')), inserted('settings', setting('a', '2'))];
  expect(changesOf([['settings', setting('a')]], entries)).toMatchObject([
    { op: 'changed', setting: 'b' },
    { op: 'created', setting: 'a', old: null },
  ]);
});

it('moved features are one change, and none of what has conditions on them', () => {
  const [account, user] = FEATURES.map(([, one]) => one);
  const entries = [
    updated('context_features', account ?? row({}), row({ name: 'account', index: 1 })),
    updated('context_features', user ?? row({}), row({ name: 'user', index: 0 })),
    updated('rules', rule(1, 'a'), rule(1, 'a')),
  ];
  const conditions = [condition(1, 'account', 'x'), condition(1, 'user', 'y')];
  const before = [...BEFORE, ...conditions.map((one) => ['conditions', one] as const)];
  expect(changesOf(before, entries)).toEqual([
    { kind: 'context_features', op: 'changed', old: '["account","user"]', new: '["user","account"]' },
  ]);
});

it('units that come and go again are not counted', () => {
  const member = (unit: string): Row => row({ rollout: 3, unit });
  const entries = [
    deleted('rollout_members', member('ann')),
    inserted('rollout_members', member('ann')),
    inserted('rollout_members', member('bob')),
    deleted('rollout_members', member('cid')),
  ];
  expect([...countMembers(entries)]).toEqual([[3, { added: 1, removed: 1 }]]);
});

/** Steps that can be taken from any state: each makes, changes or deletes a rule, a condition or a setting. */
const steps = fc.array(
  fc.record({ table: fc.constantFrom('settings', 'rules', 'conditions'), id: fc.nat(3), value: fc.nat(3) }),
  { maxLength: 20 },
);

function entriesFrom(before: Rows, taken: readonly { table: string; id: number; value: number }[]): RowEntry[] {
  const entries: RowEntry[] = [];
  const now = new Map<string, Row>();
  for (const [table, rows] of before) for (const [key, one] of rows) now.set(`${table} ${key}`, one);
  for (const { table, id, value } of taken) {
    const made = {
      settings: setting(`s${id}`, String(value)),
      rules: rule(id, 'a', String(value)),
      conditions: condition(id, 'user', String(value)),
    }[table];
    if (made === undefined) continue;
    const [key = ''] = [
      ...(atOnce(rowsOf([[table, made]]))
        .get(table)
        ?.keys() ?? []),
    ];
    const old = now.get(`${table} ${key}`) ?? null;
    const isDeleted = value === 0 && old !== null;
    entries.push({ table, old, new: isDeleted ? null : made });
    if (isDeleted) now.delete(`${table} ${key}`);
    else now.set(`${table} ${key}`, made);
  }
  return entries;
}

it('rewinding leads back to the rows before, and what was undone in the end is no change', () => {
  fc.assert(
    fc.property(steps, (taken) => {
      const before = atOnce(rowsOf(BEFORE));
      const entries = entriesFrom(before, taken);
      const reversed = entries.map(({ table, old, new: now }) => ({ table, old: now, new: old })).reverse();
      const after = atOnce(undone(before, reversed));
      const found = atOnce(transactionChanges(entries, after));
      for (const [table, rows] of before) expect(new Map(found.before.get(table))).toEqual(new Map(rows));
      expect(atOnce(transactionChanges([...entries, ...reversed], before)).changes).toEqual([]);
      const back = atOnce(transactionChanges(reversed, before)).changes;
      const images = (old: unknown, now: unknown): string => JSON.stringify([old, now]);
      expect(back.map((change) => images(change.new, change.old)).sort()).toEqual(
        found.changes.map((change) => images(change.old, change.new)).sort(),
      );
    }),
  );
});
