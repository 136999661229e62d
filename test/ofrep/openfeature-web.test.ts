import { createRequire } from 'node:module';
import type * as Provider from '@openfeature/ofrep-web-provider';
import type * as Sdk from '@openfeature/web-sdk';
import {
  addFeatures,
  addRollout,
  addRule,
  declare,
  expectStatus,
  startTestService,
} from '../support/service/service.js';
import { startTcpProxy } from '../support/http/tcp-proxy.js';
import { until } from '../support/service/until.js';
import { useService } from '../support/service/use-service.js';

// Their ECMAScript modules are meant for bundlers.
const require = createRequire(import.meta.url);
const { OpenFeature, ProviderEvents } = require('@openfeature/web-sdk') as typeof Sdk;
const { OFREPWebProvider } = require('@openfeature/ofrep-web-provider') as typeof Provider;

const ENV = { HEKSHER_TARGETING_FEATURE: 'user' };
const api = useService(ENV);

beforeAll(async () => {
  await addFeatures(api.call, 'account', 'user', 'theme');
  await declare(api.call);
  await declare(api.call, { name: 'flag', type: 'bool', default_value: false });
  await declare(api.call, { name: 'text', type: 'str', default_value: 'hello' });
  await declare(api.call, { name: 'object', type: 'Mapping<int>', default_value: { a: 1 } });
  await addRule(api.call, 'cache_size', { theme: 'dark' }, 20);
  await addRollout(api.call, 'flag', { percentage: 100, value: true });
});
afterAll(() => OpenFeature.close());

type Asked = Readonly<{ status: number; ifNoneMatch: string | null }>;

/** A client of a provider, with what its provider has asked so far. */
async function connect(
  domain: string,
  context: Record<string, string>,
  options: Readonly<{ baseUrl?: string; pollInterval?: number }> = {},
): Promise<{ client: Sdk.Client; asked: Asked[] }> {
  const asked: Asked[] = [];
  const recordingFetch: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    const ifNoneMatch = input instanceof Request ? input.headers.get('if-none-match') : null;
    asked.push({ status: response.status, ifNoneMatch });
    return response;
  };
  const provider = new OFREPWebProvider({
    baseUrl: api.url(),
    cacheMode: 'disabled',
    fetchImplementation: recordingFetch,
    ...options,
  });
  await OpenFeature.setProviderAndWait(domain, provider, context);
  return { client: OpenFeature.getClient(domain), asked };
}

it('flags of each type, with reasons, variants and metadata', async () => {
  const { client } = await connect('types', { targetingKey: 'bob', theme: 'dark' });
  expect(client.getNumberDetails('cache_size', 0)).toEqual({
    flagKey: 'cache_size',
    value: 20,
    reason: 'TARGETING_MATCH',
    variant: 'rule-1',
    flagMetadata: { rule_id: 1, version: '1.0' },
  });
  expect(client.getBooleanDetails('flag', false)).toMatchObject({ value: true, reason: 'SPLIT', variant: 'rollout-1' });
  expect(client.getStringDetails('text', '')).toMatchObject({ value: 'hello', reason: 'STATIC', variant: 'default' });
  expect(client.getObjectValue('object', {})).toEqual({ a: 1 });
});

it('an unknown flag and one of another type are the default of the code', async () => {
  const { client } = await connect('errors', {});
  expect(client.getBooleanDetails('nothing', true)).toMatchObject({ value: true, errorCode: 'FLAG_NOT_FOUND' });
  expect(client.getBooleanDetails('text', true)).toMatchObject({ value: true, errorCode: 'TYPE_MISMATCH' });
});

it('polls with the tag it has, is answered 304 while nothing changes, and then has what changed', async () => {
  const { client, asked } = await connect('polling', { targetingKey: 'bob' }, { pollInterval: 50 });
  await until('two polls', () => asked.length >= 3);
  expect(asked.map(({ status }) => status).slice(0, 3)).toEqual([200, 304, 304]);
  expect(asked[1]?.ifNoneMatch).toMatch(/^"/);
  await expectStatus(204, api.put('/settings/text/type', { type: 'str', version: '1.1' }));
  const rule = await addRule(api.call, 'text', { user: 'bob' }, 'changed');
  await until('the change', () => client.getStringValue('text', '') === 'changed');
  await expectStatus(204, api.delete(`/rules/${rule}`));
  await until('the change back', () => client.getStringValue('text', '') === 'hello');
});

it('has the flags of its context when only an attribute changes, though it keeps its tag', async () => {
  const { client, asked } = await connect('attributes', { targetingKey: 'bob', theme: 'dark' });
  expect(client.getNumberValue('cache_size', 0)).toBe(20);
  await OpenFeature.setContext('attributes', { targetingKey: 'bob', theme: 'light' });
  expect(asked.at(-1)?.ifNoneMatch).toMatch(/^"/);
  expect(asked.at(-1)?.status).toBe(200);
  expect(client.getNumberValue('cache_size', 0)).toBe(60);
});

it('keeps its flags while the service is down, and goes on once it is back', async () => {
  const first = await startTestService(ENV, api.database());
  const upstream = { host: '127.0.0.1', port: portOf(first) };
  const proxy = await startTcpProxy(upstream);
  const baseUrl = `http://127.0.0.1:${proxy.port}`;
  const { client } = await connect('restarted', { targetingKey: 'bob' }, { baseUrl, pollInterval: 50 });
  let isStale = false;
  client.addHandler(ProviderEvents.Stale, () => (isStale = true));
  await first.stop();
  await until('the provider to notice', () => isStale);
  expect(client.getStringValue('text', '')).toBe('hello');
  await addRule(api.call, 'text', { user: 'bob' }, 'back');
  const second = await startTestService(ENV, api.database());
  upstream.port = portOf(second);
  await until('the flags', () => client.getStringValue('text', '') === 'back');
  await OpenFeature.clearProviders();
  await second.stop();
  await proxy.close();
});

function portOf({ url }: Readonly<{ url: string }>): number {
  return Number(new URL(url).port);
}
