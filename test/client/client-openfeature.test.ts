import { createRequire } from 'node:module';
import type * as Remote from '@openfeature/ofrep-provider';
import type * as Sdk from '@openfeature/server-sdk';
import { Enum, Flags, HeksherClient, Mapping, Sequence, setting } from '@heksher/client';
import { HeksherProvider, type HeksherProviderOptions } from '@heksher/client/openfeature';
import { addFeatures, addRollout, addRule, expectStatus, startTestService } from '../support/service/service.js';
import { startTcpProxy } from '../support/http/tcp-proxy.js';
import { until } from '../support/service/until.js';
import { useService } from '../support/service/use-service.js';

// The provider has the SDK's ECMAScript modules, and these tests, as some applications, the others: two copies.
const require = createRequire(import.meta.url);
const { OpenFeature, ProviderEvents, ProviderStatus } = require('@openfeature/server-sdk') as typeof Sdk;
const { OFREPProvider } = require('@openfeature/ofrep-provider') as typeof Remote;

const ENV = { HEKSHER_TARGETING_FEATURE: 'user' };
const api = useService(ENV);
const by = { configurableFeatures: ['account', 'user', 'theme'] } as const;

/** Each test that changes settings has them anew: a setting is served by one client at a time. */
const makeSettings = () => [
  setting('flag', { ...by, type: 'bool', defaultValue: false }),
  setting('ramp', { ...by, type: 'bool', defaultValue: false }),
  setting('off', { ...by, type: 'bool', defaultValue: false }),
  setting('text', { ...by, type: 'str', defaultValue: 'é😀' }),
  setting('number', { ...by, type: 'float', defaultValue: 1.5 }),
  setting('level', { ...by, type: Enum('low', 7, 8), defaultValue: 'low' }),
  setting('object', { ...by, type: Mapping(Sequence(Flags('b', 'a'))), defaultValue: { x: [['b', 'a'], []] } }),
  setting('list', { ...by, type: 'Sequence<int>', defaultValue: [1, 2] }),
  setting('experiment', { ...by, type: 'str', defaultValue: 'none' }),
  setting('crowd', { ...by, type: 'int', defaultValue: 0 }),
];

let client: HeksherClient;
beforeAll(async () => {
  await addFeatures(api.call, 'account', 'user', 'theme');
  client = await HeksherClient.start({ url: api.url(), settings: makeSettings() });
  await addRule(api.call, 'flag', { account: 'jim' }, true);
  await addRule(api.call, 'level', { theme: 'true' }, 7);
  await addRule(api.call, 'level', { theme: '5' }, 8);
  await addRollout(api.call, 'flag', { percentage: 30, value: true, pattern: '@example\\.com$' });
  await addRollout(api.call, 'ramp', {
    ramp: { start: '2020-01-01T00:00:00Z', end: '2020-01-02T00:00:00Z', from: 0, to: 50 },
    value: true,
  });
  await addRollout(api.call, 'off', { enabled: false, percentage: 100, value: true });
  const variants = ['blue', 'red', 'green'].map((name) => ({ name, value: name.slice(0, 1), weight: 1 }));
  await addRollout(api.call, 'experiment', { percentage: 60, variants });
  const crowd = await addRollout(api.call, 'crowd', { feature_values: { theme: 'dark' }, value: 2 });
  const add = Array.from({ length: 1200 }, (_, index) => `member-${index}`);
  await expectStatus(200, api.post(`/rollouts/${crowd}/members`, { add }));
  await addRollout(api.call, 'crowd', { percentage: 50, value: 1 });
  await client.reload();
  await OpenFeature.setProviderAndWait('local', new HeksherProvider(client, { targetingFeature: 'user' }));
  await OpenFeature.setProviderAndWait('remote', new OFREPProvider({ baseUrl: api.url() }));
});
afterAll(async () => {
  await OpenFeature.close();
  await client.close();
});

type Asker = Readonly<{ key: string; ask: (of: Sdk.Client, context: Sdk.EvaluationContext) => Promise<unknown> }>;

const boolean = (key: string): Asker => ({ key, ask: (of, context) => of.getBooleanDetails(key, true, context) });
const string = (key: string): Asker => ({ key, ask: (of, context) => of.getStringDetails(key, '?', context) });
const number = (key: string): Asker => ({ key, ask: (of, context) => of.getNumberDetails(key, -1, context) });
const object = (key: string): Asker => ({ key, ask: (of, context) => of.getObjectDetails(key, {}, context) });

/** What both say: only OFREP tells the version of the setting, and only this program knows what it declared. */
async function details(
  domain: string,
  { ask }: Asker,
  context: Sdk.EvaluationContext,
): Promise<Record<string, unknown>> {
  const all = (await ask(OpenFeature.getClient(domain), context)) as Record<string, unknown>;
  const flagMetadata = { ...(all['flagMetadata'] as Record<string, unknown>) };
  delete flagMetadata['version'];
  return { ...all, flagMetadata, errorMessage: undefined };
}

