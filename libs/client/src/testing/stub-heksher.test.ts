import { HeksherClient } from '../client.js';
import { setting } from '../setting.js';
import { Enum, Flags, Mapping } from '../types/type-builders.js';
import { StubHeksher } from './stub-heksher.js';

const features = ['account', 'user', 'theme'] as const;
const size = setting('size', { type: 'int', configurableFeatures: features, defaultValue: 60 });

let stub: StubHeksher;
beforeEach(() => (stub = new StubHeksher()));
afterEach(() => stub.restore());

it('gives a setting a value in any context, and afterwards its own again', () => {
  const other = setting('other', { type: 'str', configurableFeatures: ['user'], defaultValue: 'a' });
  stub.set(size, 1);
  stub.set(other, 'b');
  stub.set(size, 2);
  expect([size.get(), size.get({ user: 'jim' }), other.get()]).toEqual([2, 2, 'b']);
  stub.restore(size);
  expect([size.get(), other.get()]).toEqual([60, 'b']);
  stub.restore();
  expect(other.get()).toBe('a');
  stub.restore();
});

it('lets rules decide as the service does', async () => {
  stub.setRules(size, [
    { when: { account: 'john' }, value: 100 },
    { when: { account: 'jim' }, value: 50 },
    { when: { user: 'admin', account: 'jim' }, value: 200 },
    { when: { user: 'guest' }, value: 10 },
    { when: { user: 'guest', theme: 'dark' }, value: 20 },
  ]);
  expect(size.get({ user: 'guest', theme: 'dark', account: 'jim' })).toBe(20);
  expect(size.get({ user: 'guest', account: 'jim' })).toBe(10);
  expect(size.get({ user: 'admin', account: 'jim' })).toBe(200);
  expect(size.get({ account: 'john' })).toBe(100);
  expect(size.get()).toBe(60);
  expect(size.evaluate({ account: 'jim' })).toEqual({ value: 50, reason: 'RULE', ruleId: 2 });
  expect(await size.resolve({ account: 'joan' })).toEqual({ value: 60, reason: 'DEFAULT' });
  stub.setRules(size, [], 7);
  expect(size.get({ account: 'john' })).toBe(7);
});

it('ranks by the order of features that it is given, else by that of the setting', () => {
  const rules = [
    { when: { account: 'jim' }, value: 1 },
    { when: { theme: 'dark' }, value: 2 },
  ];
  const both = { account: 'jim', theme: 'dark' };
  stub.setRules(size, rules);
  expect(size.get(both)).toBe(2);
  stub.restore();
  const reversed = new StubHeksher({ contextFeatures: ['x', 'theme', 'user', 'account'] });
  reversed.setRules(size, rules);
  expect(size.get(both)).toBe(1);
  reversed.restore();
});

it('has contexts as a client has', () => {
  stub.setRules(size, [{ when: { user: 'guest' }, value: 10 }]);
  expect(stub.withContext({ user: 'guest' }, () => size.get())).toBe(10);
  stub.restore();
  const strict = new StubHeksher({ context: { account: 'jim', theme: () => 'dark' }, onMissingFeature: 'throw' });
  strict.set(size, 1);
  expect(size.get({ user: 'x' })).toBe(1);
  expect(() => size.get()).toThrow(/"size" is configurable by "user", which has no value/);
  strict.restore();
});

it('hands values out as a client does: frozen, and Flags as a set', () => {
  const flags = setting('flags', { type: Flags('a', 'b'), configurableFeatures: ['user'], defaultValue: [] });
  const limits = setting('limits', { type: Mapping('int'), configurableFeatures: ['user'], defaultValue: {} });
  stub.set(flags, new Set(['a'] as const));
  const given = { a: 1 };
  stub.set(limits, given);
  given.a = 2;
  expect([flags.get(), limits.get()]).toEqual([new Set(['a']), { a: 1 }]);
  expect([Object.isFrozen(flags.get()), Object.isFrozen(limits.get())]).toEqual([true, true]);
  stub.restore();
});

