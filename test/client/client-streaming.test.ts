import { createRequire } from 'node:module';
import type * as Sdk from '@openfeature/server-sdk';
import { HeksherClient, setting } from '@heksher/client';
import { HeksherProvider } from '@heksher/client/openfeature';
import { makeKey } from '../../apps/heksher/src/modules/access/api-key.js';
import { startTcpProxy } from '../support/http/tcp-proxy.js';
import { addFeatures, addRule, expectStatus, startTestService, type TestService } from '../support/service/service.js';
import { until } from '../support/service/until.js';

const require = createRequire(import.meta.url);
const { OpenFeature, ProviderEvents } = require('@openfeature/server-sdk') as typeof Sdk;

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
  await addFeatures(service.call, 'user');
});
afterAll(() => service.stop());

const sizeOf = (name: string) => setting(name, { type: 'int', configurableFeatures: ['user'], defaultValue: 60 });

/** Updates by the clock never come within a test. */
const options = (url: string) =>
  ({ url, updateIntervalMs: 1e9, updates: 'stream', onProblem: () => undefined }) as const;

const streams = (client: HeksherClient) => until('the stream', () => client.status().isStreaming);

const change = (of: TestService, id: number, value: number) =>
  expectStatus(204, of.call('PUT', `/api/v1/rules/${id}/value`, { body: { value } }));

test('each write is told of and served, and never with the value from before', async () => {
  const size = sizeOf('size');
  const client = await HeksherClient.start({ ...options(service.url), settings: [size] });
  await streams(client);
  const id = await addRule(service.call, 'size', { user: 'x' }, 0);
  await until('the rule', () => size.get({ user: 'x' }) === 0);
  let told = 0;
  const seen: number[] = [];
  const end = client.onChange((names) => {
    told += 1;
    expect(names).toEqual(['size']);
    seen.push(size.get({ user: 'x' }));
  });
  for (let value = 1; value <= 50; value += 1) {
    const before = told;
    await change(service, id, value);
    await until(`change ${value}`, () => told > before);
    expect(size.get({ user: 'x' })).toBe(value);
  }
  end();
  expect(seen).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
  await client.close();
});

test('what is written to other settings is not asked about; what is renamed and added is', async () => {
  const [one, added] = [sizeOf('mine'), sizeOf('added')];
  const client = await HeksherClient.start({ ...options(service.url), settings: [one] });
  const other = await HeksherClient.start({ ...options(service.url), settings: [sizeOf('theirs')], updates: 'poll' });
  await streams(client);
  let updates = 0;
  client.onStatus(() => (updates += 1));
  for (let user = 0; user < 30; user += 1) await addRule(service.call, 'theirs', { user: `${user}` }, 1);
  await expectStatus(
    204,
    service.call('PUT', '/api/v1/settings/mine/name', { body: { name: 'ours', version: '1.1' } }),
  );
  await addRule(service.call, 'ours', { user: 'x' }, 7);
  await until('the rule of what was renamed', () => one.get({ user: 'x' }) === 7);
  // Two for the beginning of the stream, and two for what was written.
  expect(updates).toBeLessThanOrEqual(4);
  await client.add(added);
  await streams(client);
  await addRule(service.call, 'added', { user: 'x' }, 8);
  await until('the rule of what was added', () => added.get({ user: 'x' }) === 8);
  await Promise.all([client.close(), other.close()]);
});

test('the service tells which client serves a revision', async () => {
  const client = await HeksherClient.start({
    ...options(service.url),
    settings: [sizeOf('reported')],
    name: 'shop/pod-7',
  });
  await streams(client);
  const answer = await expectStatus(
    201,
    service.call('POST', '/api/v1/rules', { body: { setting: 'reported', feature_values: { user: 'x' }, value: 1 } }),
  );
  const revision = answer.headers.get('heksher-revision') ?? '';
  const sent = await until('the event', async () => {
    const { body } = await service.call('GET', `/api/v1/propagation?revision=${revision}`);
    const { clients } = body as { clients: { client: string; sent: string | null; is_open: boolean }[] };
    return clients.find(({ client: name, sent: last }) => name === 'shop/pod-7' && last === revision);
  });
  expect(sent).toMatchObject({ is_open: true });
  await client.close();
});

