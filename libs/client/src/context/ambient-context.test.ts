import { setTimeout as sleep } from 'node:timers/promises';
import { AmbientContext } from './ambient-context.js';

const seen = (ambient: AmbientContext) => Object.fromEntries(ambient.surroundings() ?? []);

it('what is nested adds to what is around it, and goes before it', () => {
  const ambient = new AmbientContext();
  ambient.run({ account: 'jim', user: 'guest' }, () => {
    ambient.run({ user: 'admin', theme: undefined }, () => {
      expect(seen(ambient)).toEqual({ account: 'jim', user: 'admin' });
    });
    expect(seen(ambient)).toEqual({ account: 'jim', user: 'guest' });
  });
  expect(seen(ambient)).toEqual({});
});

it('follows asynchronous work, and keeps what runs side by side apart', async () => {
  const ambient = new AmbientContext();
  const work = (user: string) =>
    ambient.run({ user }, async () => {
      for (let turn = 0; turn < 5; turn += 1) await sleep(Math.random() * 5);
      return seen(ambient)['user'];
    });
  const users = Array.from({ length: 20 }, (_, index) => `user${index}`);
  expect(await Promise.all(users.map(work))).toEqual(users);
});

it('gives back what the work gives, also what it throws', () => {
  const ambient = new AmbientContext();
  expect(ambient.run({}, () => 7)).toBe(7);
  expect(() =>
    ambient.run({}, () => {
      throw new RangeError('mine');
    }),
  ).toThrow(RangeError);
});

it('refuses values that are not text, and names the feature', () => {
  const ambient = new AmbientContext({ user: () => 7 as never });
  expect(() => ambient.run({ user: 7 as never }, () => 0)).toThrow(/"user" has a number as its value; accepted: text/);
  expect(() => ambient.compute('user')).toThrow(/"user" has a number/);
  expect(() => new AmbientContext({ user: 7 as never })).toThrow(/"user" has a number; accepted: text or a function/);
  expect(() => new AmbientContext({ 'a-b': 'x' })).toThrow(/"a-b" is no name/);
});
