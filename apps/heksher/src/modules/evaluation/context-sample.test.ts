import { type Context } from '@heksher/core';
import { ContextSample } from './context-sample.js';

const HOUR = 3_600_000;

function contextOf(user: number | string): Context {
  return new Map([
    ['account', 'jim'],
    ['user', String(user)],
  ]);
}

function usersOf(sample: ContextSample): readonly (string | undefined)[] {
  return sample.contexts().map((context) => context.get('user'));
}

it('nothing is kept where it is off', () => {
  const sample = new ContextSample(0);
  sample.add(contextOf(1));
  expect(sample.isOn).toBe(false);
  expect(sample.contexts()).toEqual([]);
});

it('contexts are kept once each, whatever the order of their features', () => {
  const sample = new ContextSample(10);
  for (let round = 0; round < 5; round += 1) {
    sample.add(contextOf('bob'));
    sample.add(new Map([...contextOf('bob')].reverse()));
    sample.add(contextOf('ann'));
  }
  sample.add(new Map([['user', 'bob']]));
  sample.add(new Map());
  expect(sample.contexts()).toHaveLength(4);
  expect(sample.contexts()).toEqual(
    expect.arrayContaining([contextOf('bob'), contextOf('ann'), new Map([['user', 'bob']]), new Map()]),
  );
});

it('of more than are kept each is kept as likely, however often and whenever it comes', () => {
  const counts = new Map<string, number>();
  for (let round = 0; round < 400; round += 1) {
    const sample = new ContextSample(10);
    for (let user = 0; user < 40; user += 1) {
      for (let times = 0; times < (user < 10 ? 5 : 1); times += 1) sample.add(contextOf(user));
    }
    const users = usersOf(sample);
    expect(new Set(users).size).toBe(10);
    for (const user of users) counts.set(user ?? '', (counts.get(user ?? '') ?? 0) + 1);
  }
  // 100 of 400 times each, with a deviation of 9.
  expect(counts.size).toBe(40);
  expect(Math.min(...counts.values())).toBeGreaterThan(40);
  expect(Math.max(...counts.values())).toBeLessThan(160);
});

it('contexts are forgotten an hour or two after they came', () => {
  let now = 0;
  const sample = new ContextSample(3, () => now);
  sample.add(contextOf('old'));
  now = HOUR;
  sample.add(contextOf('young'));
  expect(usersOf(sample).toSorted()).toEqual(['old', 'young']);
  now = 2 * HOUR;
  sample.add(contextOf('new'));
  expect(usersOf(sample).toSorted()).toEqual(['new', 'young']);
  now = 4 * HOUR;
  expect(usersOf(sample)).toEqual([]);
  sample.add(contextOf('newest'));
  expect(usersOf(sample)).toEqual(['newest']);
});

it('a context with very long texts is not kept', () => {
  const sample = new ContextSample(10);
  sample.add(contextOf('x'.repeat(5_000)));
  expect(sample.contexts()).toEqual([]);
});
