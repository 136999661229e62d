import { parseSettingType } from '@heksher/core';
import { Turns } from '../concurrency.js';
import { type Problem, ProblemLog } from '../problems.js';
import { valueReaderOf } from '../values.js';
import { prepareSetting } from './prepare.js';

const rule = (id: number, value: unknown, user = `u${id}`) => ({
  rule_id: id,
  value,
  context_features: [['user', user]],
});

const rollout = (change: object) => ({
  rollout_id: 1,
  feature: 'user',
  context_features: [],
  enabled: true,
  percentage: 100,
  members: [],
  member_count: 0,
  pattern: null,
  value: 'a',
  hash: 'murmur3',
  salt: 's',
  ...change,
});

async function prepare(type: string, served: object | string, defaultValue: unknown = 'declared') {
  const problems: Problem[] = [];
  const text = typeof served === 'string' ? served : JSON.stringify({ rules: [], default_value: 'a', ...served });
  const source = { name: 'size', readValue: valueReaderOf(parseSettingType(type)), defaultValue };
  const log = new ProblemLog((problem) => problems.push(problem));
  const { prepared } = await prepareSetting(text, source, { features: ['user'], turns: new Turns(), problems: log });
  const read = (user: string) => prepared.evaluator.evaluate(new Map([['user', user]]), 0).value;
  return { read, problems: problems.map(({ kind, message }) => `${kind}: ${message}`) };
}

it('values of a newer type that do not fit are left out, rule by rule, and reported', async () => {
  const { read, problems } = await prepare('Enum["a","b"]', { rules: [rule(1, 'b'), rule(2, 'new')] });
  expect([read('u1'), read('u2')]).toEqual(['b', 'a']);
  expect(problems).toEqual([
    'dropped: rule 2 of the setting "size": its value "new" does not fit the type that is declared; it is left out',
  ]);
});

it('where the default does not fit, the declared one holds', async () => {
  const { read, problems } = await prepare('int', { default_value: 1.5 }, 60);
  expect(read('u1')).toBe(60);
  expect(problems).toHaveLength(1);
});

it('options of Flags that are not declared are left out of the value, and reported', async () => {
  const { read, problems } = await prepare('Flags["a"]', { rules: [rule(1, ['a', 'new'])], default_value: [] });
  expect(read('u1')).toEqual(new Set(['a']));
  expect(problems).toEqual([expect.stringMatching(/^coerced: rule 1 of the setting "size": options .*\["a","new"\]$/)]);
});

it('a rollout is left out with any of its variants, so that no unit moves to another', async () => {
  const variants = [
    { name: 'x', value: 'a', weight: 1 },
    { name: 'y', value: 'new', weight: 1 },
  ];
  const { read, problems } = await prepare('Enum["a","z"]', { rollouts: [rollout({ variants, value: undefined })] });
  expect(new Set(['u1', 'u2', 'u3', 'u4'].map(read))).toEqual(new Set(['a']));
  expect(problems).toEqual([expect.stringMatching(/^dropped: variant "y" of rollout 1 /)]);
});

it('a pattern that cannot be compiled leaves its rollout out', async () => {
  const { read, problems } = await prepare('str', { rollouts: [rollout({ pattern: '(', value: 'b' })] });
  expect(read('u1')).toBe('a');
  expect(problems).toEqual([expect.stringMatching(/^dropped: rollout 1 .*RE2/)]);
});

it.each([
  ['{}'],
  ['{"rules":{},"default_value":1}'],
  ['{"rules":[7],"default_value":1}'],
  ['{"rules":[{"value":1,"context_features":[]}],"default_value":1}'],
  ['{"rules":[{"rule_id":1,"context_features":[]}],"default_value":1}'],
  ['{"rules":[{"rule_id":1,"value":1,"context_features":[["user"]]}],"default_value":1}'],
  ['{"rules":[{"rule_id":1,"value":1,"context_features":[["nobody","x"]]}],"default_value":1}'],
  [JSON.stringify({ default_value: 1, rollouts: [rollout({ hash: 'md5' })] })],
  [JSON.stringify({ default_value: 1, rollouts: [rollout({ percentage: 101 })] })],
  [JSON.stringify({ default_value: 1, rollouts: [rollout({ percentage: undefined, ramp: { start: 'now' } })] })],
  [JSON.stringify({ default_value: 1, rollouts: [rollout({ variants: [{ name: 'x', value: 1, weight: 0 }] })] })],
])('refuses %s', async (text) => {
  await expect(prepare('int', text)).rejects.toThrow();
});

it('many rules leave turns to others', async () => {
  const rules = Array.from({ length: 20_000 }, (_, id) => rule(id, 'b', `user${id}`));
  let turns = 0;
  let isDone = false;
  const others = (async () => {
    while (!isDone) {
      await new Promise((resolve) => setImmediate(resolve));
      turns += 1;
    }
  })();
  const { read } = await prepare('str', { rules });
  isDone = true;
  await others;
  expect(read('user19999')).toBe('b');
  expect(turns).toBeGreaterThan(1);
});

describe('integers beyond 2^53, which the service keeps exactly and JavaScript cannot', () => {
  const big =
    '{"rules": [{"rule_id": 1, "value": 9007199254740993, "context_features": [["user", "u1"]]}], "default_value": 7}';

  it('are left out where the setting is an int', async () => {
    const { read, problems } = await prepare('int', big);
    expect(read('u1')).toBe(7);
    expect(problems).toEqual([
      'dropped: rule 1 of the setting "size": its value 9007199254740992 has an integer beyond 2^53, which JavaScript cannot hold; it is left out',
    ]);
  });

  it('are rounded where it is a float, as all digits beyond a double are', async () => {
    const { read, problems } = await prepare('float', big);
    expect(read('u1')).toBe(9007199254740992);
    expect(problems).toEqual([
      'rounded: rule 1 of the setting "size" has an integer beyond 2^53, which JavaScript may have rounded to 9007199254740992',
    ]);
  });

  it('are seen within other values, and those that JavaScript holds are no matter', async () => {
    const nested = { default_value: { a: [{ b: 2 ** 53 }] }, rules: [rule(1, { a: [{ b: 2 ** 53 - 1 }] })] };
    const { problems } = await prepare('Mapping<Sequence<Mapping<float>>>', nested);
    expect(problems).toEqual([expect.stringMatching(/^rounded: the default of/)]);
  });
});
