import { type ClientOptions, Flags, HeksherClient, type Problem, setting } from '@heksher/client';
import { createDatabase } from '../support/database/database.js';
import { addFeatures, addRule, declare, expectStatus, startTestService } from '../support/service/service.js';
import { until } from '../support/service/until.js';
import { useService } from '../support/service/use-service.js';

const api = useService();
const running: HeksherClient[] = [];

async function start(options: Partial<ClientOptions> = {}): Promise<HeksherClient> {
  const client = await HeksherClient.start({ url: api.url(), ...options });
  running.push(client);
  return client;
}

beforeEach(async () => {
  await api.empty();
  await addFeatures(api.call, 'account', 'user', 'theme');
});

afterEach(async () => {
  for (const client of running.splice(0)) await client.close();
});

const FEATURES = ['account', 'user', 'theme'] as const;

const cacheSizeOf = (version = '1.0', defaultValue = 60) =>
  setting('cache_size', { type: 'int', configurableFeatures: FEATURES, defaultValue, version });

/** Collects problems instead of printing them. */
function collector() {
  const problems: Problem[] = [];
  return { problems, onProblem: (problem: Problem) => void problems.push(problem) };
}

it('reads the rules of the table in the README', async () => {
  const cacheSize = cacheSizeOf();
  const client = await start({ settings: [cacheSize], onMissingFeature: 'resolve' });
  await addRule(api.call, 'cache_size', { account: 'john' }, 100);
  await addRule(api.call, 'cache_size', { account: 'jim' }, 50);
  await addRule(api.call, 'cache_size', { account: 'jim', user: 'admin' }, 200);
  await addRule(api.call, 'cache_size', { user: 'guest' }, 10);
  await addRule(api.call, 'cache_size', { user: 'guest', theme: 'dark' }, 20);
  expect(cacheSize.get()).toBe(60);
  await client.reload();
  expect(cacheSize.get({ user: 'guest', theme: 'dark' })).toBe(20);
  expect(cacheSize.get({ user: 'guest', theme: 'light' })).toBe(10);
  expect(cacheSize.get({ account: 'jim', user: 'admin', theme: 'dark' })).toBe(200);
  expect(cacheSize.get({ account: 'jim', user: 'joe' })).toBe(50);
  expect(cacheSize.get({ account: 'john', user: 'admin' })).toBe(100);
  expect(cacheSize.get({ account: 'joan', user: 'admin', theme: 'dark' })).toBe(60);
  expect(client.status()).toMatchObject({ state: 'serving', source: 'service', failures: 0 });
});

it('asks only for what is tracked', async () => {
  const cacheSize = cacheSizeOf();
  await start({ settings: [cacheSize] }).then((client) => client.close());
  await addRule(api.call, 'cache_size', { user: 'guest' }, 10);
  await addRule(api.call, 'cache_size', { user: 'bob' }, 20);
  const { problems, onProblem } = collector();
  const trackContexts = { account: '*', user: ['guest', 'admin'], theme: '*' } as const;
  const client = await start({ settings: [cacheSize], trackContexts, onMissingFeature: 'resolve', onProblem });
  expect(cacheSize.get({ user: 'guest' })).toBe(10);
  expect(problems).toEqual([]);
  expect(cacheSize.get({ user: 'bob' })).toBe(60);
  expect(problems).toMatchObject([{ kind: 'untracked', feature: 'user', value: 'bob' }]);
  expect(client.snapshot().settings['cache_size']).not.toContain('bob');
});

