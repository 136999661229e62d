import { jsonText } from '@heksher/core';
import { ruleFilter } from './rule-filter.js';
import { RuleTableBuilder } from './rule-table-builder.js';
import { NO_METADATA } from './rule-table.js';
import { makeRuleset, makeSetting, nextRuleset, type Setting } from './ruleset.js';
import { Vocabulary } from './vocabulary.js';

function settingFor(name: string, user: string, vocabulary: Vocabulary): Setting {
  const builder = new RuleTableBuilder(vocabulary);
  builder.add({ id: 1, value: '1', conditions: [['user', user]], metadata: NO_METADATA });
  return makeSetting({ name, defaultValue: jsonText('0'), aliases: [] }, builder);
}

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
  const vocabulary = new Vocabulary();
  const stable = settingFor('stable', 'john', vocabulary);
  vocabulary.settle();
  let ruleset = makeRuleset(revision(0), ['user'], [stable, settingFor('busy', 'u0', vocabulary)], vocabulary);
  let seq = 0;
  while (ruleset.vocabulary === vocabulary) {
    seq += 1;
    ruleset = nextRuleset(ruleset, revision(seq), ['busy'], [settingFor('busy', `u${seq}`, ruleset.vocabulary)]);
    if (seq > 1_000_000) throw new Error('nothing was ever forgotten');
  }
  expect(ruleset.vocabulary.numberOf('u1')).toBeUndefined();
  for (const [name, user] of [
    ['stable', 'john'],
    ['busy', `u${seq}`],
  ] as const) {
    const table = ruleset.settings.get(name)?.rules ?? stable.rules;
    expect(ruleFilter(filterFor(user), ruleset.vocabulary)(table)).toEqual([0]);
    expect(ruleFilter(filterFor('u1'), ruleset.vocabulary)(table)).toEqual([]);
  }
  const newcomer = ruleset.vocabulary.numberFor('newcomer');
  expect([ruleset.vocabulary.numberOf('john'), ruleset.vocabulary.numberOf(`u${seq}`)]).not.toContain(newcomer);
});
