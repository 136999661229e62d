import { atOnce, jsonText, type ResourceChange } from '@heksher/core';
import { NO_METADATA, type Ruleset, RulesetBuilder } from '@heksher/ruleset';
import { type Grant, permissionsOf } from '../../access/grants.js';
import { type Transaction } from '../history/transaction-log.js';
import { type EventView, viewKey, writeEvent } from './change-event.js';
import { parseSettingFilter } from './setting-filter.js';

/** Settings by name, each with its aliases. */
function rulesetOf(settings: Readonly<Record<string, readonly string[]>>): Ruleset {
  const heads = Object.entries(settings).map(([name, aliases]) => ({
    ...{ name, aliases, type: 'int', version: '1.0', defaultValue: jsonText('1') },
    ...{ configurableFeatures: [], metadata: NO_METADATA, rollouts: [] },
  }));
  return atOnce(new RulesetBuilder().finish({ seq: '9', token: 'x' }, ['user'], heads));
}

const RULESET = rulesetOf({ 'billing.rate': ['old_rate'], 'ui.color': ['billing.color'], plain: [] });

const rule = (setting: string, id: number): ResourceChange => {
  return { kind: 'rule', op: 'created', setting, rule_id: id, conditions: [], old: null, new: jsonText(`{"n":${id}}`) };
};

const renamed = (from: string, setting: string): ResourceChange => {
  return { kind: 'setting', op: 'changed', setting, old: jsonText(`{"name":"${from}"}`), new: jsonText('{}') };
};

function transaction(changes: readonly ResourceChange[], more: Partial<Transaction> = {}): Transaction {
  const names = changes.flatMap((change) => ('setting' in change ? [change.setting] : []));
  return {
    ...{ first: 6, last: 8, token: '9f3a61c2-7d0f-4d0e-9b6e-6a1f4f0f9a11', at: '2026-03-01T09:00:00.000Z' },
    ...{
      actor: 'ana',
      message: null,
      requestId: 'r-1',
      traceparent: null,
      tracestate: null,
      settings: names,
      hasFeatures: false,
      changes,
      omitted: 0,
    },
    ...more,
  };
}

const ALL: EventView = { asked: undefined, granted: undefined };
const asked = (patterns: string): EventView => ({ ...ALL, asked: parseSettingFilter(patterns, 'settings') });
const granted = (...patterns: string[]): EventView => {
  const grants = patterns.map((pattern): Grant => ({ action: 'read', pattern }));
  return { ...ALL, granted: permissionsOf(grants).read };
};

type Shown = Readonly<{ settings: readonly string[]; changes: readonly { rule_id?: number; setting?: string }[] }>;

function shown(one: Transaction, view: EventView): Shown | undefined {
  const text = writeEvent(one, view, RULESET);
  return text === undefined ? undefined : (JSON.parse(text) as Shown);
}

it('an event has its cursor, its revisions, its origin and its changes, on one line', () => {
  const text = writeEvent(transaction([rule('plain', 3)], { omitted: 2 }), ALL, RULESET);
  expect(text).not.toContain('\n');
  expect(JSON.parse(text ?? '')).toEqual({
    ...{ id: '8-9f3a61c2', seq: 8, from_seq: 6, at: '2026-03-01T09:00:00.000Z', actor: 'ana', message: null },
    ...{ request_id: 'r-1', settings: ['plain'], changes_omitted: 2 },
    changes: [
      { kind: 'rule', op: 'created', setting: 'plain', rule_id: 3, feature_values: [], old: null, new: { n: 3 } },
    ],
  });
});

it('a transaction that changed nothing the API shows is an event to those who see all, and to nobody else', () => {
  expect(shown(transaction([]), ALL)).toMatchObject({ settings: [], changes: [] });
  expect(shown(transaction([]), asked('plain'))).toBeUndefined();
  expect(shown(transaction([]), granted('plain'))).toBeUndefined();
});

it.each([
  ['plain', [2]],
  ['billing.*', [1]],
  ['old_rate', [1]],
  ['billing.rate,plain', [1, 2]],
  ['*', [1, 2]],
  ['rate', undefined],
  ['billing', undefined],
])('who asks for %s is told of rules %j', (patterns, ids) => {
  const found = shown(transaction([rule('billing.rate', 1), rule('plain', 2)]), asked(patterns));
  expect(found?.changes.map(({ rule_id }) => rule_id)).toEqual(ids);
});

it('moved context features are told to all', () => {
  const moved: ResourceChange = {
    kind: 'context_features',
    op: 'changed',
    old: jsonText('["a","b"]'),
    new: jsonText('["b","a"]'),
  };
  const one = transaction([moved, rule('plain', 1)], { hasFeatures: true });
  for (const view of [asked('ui.*'), granted('ui.*')])
    expect(shown(one, view)).toMatchObject({ settings: [], changes: [{ kind: 'context_features' }] });
});

it('who asks for the old name or the new one is told of a renaming', () => {
  const one = transaction([renamed('billing.color', 'ui.color')], { settings: ['billing.color', 'ui.color'] });
  expect(shown(one, asked('billing.*'))).toMatchObject({
    settings: ['billing.color', 'ui.color'],
    changes: [{ setting: 'ui.color' }],
  });
});

it('who may read the old name alone hears that it is gone, and not what became of it', () => {
  const one = transaction([renamed('billing.color', 'ui.color')], { settings: ['billing.color', 'ui.color'] });
  expect(shown(one, granted('billing.*'))).toMatchObject({ settings: ['billing.color'], changes: [] });
  // Before it was renamed, too: grants are on present names.
  expect(shown(transaction([rule('billing.color', 1)]), granted('billing.*'))?.changes).toEqual([]);
});

it('views that show the same have the same key', () => {
  expect(viewKey(ALL)).toBe('');
  expect(viewKey(asked('a,b.*,b.c'))).toBe(viewKey(asked('b.*,a')));
  expect(viewKey(asked('a'))).not.toBe(viewKey(granted('a')));
});

it.each(['', 'a,', 'a b', '.*x', 'billing*', '*.a'])('%j is no list of settings', (text) => {
  expect(() => parseSettingFilter(text, 'settings')).toThrow(/^settings must be a list of settings/);
});