describe('a declaration', () => {
  it('that is newer upgrades the setting, one that is older takes what the service has', async () => {
    await start({ settings: [cacheSizeOf()] }).then((client) => client.close());
    const newer = cacheSizeOf('1.1', 70);
    const client = await start({ settings: [newer], onMissingFeature: 'resolve' });
    expect(client.outcomes().get('cache_size')).toMatchObject({ outcome: 'upgraded', previousVersion: '1.0' });
    const { problems, onProblem } = collector();
    const older = cacheSizeOf('1.0', 60);
    const old = await start({ settings: [older], onMissingFeature: 'resolve', onProblem });
    expect(old.outcomes().get('cache_size')).toEqual({
      outcome: 'outdated',
      latestVersion: '1.1',
      differences: [{ level: 'minor', attribute: 'default_value', latestValue: 70 }],
    });
    expect([newer.get(), older.get()]).toEqual([70, 70]);
    expect(problems).toMatchObject([{ kind: 'outdated', setting: 'cache_size', latestVersion: '1.1' }]);
  });

  it('that contradicts the service is a conflict, of which the program decides', async () => {
    await start({ settings: [cacheSizeOf()] }).then((client) => client.close());
    const conflicting = cacheSizeOf('1.0', 61);
    const { problems, onProblem } = collector();
    await expect(start({ settings: [conflicting], onProblem })).rejects.toThrow(
      /"cache_size", version 1.0, differs from what the service has \(minor: default_value is 60\)/,
    );
    await start({ settings: [conflicting], onProblem, onConflict: 'serve', onMissingFeature: 'resolve' });
    expect(conflicting.get()).toBe(60);
    const other = cacheSizeOf('1.0', 61);
    await start({ settings: [other], onProblem, onConflict: 'default', onMissingFeature: 'resolve' });
    expect(other.get()).toBe(61);
    expect(problems.map(({ kind }) => kind)).toEqual(['conflict', 'conflict', 'conflict']);
  });

  it('names an alias that a fresh service does not know: it is left out', async () => {
    const renamed = setting('new_name', {
      type: 'int',
      configurableFeatures: ['user'],
      defaultValue: 1,
      alias: 'old_name',
    });
    const client = await start({ settings: [renamed] });
    expect(client.outcomes().get('new_name')).toEqual({ outcome: 'created' });
    expect(client.find('old_name')).toBe(renamed);
  });

  it('by a feature that does not exist is refused, and says which', async () => {
    const odd = setting('odd', { type: 'int', configurableFeatures: ['galaxy'], defaultValue: 1 });
    await expect(start({ settings: [odd], onProblem: () => undefined })).rejects.toThrow(/refused with 404: .*galaxy/);
  });

  it('of an older type takes what fits it of the values of a newer one', async () => {
    const declaration = { name: 'tags', type: 'Flags["a","b"]', default_value: [], configurable_features: ['user'] };
    await expectStatus(200, declare(api.call, declaration));
    const newer = { ...declaration, type: 'Flags["a","b","c"]', version: '2.0' };
    await expectStatus(200, declare(api.call, newer));
    await addRule(api.call, 'tags', { user: 'x' }, ['a', 'c']);
    const tags = setting('tags', { type: Flags('a', 'b'), configurableFeatures: ['user'], defaultValue: [] });
    const { problems, onProblem } = collector();
    const client = await start({ settings: [tags], onProblem });
    await client.reload();
    expect(tags.get({ user: 'x' })).toEqual(new Set(['a']));
    expect(problems.map(({ kind }) => kind)).toEqual(['outdated', 'coerced']);
  });
});

