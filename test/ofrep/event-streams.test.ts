import { createRequire } from 'node:module';
import type * as Provider from '@openfeature/ofrep-web-provider';
import type * as Sdk from '@openfeature/web-sdk';
import { EventSource } from 'eventsource';
import { eventsOf, openStream } from '../support/feed/event-reader.js';
import { addFeatures, addRollout, addRule, declare, expectStatus } from '../support/service/service.js';
import { until } from '../support/service/until.js';
import { useService } from '../support/service/use-service.js';

// Their ECMAScript modules are meant for bundlers.
const require = createRequire(import.meta.url);
const { OpenFeature, ProviderEvents } = require('@openfeature/web-sdk') as typeof Sdk;
const { OFREPWebProvider } = require('@openfeature/ofrep-web-provider') as typeof Provider;

const ORIGIN = 'https://app.example.com';
const api = useService({ HEKSHER_TARGETING_FEATURE: 'user', HEKSHER_CORS_ORIGINS: ORIGIN });

/** What browsers have and this version of Node has not. */
Object.assign(globalThis, { EventSource });

beforeAll(async () => {
  await addFeatures(api.call, 'account', 'user', 'theme');
  await declare(api.call);
  await declare(api.call, { name: 'count', type: 'int', default_value: 0 });
});
afterAll(() => OpenFeature.close());

async function now(): Promise<string> {
  return ((await api.get('/changes')).body as { next: string }).next;
}

const streamUrl = (): string => `${api.url()}/ofrep/v1/events/configuration`;

const bulk = (headers: Readonly<Record<string, string>> = {}) =>
  api.call('POST', '/ofrep/v1/evaluate/flags', { body: { context: {} }, headers });

it('the answer with all flags names the stream, and its tag holds for it too', async () => {
  const answer = await bulk();
  expect(answer.body).toMatchObject({
    eventStreams: [
      { type: 'sse', endpoint: { requestUri: '/ofrep/v1/events/configuration' }, inactivityDelaySec: 120 },
    ],
  });
  const again = await bulk({ 'If-None-Match': answer.headers.get('etag') ?? '' });
  expect([again.status, again.text]).toEqual([304, '']);
  const past = await api.call('POST', `/ofrep/v1/evaluate/flags?as_of=${(await now()).split('-')[0]}`, { body: {} });
  expect(past.body).not.toHaveProperty('eventStreams');
});

it('the stream says when to fetch flags again, with the revision and its time', async () => {
  const stream = await openStream(streamUrl());
  await until('its place', () => stream.blocks.length === 2);
  const before = Math.floor(Date.now() / 1_000);
  await addRule(api.call, 'cache_size', { user: 'ann' }, 1);
  const [event] = await eventsOf(stream, 1);
  const cursor = await now();
  expect(event).toMatchObject({ id: cursor, event: 'message' });
  const notice = JSON.parse(event?.data ?? '') as { lastModified: number };
  expect(notice).toEqual({ type: 'refetchEvaluation', etag: `"${cursor}"`, lastModified: notice.lastModified });
  expect(Math.abs(notice.lastModified - before)).toBeLessThan(60);
  stream.close();
});

it('says nothing of what no flag shows, and of members all the same', async () => {
  const rule = await addRule(api.call, 'cache_size', { user: 'bob' }, 1);
  const rollout = await addRollout(api.call, 'cache_size', { value: 5, members: ['ann'] });
  const stream = await openStream(streamUrl());
  await until('its place', () => stream.blocks.length === 2);
  await expectStatus(204, api.put(`/rules/${rule}/metadata/ticket`, { value: 'OPS-1' }));
  await api.sql('update rules set value = value');
  await expectStatus(200, api.put(`/rollouts/${rollout}/members`, { members: ['bob'] }));
  const [event] = await eventsOf(stream, 1);
  expect(event?.id).toBe(await now());
  stream.close();
});

