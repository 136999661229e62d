import { atOnce, jsonText } from '@heksher/core';
import { nextRuleset } from './next-ruleset.js';
import { ruleFilter } from './rule-filter.js';
import { NO_METADATA, type StoredRule } from './rule-table.js';
import { RulesetBuilder } from './ruleset-builder.js';
import { type Ruleset, type SettingHead } from './ruleset.js';
import { Vocabulary } from './vocabulary.js';

const headOf = (name: string): SettingHead => {
  return {
    name,
    type: 'int',
    version: '1.0',
    defaultValue: jsonText('0'),
    aliases: [],
    configurableFeatures: [],
    metadata: NO_METADATA,
    rollouts: [],
  };
};
const ruleFor = (id: number, user: string): StoredRule => {
  return { id, value: '1', conditions: [['user', user]], metadata: NO_METADATA };
};

const revision = (seq: number) => ({ seq: String(seq), token: `token ${seq}` });
const filterFor = (user: string) => ({ kind: 'by-feature' as const, features: new Map([['user', new Set([user])]]) });

it('numbers equal values alike, and others otherwise', () => {
  const vocabulary = new Vocabulary();
  expect(vocabulary.numberOf('john')).toBeUndefined();
  const john = vocabulary.numberFor('john');
  expect(vocabulary.numberFor('jim')).not.toBe(john);
  expect(vocabulary.numberFor('john')).toBe(john);
  expect(vocabulary.numberOf('john')).toBe(john);
});

it('has one number for all lists of the same features', () => {
  const vocabulary = new Vocabulary();
  const list = vocabulary.listNumberFor(['a', 'b']);
  expect(vocabulary.listNumberFor(['a', 'b'])).toBe(list);
  expect(vocabulary.featuresOf(list)).toEqual(['a', 'b']);
  expect(vocabulary.listNumberFor(['a,b'])).not.toBe(list);
  expect(vocabulary.featuresOf(vocabulary.listNumberFor([]))).toEqual([]);
});

it('is rid of values that came and went, and knows those in use by the numbers they had', () => {
  const builder = new RulesetBuilder();
  builder.add('stable', ruleFor(1, 'john'));
  builder.add('busy', ruleFor(2, 'u0'));
  let ruleset: Ruleset = atOnce(builder.finish(revision(0), ['user'], ['busy', 'stable'].map(headOf)));
  const { vocabulary } = ruleset;
  let seq = 0;
  while (ruleset.vocabulary === vocabulary) {
    seq += 1;
    const present = [{ head: headOf('busy'), base: 'busy', rules: [ruleFor(2, `u${seq}`)] }];
    const change = { revision: revision(seq), touched: ['busy'], present, touchedRules: new Set([2]) };
    ruleset = atOnce(nextRuleset(ruleset, change));
    if (seq > 1_000_000) throw new Error('nothing was ever forgotten');
  }
  expect(ruleset.vocabulary.numberOf('u1')).toBeUndefined();
  for (const [name, user] of [
    ['stable', 'john'],
    ['busy', `u${seq}`],
  ] as const) {
    const table = ruleset.settings.get(name)?.rules;
    if (table === undefined) throw new Error(`there is no ${name}`);
    expect(ruleFilter(filterFor(user), ruleset.vocabulary)(table)).toEqual([0]);
    expect(ruleFilter(filterFor('u1'), ruleset.vocabulary)(table)).toEqual([]);
  }
  const newcomer = ruleset.vocabulary.numberFor('newcomer');
  expect([ruleset.vocabulary.numberOf('john'), ruleset.vocabulary.numberOf(`u${seq}`)]).not.toContain(newcomer);
});