describe('while a client runs', () => {
  it('a setting that is renamed, and renamed again, goes on under its old name', async () => {
    const cacheSize = cacheSizeOf();
    const client = await start({ settings: [cacheSize], onMissingFeature: 'resolve' });
    for (const [index, name] of ['size_of_cache', 'cache.size'].entries()) {
      const version = `1.${index + 1}`;
      await expectStatus(204, api.put(`/settings/cache_size/name`, { name, version }));
      await addRule(api.call, name, { user: `u${index}` }, index);
      await client.reload();
      expect(cacheSize.get({ user: `u${index}` })).toBe(index);
    }
    await client.reload();
    expect(client.status()).toMatchObject({ state: 'serving' });
  });

  it('a setting that is deleted goes back to its default, and holds up no other', async () => {
    const cacheSize = cacheSizeOf();
    const other = setting('other', { type: 'str', configurableFeatures: ['user'], defaultValue: 'x' });
    const { problems, onProblem } = collector();
    const client = await start({ settings: [cacheSize, other], onMissingFeature: 'resolve', onProblem });
    await addRule(api.call, 'cache_size', { user: 'a' }, 1);
    await addRule(api.call, 'other', { user: 'a' }, 'y');
    await client.reload();
    await expectStatus(204, api.delete('/settings/cache_size'));
    await client.reload();
    expect([cacheSize.get({ user: 'a' }), other.get({ user: 'a' })]).toEqual([60, 'y']);
    await client.reload();
    expect(problems).toMatchObject([{ kind: 'unknown-setting', setting: 'cache_size' }]);
    await declare(api.call);
    await addRule(api.call, 'cache_size', { user: 'a' }, 2);
    await client.reload();
    expect(cacheSize.get({ user: 'a' })).toBe(2);
  });

  it('a new order of the features is one of the values, too', async () => {
    const cacheSize = cacheSizeOf();
    const client = await start({ settings: [cacheSize], onMissingFeature: 'resolve' });
    await addRule(api.call, 'cache_size', { account: 'a' }, 1);
    await addRule(api.call, 'cache_size', { user: 'u' }, 2);
    await client.reload();
    expect(cacheSize.get({ account: 'a', user: 'u' })).toBe(2);
    await expectStatus(204, api.patch('/context_features/account/index', { to_after: 'theme' }));
    await client.reload();
    expect(cacheSize.get({ account: 'a', user: 'u' })).toBe(1);
  });

  it('other settings are added, and what changes is told', async () => {
    const client = await start();
    const cacheSize = cacheSizeOf();
    const other = setting('other', { type: 'str', configurableFeatures: ['user'], defaultValue: 'x' });
    await Promise.all([client.add(cacheSize), client.add(other)]);
    const changed = new Promise((resolve) => client.onChange(resolve));
    await addRule(api.call, 'other', { user: 'a' }, 'y');
    await client.reload();
    expect(await changed).toEqual(['other']);
    expect([cacheSize.get({ account: null, user: 'a', theme: null }), other.get({ user: 'a' })]).toEqual([60, 'y']);
  });

  it('the interval alone brings what is new', async () => {
    const cacheSize = cacheSizeOf();
    await start({ settings: [cacheSize], onMissingFeature: 'resolve', updateIntervalMs: 30 });
    await addRule(api.call, 'cache_size', { user: 'a' }, 1);
    await until('the new rule', () => cacheSize.get({ user: 'a' }) === 1);
  });
});

it('1 000 settings are declared, asked for and kept apart', async () => {
  const settings = Array.from({ length: 1_000 }, (_, index) =>
    setting(`service.some_subsystem.setting_${index}`, {
      type: 'int',
      configurableFeatures: ['user'],
      defaultValue: index,
    }),
  );
  // What is changed is asked for all at once, by hand.
  const client = await start({ settings, updates: 'poll' });
  expect([...client.outcomes().values()].every(({ outcome }) => outcome === 'created')).toBe(true);
  for (const index of [0, 499, 999]) await addRule(api.call, settings[index]?.name ?? '', { user: 'a' }, -1);
  const changed = new Promise((resolve) => client.onChange(resolve));
  await client.reload();
  expect(await changed).toEqual([0, 499, 999].map((index) => settings[index]?.name));
  expect(settings.map((one) => one.get({ user: 'b' }))).toEqual(settings.map((_, index) => index));
  expect(settings.filter((one) => one.get({ user: 'a' }) === -1)).toHaveLength(3);
  const before = client.status().revision;
  await client.reload();
  expect(client.status().revision).toBe(before);
}, 240_000);

it('a service that restarts is found again; meanwhile the last values hold', async () => {
  const database = await createDatabase();
  const first = await startTestService({}, database);
  await addFeatures(first.call, ...FEATURES);
  const port = new URL(first.url).port;
  const cacheSize = cacheSizeOf();
  const client = await start({
    url: first.url,
    settings: [cacheSize],
    onMissingFeature: 'resolve',
    updateIntervalMs: 50,
  });
  await addRule(first.call, 'cache_size', { user: 'a' }, 1);
  await client.reload();
  await first.stop();
  await until('a failure', () => client.status().failures > 0);
  expect(cacheSize.get({ user: 'a' })).toBe(1);
  expect(client.status()).toMatchObject({ state: 'failing', source: 'service' });
  const second = await startTestService({ PORT: port }, database);
  try {
    await addRule(second.call, 'cache_size', { user: 'b' }, 2);
    await until('the new rule', () => cacheSize.get({ user: 'b' }) === 2);
    expect(client.status()).toMatchObject({ state: 'serving', failures: 0 });
  } finally {
    await client.close();
    await second.stop();
    await database.drop();
  }
});