test('events of OpenFeature follow: what changed, that the service is away, and that it is back', async () => {
  const own = await startTestService();
  await addFeatures(own.call, 'user');
  const proxy = await startTcpProxy({ host: '127.0.0.1', port: Number(new URL(own.url).port) });
  const size = sizeOf('flag');
  const client = await HeksherClient.start({ ...options(`http://127.0.0.1:${proxy.port}`), settings: [size] });
  await streams(client);
  await OpenFeature.setProviderAndWait(new HeksherProvider(client));
  const seen: string[] = [];
  for (const event of Object.values(ProviderEvents))
    OpenFeature.getClient().addHandler(event, (told) => {
      const flags: unknown = told !== undefined && 'flagsChanged' in told ? told.flagsChanged : [];
      seen.push([event, flags].flat().join(' '));
    });
  const sees = (...events: readonly string[]) =>
    until(events.join(), () => seen.join() === events.join()).catch(() => expect(seen).toEqual(events));
  await addRule(own.call, 'flag', { user: 'x' }, 1);
  await sees('PROVIDER_READY', 'PROVIDER_CONFIGURATION_CHANGED flag');
  proxy.cut();
  await sees('PROVIDER_READY', 'PROVIDER_CONFIGURATION_CHANGED flag', 'PROVIDER_STALE');
  await addRule(own.call, 'flag', { user: 'y' }, 2);
  proxy.restore();
  await until('ready', () => seen.at(-1) === 'PROVIDER_READY' || seen.at(-2) === 'PROVIDER_READY');
  await until('the value', () => size.get({ user: 'y' }) === 2);
  expect(seen.slice(3).sort()).toEqual(['PROVIDER_CONFIGURATION_CHANGED flag', 'PROVIDER_READY']);
  await OpenFeature.close();
  await client.close();
  await proxy.close();
  await own.stop();
});

test('a stream ends with the key that it was opened by, and the client says so', async () => {
  const admin = makeKey().text;
  const own = await startTestService({ HEKSHER_AUTH: 'on', HEKSHER_ADMIN_KEY: admin });
  const headers = { authorization: `Bearer ${admin}` };
  const call: TestService['call'] = (method, path, sent) => own.call(method, path, { ...sent, headers });
  await addFeatures(call, 'user');
  const body = { subject: 'program', grants: ['read', 'declare'] };
  const { id, key } = (await expectStatus(201, call('POST', '/api/v1/keys', { body }))).body as {
    id: string;
    key: string;
  };
  const size = sizeOf('guarded');
  const kinds: string[] = [];
  const client = await HeksherClient.start({
    ...options(own.url),
    settings: [size],
    authorization: `Bearer ${key}`,
    onProblem: ({ kind }) => kinds.push(kind),
  });
  await streams(client);
  const rule = await addRule(call, 'guarded', { user: 'x' }, 1);
  await until('the rule', () => size.get({ user: 'x' }) === 1);
  await expectStatus(204, call('DELETE', `/api/v1/keys/${id}`));
  await expectStatus(204, call('PUT', `/api/v1/rules/${rule}/value`, { body: { value: 2 } }));
  await until('the refusal', () => kinds.includes('credentials'));
  expect(size.get({ user: 'x' })).toBe(1);
  await client.close();
  await own.stop();
});

test('where a principal has as many streams as it may, the next client polls, and streams once there is room', async () => {
  const admin = makeKey().text;
  const env = { HEKSHER_AUTH: 'on', HEKSHER_ADMIN_KEY: admin, HEKSHER_STREAMS_PER_PRINCIPAL: '1' };
  const own = await startTestService(env);
  const headers = { authorization: `Bearer ${admin}` };
  const call: TestService['call'] = (method, path, sent) => own.call(method, path, { ...sent, headers });
  await addFeatures(call, 'user');
  const problems: string[] = [];
  const common = { ...options(own.url), authorization: headers.authorization };
  const first = await HeksherClient.start({ ...common, settings: [sizeOf('shared')] });
  await streams(first);
  const size = sizeOf('shared');
  const second = await HeksherClient.start({
    ...common,
    settings: [size],
    updateIntervalMs: 100,
    onProblem: ({ kind, message }) => problems.push(`${kind}: ${message}`),
  });
  await until('the refusal', () => problems.length > 0);
  expect(problems).toEqual([expect.stringMatching(/^stream: .*503/) as string]);
  expect(second.status().isStreaming).toBe(false);
  await addRule(call, 'shared', { user: 'x' }, 1);
  await until('the rule', () => size.get({ user: 'x' }) === 1);
  expect(first.status().isStreaming).toBe(true);
  await first.close();
  await until('the stream', () => second.status().isStreaming, 60_000);
  await second.close();
  await own.stop();
}, 120_000);