it.each<[what: string, work: () => void, message: RegExp]>([
  ['another type', () => stub.set(size, 'x' as never), /"size": the value "x" is not of the type int/],
  ['nothing', () => stub.set(size, null as never), /the value null is not of/],
  [
    'a feature',
    () => stub.setRules(size, [{ when: { x: 'y' } as never, value: 1 }]),
    /not configurable by "x" \(have: a/,
  ],
  ['no value', () => stub.setRules(size, [{ when: { user: 'a b' }, value: 1 }]), /"a b" is no value of user; accepted/],
  [
    'a rule twice',
    () =>
      stub.setRules(size, [
        { when: { user: 'a', theme: 'b' }, value: 1 },
        { when: { theme: 'b', user: 'a' }, value: 2 },
      ]),
    /two rules have the conditions/,
  ],
  ['an order', () => new StubHeksher({ contextFeatures: ['user'] }).set(size, 1), /"account" is none of contextF/],
])('refuses %s that the service would refuse, and changes nothing', (_, work, message) => {
  expect(work).toThrow(message);
  expect(size.get()).toBe(60);
});

it('does not let the types of a setting be forgotten', () => {
  const level = setting('level', { type: Enum('low', 'high'), configurableFeatures: ['user'], defaultValue: 'low' });
  stub.set(level, 'high');
  // @ts-expect-error no such option
  expect(() => stub.set(level, 'middle')).toThrow();
  // @ts-expect-error no such feature
  expect(() => stub.setRules(level, [{ when: { account: 'jim' }, value: 'low' }])).toThrow();
  expect(level.get()).toBe('high');
});

it('goes before a running client, and leaves the setting to it', async () => {
  const settings = { size: '{"rules":[],"default_value":5}' };
  const bootstrap = { format: 1, takenAt: '', revision: null, contextFeatures: [...features], settings } as const;
  const down: typeof fetch = () => Promise.reject(new Error('down'));
  const quiet = { url: 'http://localhost', fetch: down, onProblem: () => undefined };
  const client = await HeksherClient.start({ ...quiet, settings: [size], bootstrap });
  const context = { account: 'x', user: 'y', theme: 'z' };
  expect(size.get(context)).toBe(5);
  stub.set(size, 6);
  expect(size.get(context)).toBe(6);
  stub.restore();
  expect(size.get(context)).toBe(5);
  await client.close();
  stub.set(size, 7);
  const next = await HeksherClient.start({ ...quiet, settings: [size], bootstrap });
  expect(size.get(context)).toBe(5);
  stub.restore();
  expect(size.get(context)).toBe(5);
  await next.close();
});

it('takes numbers and booleans in contexts and rules for their text, as clients do', () => {
  stub.setRules(size, [{ when: { user: 7, theme: true }, value: 1 }]);
  expect(size.get({ user: '7', theme: 'true' })).toBe(1);
  expect(size.get({ user: 7, theme: true })).toBe(1);
  expect(size.get({ user: 8, theme: true })).toBe(60);
});

it('stands in for a client, with all that one has', async () => {
  const application = async (client: Pick<HeksherClient, keyof HeksherClient>) => {
    await client.add(size);
    await client.reload();
    const stop = [client.onChange(() => undefined), client.onStatus(() => undefined)];
    for (const end of stop) end();
    return [client.status(), client.find('size'), client.find('other'), client.outcomes().size, client.snapshot()];
  };
  const status = { state: 'serving', source: 'service', ageMs: 0, failures: 0, lastError: undefined };
  const snapshot = { format: 1, settings: {} };
  expect(await application(stub)).toMatchObject([status, size, undefined, 0, snapshot]);
  expect(JSON.parse(JSON.stringify(stub.status()))).toMatchObject({ state: 'serving', lastError: null });
  await stub.close();
  expect(stub.status().state).toBe('closed');
});
