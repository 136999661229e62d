import { createRequire } from 'node:module';
import type * as Provider from '@openfeature/ofrep-provider';
import type * as Sdk from '@openfeature/server-sdk';
import { addFeatures, addRollout, addRule, declare, startTestService } from '../support/service/service.js';
import { startTcpProxy } from '../support/http/tcp-proxy.js';
import { useService } from '../support/service/use-service.js';

// Their ECMAScript modules are meant for bundlers.
const require = createRequire(import.meta.url);
const { OpenFeature } = require('@openfeature/server-sdk') as typeof Sdk;
const { OFREPProvider } = require('@openfeature/ofrep-provider') as typeof Provider;

const ENV = { HEKSHER_TARGETING_FEATURE: 'user' };
const api = useService(ENV);

beforeAll(async () => {
  await addFeatures(api.call, 'account', 'user', 'theme');
  const configurable_features = ['account', 'user', 'theme'];
  const settings: readonly (readonly [name: string, type: string, value: unknown])[] = [
    ['flag', 'bool', false],
    ['text', 'str', 'é😀'],
    ['number', 'float', 1.5],
    ['object', 'Mapping<Sequence<int>>', { a: [1, 2] }],
    ['list', 'Sequence<int>', [1, 2]],
    ['experiment', 'str', 'none'],
  ];
  for (const [name, type, default_value] of settings) {
    await declare(api.call, { name, type, default_value, configurable_features });
  }
  await addRule(api.call, 'flag', { account: 'jim' }, true);
  await addRollout(api.call, 'flag', { percentage: 0, value: true, pattern: '@example\\.com$' });
  const variants = [{ name: 'blue', value: 'b', weight: 1 }];
  await addRollout(api.call, 'experiment', { percentage: 100, variants });
  await OpenFeature.setProviderAndWait('flags', new OFREPProvider({ baseUrl: api.url() }));
});
afterAll(() => OpenFeature.close());

const client = (): Sdk.Client => OpenFeature.getClient('flags');

describe('details of', () => {
  it('a default, with the version of its setting', async () => {
    expect(await client().getBooleanDetails('flag', true, { targetingKey: 'bob' })).toEqual({
      flagKey: 'flag',
      value: false,
      reason: 'DEFAULT',
      variant: 'default',
      flagMetadata: { version: '1.0' },
    });
  });

  it('a rule', async () => {
    const details = await client().getBooleanDetails('flag', false, { targetingKey: 'bob', account: 'jim' });
    expect(details).toMatchObject({ value: true, reason: 'TARGETING_MATCH', variant: 'rule-1' });
    expect(details.flagMetadata).toEqual({ rule_id: 1, version: '1.0' });
  });

  it('a rollout that has the unit by its pattern', async () => {
    const details = await client().getBooleanDetails('flag', false, { targetingKey: 'bob@example.com' });
    expect(details).toMatchObject({ value: true, reason: 'TARGETING_MATCH', variant: 'rollout-1' });
    expect(details.flagMetadata).toEqual({ rollout_id: 1, version: '1.0' });
  });

  it('a variant', async () => {
    const details = await client().getStringDetails('experiment', 'x', { targetingKey: 'bob' });
    expect(details).toMatchObject({ value: 'b', reason: 'SPLIT', variant: 'blue' });
  });

  it('an experiment of which nobody is known', async () => {
    const details = await client().getStringDetails('experiment', 'x');
    expect(details).toMatchObject({ value: 'none', reason: 'DEFAULT', variant: 'default' });
  });
});

it('values of each type arrive as they are', async () => {
  expect(await client().getStringValue('text', '')).toBe('é😀');
  expect(await client().getNumberValue('number', 0)).toBe(1.5);
  expect(await client().getObjectValue('object', {})).toEqual({ a: [1, 2] });
  expect(await client().getObjectValue('list', [])).toEqual([1, 2]);
});

it.each<[key: string, errorCode: string]>([
  ['nothing', 'FLAG_NOT_FOUND'],
  ['a/b', 'FLAG_NOT_FOUND'],
  ['text', 'TYPE_MISMATCH'],
])('a boolean %s is the default of the code, with %s', async (key, errorCode) => {
  const details = await client().getBooleanDetails(key, true, { targetingKey: 'bob' });
  expect(details).toMatchObject({ value: true, reason: 'ERROR', errorCode });
});

it('the error of a flag that does not exist names it', async () => {
  const { errorMessage } = await client().getBooleanDetails('nothing', true);
  expect(errorMessage).toBe('the setting "nothing" does not exist');
});

it('a date and a structure in the context do no harm', async () => {
  const context = { targetingKey: 'bob', since: new Date(), account: 'jim', address: { city: 'x' }, theme: { a: 1 } };
  expect(await client().getBooleanValue('flag', false, context)).toBe(true);
});

it('a stored value that cannot be read is an error of that flag alone', async () => {
  await declare(api.call, { name: 'broken', type: 'float', default_value: 1 });
  const rule = await addRule(api.call, 'broken', { user: 'bob' }, 2);
  await api.sql('alter table rules drop constraint rules_value_check');
  await api.sql(`update rules set value = 'NaN' where id = $1`, [rule]);
  const details = await client().getNumberDetails('broken', 7, { targetingKey: 'bob' });
  expect(details).toMatchObject({ value: 7, reason: 'ERROR', errorCode: 'PARSE_ERROR' });
  expect(details.errorMessage).toContain('NaN');
  expect(await client().getNumberValue('number', 0)).toBe(1.5);
});

it('while the service is down code has its defaults, and once it is back its flags', async () => {
  const first = await startTestService(ENV, api.database());
  const upstream = { host: '127.0.0.1', port: portOf(first) };
  const proxy = await startTcpProxy(upstream);
  await OpenFeature.setProviderAndWait('restarted', new OFREPProvider({ baseUrl: `http://127.0.0.1:${proxy.port}` }));
  const restarted = OpenFeature.getClient('restarted');
  expect(await restarted.getStringValue('text', 'code')).toBe('é😀');
  await first.stop();
  expect(await restarted.getStringDetails('text', 'code')).toMatchObject({ value: 'code', reason: 'ERROR' });
  const second = await startTestService(ENV, api.database());
  upstream.port = portOf(second);
  expect(await restarted.getStringDetails('text', 'code')).toMatchObject({ value: 'é😀', reason: 'STATIC' });
  await second.stop();
  await proxy.close();
});

function portOf({ url }: Readonly<{ url: string }>): number {
  return Number(new URL(url).port);
}
