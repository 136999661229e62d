import { atOnce, jsonText } from '@heksher/core';
import { writeFindings } from './lint-answer.js';

const settingOf = (count: number) => ({
  features: ['user'],
  defaultValue: jsonText('0'),
  rules: Array.from({ length: count }, (_, index) => {
    return { id: index + 1, value: jsonText('0'), conditions: [['user', `u${index}`] as const] };
  }),
  rollouts: [],
});

it('a setting with very many rules is not linted, and that is reported', () => {
  expect(atOnce(writeFindings('int', settingOf(100_001), 0))).toBe(
    '{"findings":[{"kind":"not_checked","about":null,"rule_ids":[],"rollout_ids":[],' +
      '"message":"nothing was looked for: 100001 rules are too many, at most 100000 are looked at"}],"omitted":0}',
  );
});

it('with fewer, what repeats the default is found, a thousand times at most', () => {
  const { findings, omitted } = JSON.parse(atOnce(writeFindings('int', settingOf(1_001), 0))) as {
    findings: readonly { kind: string }[];
    omitted: number;
  };
  expect([findings.length, omitted]).toEqual([1_000, 1]);
  expect(new Set(findings.map(({ kind }) => kind))).toEqual(new Set(['repeats_default']));
});

it('a type that nobody can read makes no value unfit', () => {
  expect(atOnce(writeFindings('no type', { ...settingOf(1), defaultValue: jsonText('1') }, 0))).toBe(
    '{"findings":[],"omitted":0}',
  );
});
