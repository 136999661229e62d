import { setTimeout as sleep } from 'node:timers/promises';
import { AmbientContext, givenValue } from './context.js';
import { openLogs, type Problem, ProblemLog } from './problems.js';

const seen = (ambient: AmbientContext) => Object.fromEntries(ambient.scoped() ?? []);

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

it.each([
  [5, '5'],
  [-0, '0'],
  [1.5, '1.5'],
  [1e21, '1e+21'],
  [true, 'true'],
  [false, 'false'],
])('the number or boolean %p stands for its JSON text, wherever it is given', (value, text) => {
  const ambient = new AmbientContext({ constant: value, computed: () => value });
  expect([ambient.constantOf('constant'), ambient.compute('computed')]).toEqual([text, text]);
  expect(givenValue({ user: value }, 'user')).toBe(text);
  ambient.run({ user: value, nobody: null }, () => {
    expect([...(ambient.scoped() ?? [])]).toEqual([
      ['user', text],
      ['nobody', null],
    ]);
  });
});

it('an integer beyond 2^53 is reported, once: JavaScript may have rounded it', () => {
  const problems: Problem[] = [];
  const log = new ProblemLog((problem) => problems.push(problem));
  openLogs.add(log);
  try {
    expect(givenValue({ user: 2 ** 53 }, 'user')).toBe('9007199254740992');
    expect(givenValue({ user: 2 ** 53 }, 'user')).toBe('9007199254740992');
    expect(givenValue({ user: 2 ** 53 - 1 }, 'user')).toBe('9007199254740991');
  } finally {
    openLogs.delete(log);
  }
  expect(problems).toMatchObject([
    { kind: 'rounded', message: expect.stringMatching(/"user" is given as an integer beyond 2\^53/) as string },
  ]);
});

it('refuses what has no JSON text of its own, and names the feature', () => {
  const ambient = new AmbientContext({ user: () => NaN });
  const message = /the value of the context feature "user" is of type object; accepted: text, a number or a boolean/;
  expect(() => ambient.run({ user: {} as never }, () => 0)).toThrow(message);
  expect(() => ambient.run({ user: 5n as never }, () => 0)).toThrow(/"user" is of type bigint/);
  expect(() => ambient.compute('user')).toThrow(/"user" is NaN; accepted/);
  expect(() => new AmbientContext({ user: [] as never })).toThrow(/"user" is of type object/);
  expect(() => new AmbientContext({ user: null as never })).toThrow(/"user" has no value/);
  expect(() => new AmbientContext({ 'a-b': 'x' })).toThrow(/"a-b" is no name/);
});

it.each([[null], ['guest'], [7]])('refuses %p as a context', (given) => {
  const message =
    /^(null|"guest"|7) is given as a context; accepted: an object such as \{ user: 'guest' \}, or nothing$/;
  expect(() => new AmbientContext().run(given as never, () => 0)).toThrow(message);
});
