import { atOnce, type Evaluation, jsonText } from '@heksher/core';
import { type FlagSetting, writeFlag } from './flag.js';

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
const write = (key: string, { rules, of }: Of, evaluation: Evaluation): string =>
  atOnce(writeFlag(key, of, rules > 0, evaluation));

it.each<[of: Of, evaluation: Evaluation, why: object]>([
  [setting(0), byDefault, { reason: 'STATIC', variant: 'default', metadata: { version: '1.2' } }],
  [setting(0, false), byDefault, { reason: 'DISABLED', variant: 'default', metadata: { version: '1.2' } }],
  [setting(1), byRule, { reason: 'TARGETING_MATCH', variant: 'rule-7', metadata: { rule_id: 7, version: '1.2' } }],
  [setting(0, true), byRollout('member', 'a"b'), { reason: 'SPLIT', variant: 'a"b', metadata: { rollout_id: 3, version: '1.2' } }], // prettier-ignore
])('a flag is JSON with the value, why, and flat metadata (%#)', (of, evaluation, why) => {
  expect(JSON.parse(write('a/"b', of, evaluation))).toEqual({ key: 'a/"b', value: 'v', ...why });
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

it('a long value is looked through in steps', () => {
  const value = `{${Array.from({ length: 40_000 }, (_, index) => `"k${index}":${index}`).join(',')}}`;
  const decision = { value: jsonText(value), reason: 'DEFAULT' } as const;
  const writing = writeFlag('f', { version: '1.0', rollouts: [] }, false, decision);
  let taken = 1;
  while (writing.next().done !== true) taken += 1;
  expect(taken).toBeGreaterThan(40_000 / 10_000);
  const broken = { ...decision, value: jsonText(`${value}x`) };
  expect(() => atOnce(writeFlag('f', { version: '1.0', rollouts: [] }, false, broken))).toThrow('is not JSON');
});