/** Whom to ask, and all reasons there are for what they say in the contexts below. */
const ASKED: readonly (readonly [asker: Asker, reasons: readonly string[]])[] = [
  [boolean('flag'), ['DEFAULT', 'SPLIT', 'TARGETING_MATCH']],
  [boolean('ramp'), ['DEFAULT', 'SPLIT']],
  [boolean('off'), ['DISABLED']],
  [boolean('text'), ['ERROR']],
  [boolean('nothing'), ['ERROR']],
  [string('text'), ['STATIC']],
  [string('level'), ['DEFAULT', 'ERROR']],
  [string('experiment'), ['DEFAULT', 'SPLIT']],
  [string('number'), ['ERROR']],
  [number('number'), ['STATIC']],
  [number('level'), ['ERROR', 'TARGETING_MATCH']],
  [number('crowd'), ['DEFAULT', 'SPLIT', 'TARGETING_MATCH']],
  [number('object'), ['ERROR']],
  [object('object'), ['STATIC']],
  [object('list'), ['STATIC']],
  [object('level'), ['ERROR']],
  [object('flag'), ['ERROR']],
];

const CONTEXTS: readonly Sdk.EvaluationContext[] = [
  {},
  { targetingKey: '' },
  { targetingKey: 'bob', account: 'jim' },
  { targetingKey: 'bob@example.com' },
  { targetingKey: 'bob@example.com', user: 'ann' },
  { targetingKey: 'bob@example.com', user: '' },
  { user: 'bob@example.com', since: new Date(0), address: { city: 'x' } },
  { user: new Date(0), theme: true },
  { user: 12345, theme: 5 },
  { user: 2 ** 60, theme: NaN },
  { user: 1e21, theme: [1] },
  { user: 'x'.repeat(256) },
  { user: '😀'.repeat(255), theme: { a: 1 } },
  ...Array.from({ length: 25 }, (_, index) => ({ targetingKey: `user-${index}`, theme: 'dark' })),
  ...[1, 1100, 1199, 1200, 1201].map((index) => ({ targetingKey: `member-${index}` })),
  ...[1, 1100, 1199, 1200, 1201].map((index) => ({ targetingKey: `member-${index}`, theme: 'dark' })),
];

it.each(ASKED.map(([asker, reasons]) => [asker.key, asker, reasons] as const))(
  'says of %s what the service says over OFREP, in every context',
  async (_, asker, reasons) => {
    const seen = new Set<unknown>();
    for (const context of CONTEXTS) {
      const [local, remote] = [await details('local', asker, context), await details('remote', asker, context)];
      expect({ context, ...local }).toEqual({ context, ...remote });
      seen.add(local['reason']);
    }
    expect([...seen].sort()).toEqual(reasons);
  },
);

describe('an error', () => {
  const ask = (domain: string, key: string, context = {}) =>
    OpenFeature.getClient(domain).getBooleanDetails(key, true, context);

  it('of a flag that is not declared names it', async () => {
    expect(await ask('local', 'nothing')).toMatchObject({
      value: true,
      errorCode: 'FLAG_NOT_FOUND',
      errorMessage: expect.stringContaining('no setting "nothing" is declared') as string,
    });
  });

  it('of a type says what the value is', async () => {
    expect(await ask('local', 'text')).toMatchObject({
      errorCode: 'TYPE_MISMATCH',
      errorMessage: '"text" is "é😀", not a boolean',
    });
  });

  it('of a context that lacks something comes where that is wanted, and says what', async () => {
    const strict: HeksherProviderOptions = { targetingFeature: 'user', onMissingFeature: 'throw' };
    await OpenFeature.setProviderAndWait('strict', new HeksherProvider(client, strict));
    const [theme, account] = ['light', 'jim'];
    expect(await ask('strict', 'flag', { account, theme })).toMatchObject({
      value: true,
      errorCode: 'TARGETING_KEY_MISSING',
      errorMessage: expect.stringContaining('configurable by "user"') as string,
    });
    expect(await ask('strict', 'flag', { targetingKey: 'bob', theme })).toMatchObject({ errorCode: 'INVALID_CONTEXT' });
    const whole = { targetingKey: 'bob', account, theme };
    expect(await ask('strict', 'flag', whole)).toMatchObject({ value: true, reason: 'TARGETING_MATCH' });
  });
});

it('contexts of the client count where OpenFeature has none', async () => {
  const ask = (context: Sdk.EvaluationContext) =>
    OpenFeature.getClient('local').getBooleanValue('flag', false, { targetingKey: 'nobody@x', ...context });
  const [without, within] = [await ask({}), await client.withContext({ account: 'jim' }, () => ask({}))];
  expect([without, within]).toEqual([false, true]);
  expect(await client.withContext({ account: 'jim' }, () => ask({ account: 'joe' }))).toBe(false);
});

it('a provider that is replaced while its client starts closes that, too', async () => {
  let started: HeksherClient | undefined;
  let goOn: () => void = () => undefined;
  const told = new Promise<void>((resolve) => (goOn = resolve));
  const slow = new HeksherProvider(async () => {
    await told;
    started = await HeksherClient.start({ url: api.url() });
    return started;
  });
  OpenFeature.setProvider('replaced', slow);
  await OpenFeature.setProviderAndWait('replaced', new HeksherProvider(client));
  goOn();
  await until('the end', () => started?.status().state === 'closed' || undefined);
  expect(await OpenFeature.getClient('replaced').getStringValue('text', '')).toBe('é😀');
});