it('who comes back after a while is told once, wherever it was', async () => {
  const start = await now();
  for (const user of ['u1', 'u2', 'u3']) await addRule(api.call, 'cache_size', { user }, 1);
  const cursor = await now();
  for (const seen of [start, '5-00000000']) {
    const stream = await openStream(streamUrl(), { 'Last-Event-ID': seen });
    await until('the last of it', () => stream.events().at(-1)?.id === cursor);
    expect(stream.events()).toHaveLength(1);
    stream.close();
  }
  const upToDate = await openStream(streamUrl(), { 'Last-Event-ID': cursor });
  await addRule(api.call, 'cache_size', { user: 'u4' }, 1);
  const [event] = await eventsOf(upToDate, 1);
  expect(event?.id).toBe(await now());
  upToDate.close();
});

it('says so where the clock moves a ramp, which is no change of anything stored', async () => {
  const ramp = { start: new Date(Date.now() - 3_600_000), end: new Date(Date.now() + 3_600_000), from: 0, to: 100 };
  await declare(api.call, { name: 'ramped' });
  const rollout = await addRollout(api.call, 'ramped', { ramp, value: 5 });
  const stream = await openStream(streamUrl());
  const [event] = await until('a notice', () => stream.events().length > 0 && stream.events());
  expect(event).toMatchObject({ event: 'message', data: expect.stringContaining('refetchEvaluation') as string });
  await expectStatus(204, api.delete(`/rollouts/${rollout}`));
  stream.close();
}, 240_000);

it('pages of an allowed origin may follow it, and HEAD is no stream', async () => {
  const stream = await openStream(streamUrl(), { Origin: ORIGIN });
  expect(stream.headers).toMatchObject({
    'access-control-allow-origin': ORIGIN,
    vary: expect.stringContaining('Origin') as string,
  });
  stream.close();
  const preflight = await fetch(streamUrl(), {
    method: 'OPTIONS',
    headers: { Origin: ORIGIN, 'Access-Control-Request-Method': 'GET' },
  });
  expect(preflight.headers.get('access-control-allow-headers')).toContain('Last-Event-ID');
  const head = await api.call('HEAD', '/ofrep/v1/events/configuration');
  expect([head.status, head.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
});

it.each<[path: string, headers: Readonly<Record<string, string>>, status: number, details: unknown]>([
  ['/ofrep/v1/events/other', {}, 404, 'there is no channel "other"; the answer with all flags names one'],
  ['/ofrep/v1/events/configuration?a=1', {}, 400, expect.stringContaining('"a"')],
  ['/ofrep/v1/events/configuration', { 'Last-Event-ID': 'x' }, 400, expect.stringContaining('Last-Event-ID must be')],
])('%s with %j is answered %i', async (path, headers, status, errorDetails) => {
  const answer = await api.call('GET', path, { headers });
  expect([answer.status, answer.body]).toEqual([status, { errorCode: 'GENERAL', errorDetails }]);
});

/** HEKSHER_TEST_WRITES asks for more of them. */
const WRITES = Number(process.env['HEKSHER_TEST_WRITES'] ?? 30);

it(
  'the provider for browsers fetches again after each write, and never sees the old value',
  async () => {
    const provider = new OFREPWebProvider({ baseUrl: api.url(), cacheMode: 'disabled' });
    await OpenFeature.setProviderAndWait('events', provider, { targetingKey: 'ann' });
    const client = OpenFeature.getClient('events');
    const seen: number[] = [];
    client.addHandler(ProviderEvents.ConfigurationChanged, () => seen.push(client.getNumberValue('count', -1)));
    let rule: number | undefined;
    for (let value = 1; value <= WRITES; value += 1) {
      if (rule === undefined) rule = await addRule(api.call, 'count', { user: 'ann' }, value);
      else await expectStatus(204, api.put(`/rules/${rule}/value`, { value }));
      await until(`the value ${value}`, () => client.getNumberValue('count', -1) === value);
    }
    expect(seen).toEqual(Array.from({ length: WRITES }, (_, index) => index + 1));
  },
  60_000 + WRITES * 500,
);
