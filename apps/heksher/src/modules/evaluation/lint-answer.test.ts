import { atOnce, jsonText, writeJson } from '@heksher/core';
import { type LoadedSetting } from '@heksher/ruleset';
import { findAll, findingMembers } from './lint-answer.js';

const answerFor = (type: string, setting: LoadedSetting): string =>
  writeJson(findingMembers(atOnce(findAll(type, setting, 0))));

const settingOf = (count: number) => ({
  features: ['user'],
  defaultValue: jsonText('0'),
  rules: Array.from({ length: count }, (_, index) => {
    return { id: index + 1, value: jsonText('0'), conditions: [['user', `u${index}`] as const] };
  }),
  rollouts: [],
});

it('a setting with very many rules is not looked at, and that is told', () => {
  expect(answerFor('int', settingOf(100_001))).toBe(
    '{"findings":[{"kind":"not_checked","about":null,"rule_ids":[],"rollout_ids":[],' +
      '"message":"nothing was looked for: 100001 rules are too many, at most 100000 are looked at"}],"omitted":0}',
  );
});

it('with fewer, what repeats the default is found, a thousand times at most', () => {
  const { findings, omitted } = JSON.parse(answerFor('int', settingOf(1_001))) as {
    findings: readonly { kind: string }[];
    omitted: number;
  };
  expect([findings.length, omitted]).toEqual([1_000, 1]);
  expect(new Set(findings.map(({ kind }) => kind))).toEqual(new Set(['repeats_default']));
});

it('a type that nobody can read makes no value unfit', () => {
  expect(answerFor('no type', { ...settingOf(1), defaultValue: jsonText('1') })).toBe('{"findings":[],"omitted":0}');
});