describe('events', () => {
  /** The events of a provider from here on, each as its name, flags and whether it says why. */
  function record(domain: string): readonly string[] {
    const seen: string[] = [];
    for (const event of Object.values(ProviderEvents)) {
      OpenFeature.getClient(domain).addHandler(event, (told) => {
        const flags: unknown = told !== undefined && 'flagsChanged' in told ? told.flagsChanged : [];
        seen.push([event, flags].flat().join(' '));
      });
    }
    return seen;
  }

  const sees = (seen: readonly string[], ...events: readonly string[]) =>
    until(events.join(), () => seen.join() === events.join() || undefined).catch(() => expect(seen).toEqual(events));

  /** A service that can go away, with a setting `size`. */
  async function setUp() {
    const service = await startTestService(ENV);
    await addFeatures(service.call, 'account', 'user', 'theme');
    const proxy = await startTcpProxy({ host: '127.0.0.1', port: Number(new URL(service.url).port) });
    const size = setting('size', { ...by, type: 'int', defaultValue: 1 });
    const options = { url: `http://127.0.0.1:${proxy.port}`, settings: [size], updateIntervalMs: 1e6 };
    const end = async () => {
      await proxy.close();
      await service.stop();
    };
    return { service, proxy, options, size, end };
  }

  it('tell that values changed, are old, and are current again', async () => {
    const { service, proxy, options, end } = await setUp();
    const own = await HeksherClient.start(options);
    const seen = record('events');
    await OpenFeature.setProviderAndWait('events', new HeksherProvider(own));
    await sees(seen, 'PROVIDER_READY');
    await own.reload();
    await addRule(service.call, 'size', { user: 'x' }, 2);
    await own.reload();
    await sees(seen, 'PROVIDER_READY', 'PROVIDER_CONFIGURATION_CHANGED size');
    proxy.cut();
    await expect(own.reload()).rejects.toThrow();
    await expect(own.reload()).rejects.toThrow();
    await sees(seen, 'PROVIDER_READY', 'PROVIDER_CONFIGURATION_CHANGED size', 'PROVIDER_STALE');
    const asking = OpenFeature.getClient('events');
    expect(asking.providerStatus).toBe('STALE');
    expect(await asking.getNumberValue('size', 0, { user: 'x' })).toBe(2);
    proxy.restore();
    await addRule(service.call, 'size', { user: 'y' }, 3);
    await own.reload();
    await until('ready', () => asking.providerStatus === ProviderStatus.READY || undefined);
    expect(await asking.getNumberValue('size', 0, { user: 'y' })).toBe(3);
    await own.close();
    await until('stale', () => asking.providerStatus === ProviderStatus.STALE || undefined);
    await end();
  });

  it('tell of a start that failed, and of one without any values', async () => {
    const { proxy, options, end, size } = await setUp();
    proxy.cut();
    const failing = new HeksherProvider(() => HeksherClient.start(options));
    const seen = record('failing');
    await expect(OpenFeature.setProviderAndWait('failing', failing)).rejects.toThrow(/ECONN|socket|closed/);
    await sees(seen, 'PROVIDER_ERROR');
    const seenWithout = record('without');
    const started: HeksherClient[] = [];
    const without = new HeksherProvider(async () => {
      started.push(await HeksherClient.start({ ...options, onUnavailable: 'continue' }));
      return started[0] as HeksherClient;
    });
    await OpenFeature.setProviderAndWait('without', without);
    await sees(seenWithout, 'PROVIDER_READY', 'PROVIDER_ERROR');
    const asking = OpenFeature.getClient('without');
    expect(await asking.getNumberDetails('size', 0)).toMatchObject({ value: 1, reason: 'DEFAULT' });
    proxy.restore();
    await started[0]?.reload();
    await until('ready', () => asking.providerStatus === ProviderStatus.READY || undefined);
    expect(await asking.getNumberDetails('size', 0)).toMatchObject({ value: 1, reason: 'STATIC' });
    await OpenFeature.setProviderAndWait('without', new HeksherProvider(client));
    await until('the end', () => started[0]?.status().state === 'closed' || undefined);
    expect(size.get({ account: null, user: null, theme: null })).toBe(1);
    await end();
  });

  it('tell of a start from a snapshot, whose values may be old', async () => {
    const { proxy, options, end } = await setUp();
    const first = await HeksherClient.start(options);
    const bootstrap = first.snapshot();
    await first.close();
    proxy.cut();
    const own = await HeksherClient.start({ ...options, bootstrap });
    const seen = record('bootstrap');
    await OpenFeature.setProviderAndWait('bootstrap', new HeksherProvider(own));
    await sees(seen, 'PROVIDER_READY', 'PROVIDER_STALE');
    await OpenFeature.setProviderAndWait('bootstrap', new HeksherProvider(client));
    expect(own.status().state).toBe('failing');
    await own.close();
    await end();
  });
});
