import { type Evaluation, jsonText } from '@heksher/core';
import { type FlagSetting, reasonOf, variantOf, writeFlag } from './flag.js';

const value = jsonText('"v"');
const byDefault: Evaluation = { reason: 'DEFAULT', value };
const byRule: Evaluation = { reason: 'RULE', value, ruleId: 7 };
const byRollout = (by: 'member' | 'pattern' | 'percentage', variant?: string): Evaluation => ({
  reason: 'ROLLOUT',
  value,
  rolloutId: 3,
  by,
  ...(variant !== undefined && { variant }),
});

type Of = Readonly<{ rules: number; of: FlagSetting }>;

const setting = (rules: number, ...enabled: readonly boolean[]): Of => ({
  rules,
  of: { version: '1.2', rollouts: enabled.map((isEnabled) => ({ enabled: isEnabled })) },
});
const reasonFor = ({ rules, of }: Of, evaluation: Evaluation): string => reasonOf(of, rules > 0, evaluation);
const write = (key: string, { rules, of }: Of, evaluation: Evaluation): string =>
  writeFlag(key, of, rules > 0, evaluation);

it.each<[reason: string, variant: string, setting: Of, evaluation: Evaluation]>([
  ['STATIC', 'default', setting(0), byDefault],
  ['DEFAULT', 'default', setting(1), byDefault],
  ['DEFAULT', 'default', setting(0, true), byDefault],
  ['DEFAULT', 'default', setting(0, false, true), byDefault],
  ['DEFAULT', 'default', setting(1, false), byDefault],
  ['DISABLED', 'default', setting(0, false), byDefault],
  ['DISABLED', 'default', setting(0, false, false), byDefault],
  ['TARGETING_MATCH', 'rule-7', setting(1, true), byRule],
  ['TARGETING_MATCH', 'rollout-3', setting(0, true), byRollout('member')],
  ['TARGETING_MATCH', 'rollout-3', setting(0, true), byRollout('pattern')],
  ['SPLIT', 'rollout-3', setting(0, true), byRollout('percentage')],
  ['SPLIT', 'blue', setting(0, true), byRollout('percentage', 'blue')],
  ['SPLIT', 'blue', setting(0, true), byRollout('member', 'blue')],
])('%s with the variant %s (%#)', (reason, variant, of, evaluation) => {
  expect([reasonFor(of, evaluation), variantOf(evaluation)]).toEqual([reason, variant]);
});

it.each<[evaluation: Evaluation, metadata: object]>([
  [byDefault, { version: '1.2' }],
  [byRule, { rule_id: 7, version: '1.2' }],
  [byRollout('member', 'a"b'), { rollout_id: 3, version: '1.2' }],
])('a flag is JSON with the value, why, and flat metadata (%#)', (evaluation, metadata) => {
  const flag: unknown = JSON.parse(write('a/"b', setting(1, true), evaluation));
  const [reason, variant] = [reasonFor(setting(1, true), evaluation), variantOf(evaluation)];
  expect(flag).toEqual({ key: 'a/"b', value: 'v', reason, variant, metadata });
});

it.each(['1.0', '-0', '12345678901234567890', '"\\ud800"', '{"b":1,"a":[1.50]}', 'null', '"a\\"b"', '1e2'])(
  'the value %s is copied out as it is stored',
  (text) => {
    const flag = write('k', setting(0), { reason: 'DEFAULT', value: jsonText(text) });
    expect(flag).toContain(`"value":${text},"reason"`);
    expect(() => void JSON.parse(flag)).not.toThrow();
  },
);

it.each(['NaN', '', '01', '{', '"a', "'a'", '"\u0001"', 'Infinity', '-', '1,2'])(
  'the stored value %j is refused',
  (text) => {
    expect(() => write('k', setting(0), { reason: 'DEFAULT', value: jsonText(text) })).toThrow(/is not JSON/);
  },
);
