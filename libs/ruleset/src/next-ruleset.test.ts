import { atOnce, type Condition, jsonText } from '@heksher/core';
import fc from 'fast-check';
import { addText, admittedRules } from './admitted-rules.js';
import { nextRuleset, type RulesetChange } from './next-ruleset.js';
import { RulesetBuilder } from './ruleset-builder.js';
import { NO_METADATA, type StoredRule } from './rule-table.js';
import { findSetting, type Ruleset, ruleIds, type SettingHead } from './ruleset.js';

/** Rules by the names of their settings. */
type Contents = ReadonlyMap<string, readonly StoredRule[]>;

const revision = { seq: '1', token: 't' };

function headOf(name: string): SettingHead {
  return {
    name,
    type: 'int',
    version: '1.0',
    defaultValue: jsonText('0'),
    aliases: [`was_${name}`],
    configurableFeatures: [],
    metadata: NO_METADATA,
    rollouts: [],
  };
}

function loaded(contents: Contents): Ruleset {
  const builder = new RulesetBuilder();
  for (const [name, rules] of contents) for (const rule of rules) builder.add(name, rule);
  return atOnce(builder.finish(revision, ['user', 'theme'], [...contents.keys()].map(headOf)));
}

function textsOf(ruleset: Ruleset): readonly string[] {
  return [...ruleset.settings.values()].map((setting) => {
    const parts = [setting.name];
    addText(parts, admittedRules(ruleset, { kind: 'everything' })(setting));
    return [...parts, ...ruleIds(setting)].join(' ');
  });
}

const conditions = fc
  .tuple(fc.option(fc.constantFrom('x', 'y', 'z')), fc.option(fc.nat(50).map(String)))
  .map(([user, theme]): readonly Condition[] => [
    ...(user === null ? [] : [['user', user] as const]),
    ...(theme === null ? [] : [['theme', theme] as const]),
  ]);

const NAMES = ['a', 'b', 'c'];

/** Rules with ids that no two settings share: those of the setting are 0, 1 or 2 modulo 3. */
const rulesOf = (setting: number, maxLength: number): fc.Arbitrary<readonly StoredRule[]> =>
  fc
    .uniqueArray(fc.tuple(fc.nat(100), fc.nat(9).map(String), conditions), { selector: ([id]) => id, maxLength })
    .map((all) =>
      all
        .map(([id, value, asked]) => ({ id: 3 * id + setting, value, conditions: asked, metadata: NO_METADATA }))
        .sort((a, b) => a.id - b.id),
    );

const contents = fc
  .tuple(...NAMES.map((_, index) => fc.option(rulesOf(index, 40), { freq: 4 })))
  .map((all): Contents => new Map(NAMES.flatMap((name, index) => (all[index] ? [[name, all[index]] as const] : []))));

/** What becomes of a setting: its rules with these ids go, these come, and it may get another name. */
const fate = fc.record({ gone: fc.array(fc.nat(300)), renamed: fc.boolean(), deleted: fc.boolean() });

it('follows changes to what is loaded after them', () => {
  fc.assert(
    fc.property(contents, contents, fc.tuple(fate, fate, fate), (before, coming, fates) => {
      const touched = new Set<string>();
      const touchedRules = new Set<number>();
      const after = new Map<string, readonly StoredRule[]>();
      const present: RulesetChange['present'][number][] = [];
      for (const [index, name] of NAMES.entries()) {
        const old = before.get(name);
        const { gone, renamed, deleted } = fates[index] ?? { gone: [], renamed: false, deleted: false };
        touched.add(name);
        if (deleted || (old === undefined && !coming.has(name))) continue;
        const come = coming.get(name) ?? [];
        const left = new Set([...gone.filter((id) => id % 3 === index), ...come.map(({ id }) => id)]);
        const rules = [...(old ?? []).filter(({ id }) => !left.has(id)), ...come].sort((a, b) => a.id - b.id);
        const nameNow = renamed ? `new_${name}` : name;
        for (const id of left) touchedRules.add(id);
        after.set(nameNow, rules);
        touched.add(nameNow);
        present.push({ head: headOf(nameNow), base: old && name, rules: come.toReversed() });
      }
      const next = atOnce(nextRuleset(loaded(before), { revision, touched: [...touched], present, touchedRules }));
      const expected = loaded(after);
      expect(textsOf(next)).toEqual(textsOf(expected));
      expect([...next.aliases]).toEqual([...expected.aliases]);
    }),
  );
});

const SOME = new Map([
  ['a', [{ id: 1, value: '1', conditions: [['user', 'x']], metadata: NO_METADATA }]],
  ['b', [{ id: 2, value: '1', conditions: [], metadata: NO_METADATA }]],
] as const) satisfies Contents;

it('shares the settings that were not touched, and the rules of one that was renamed', () => {
  const before = loaded(SOME);
  const present = [{ head: headOf('c'), base: 'a', rules: [] }];
  const next = atOnce(nextRuleset(before, { revision, touched: ['a', 'c'], present, touchedRules: new Set() }));
  expect([...next.settings.keys()]).toEqual(['b', 'c']);
  expect(next.settings.get('b')).toBe(before.settings.get('b'));
  expect(next.settings.get('c')?.rules).toBe(before.settings.get('a')?.rules);
  expect(findSetting(next, 'was_c')).toBe(next.settings.get('c'));
  expect(findSetting(next, 'a')).toBeUndefined();
});

it('many rules of a large table change, come and go as if it were made anew, also where two get equal conditions', () => {
  const rule = (id: number, value: number, user: string): StoredRule => ({
    ...{ id, value: String(value), conditions: [['user', user]], metadata: NO_METADATA },
  });
  const before = Array.from({ length: 800 }, (_, id) => rule(id + 1, 0, `u${id + 1}`));
  const touched = new Set(Array.from({ length: 90 }, (_, place) => 1 + place * 9));
  const head = headOf('a');
  for (const user of ['new', 'u2']) {
    const present = [...touched].filter((id) => id % 2 === 0).map((id) => rule(id, 1, `moved_${id}`));
    const all = [...present, rule(900, 2, user), rule(901, 3, 'newer')];
    const ids = new Set([...touched, 900, 901]);
    const change = { revision, touched: ['a'], touchedRules: ids, present: [{ head, base: 'a', rules: all }] };
    const next = atOnce(nextRuleset(loaded(new Map([['a', before]])), change));
    const now = [...before.filter(({ id }) => !touched.has(id)), ...all].sort((a, b) => a.id - b.id);
    expect(textsOf(next)).toEqual(textsOf(loaded(new Map([['a', now]]))));
  }
});
