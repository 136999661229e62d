import { makeKey } from '../../apps/heksher/src/modules/access/api-key.js';
import { type ChangeEvent, eventsOf, openStream } from '../support/feed/event-reader.js';
import {
  addFeatures,
  addRule,
  type Answer,
  type Call,
  declare,
  expectStatus,
  startTestService,
  type TestService,
} from '../support/service/service.js';
import { until } from '../support/service/until.js';

const ADMIN = makeKey().text;

let service: TestService;
let call: Call;
beforeAll(async () => {
  service = await startTestService({
    HEKSHER_AUTH: 'on',
    HEKSHER_ADMIN_KEY: ADMIN,
    HEKSHER_STREAMS_PER_PRINCIPAL: '2',
  });
  call = (method, path, options) =>
    service.call(method, path, { ...options, headers: { 'X-API-Key': ADMIN, ...options?.headers } });
  await addFeatures(call, 'account', 'user', 'theme');
  for (const name of ['billing.rate', 'ui.color']) await declare(call, { name, default_value: 1 });
});
afterAll(() => service.stop());

type Key = Readonly<{ id: string; key: string }>;

async function create(body: object): Promise<Key> {
  const answer = await expectStatus(201, call('POST', '/api/v1/keys', { body: { subject: 'tester', ...body } }));
  return answer.body as Key;
}

const revoke = ({ id }: Key): Promise<Answer> => expectStatus(204, call('DELETE', `/api/v1/keys/${id}`));

const streamOf = ({ key }: Key, query = '') =>
  openStream(`${service.url}/api/v1/changes${query}`, { 'X-API-Key': key });

async function now(): Promise<string> {
  return ((await call('GET', '/api/v1/changes')).body as { next: string }).next;
}

it('shows each what it may read, by all three ways, and moved features to all', async () => {
  const start = await now();
  const [billing, whole] = [
    await create({ grants: ['read:billing.*'] }),
    await create({ subject: 'all', grants: ['read'] }),
  ];
  const streams = await Promise.all([streamOf(billing, `?after=${start}`), streamOf(whole, `?after=${start}`)]);
  await addRule(call, 'ui.color', { user: 'secret' }, 2);
  await addRule(call, 'billing.rate', { user: 'ann' }, 3);
  await call('PATCH', '/api/v1/context_features/user/index', { body: { to_before: 'account' } });
  const seenBy = (changes: readonly ChangeEvent[]) => changes.map(({ settings }) => settings.join(' '));
  // The keys are a transaction too, of nothing that the API shows.
  await eventsOf(streams[1], 5);
  await eventsOf(streams[0], 2);
  expect(seenBy(streams[1].changes())).toEqual(['', '', 'ui.color', 'billing.rate', '']);
  expect(seenBy(streams[0].changes())).toEqual(['billing.rate', '']);
  expect(JSON.stringify(streams[0].changes())).not.toContain('secret');
  const page = async ({ key }: Key, wait: string) => {
    const answer = await service.call('GET', `/api/v1/changes?after=${start}${wait}`, {
      headers: { 'X-API-Key': key },
    });
    return (answer.body as { changes: readonly ChangeEvent[] }).changes;
  };
  for (const wait of ['', '&wait=5']) {
    expect(await page(billing, wait)).toEqual(streams[0].changes());
    expect(await page(whole, wait)).toEqual(streams[1].changes());
  }
  for (const stream of streams) stream.close();
});

it('a setting that was renamed out of what is granted is gone, and what it was before is not told', async () => {
  const start = await now();
  await declare(call, { name: 'billing.gone', default_value: 77 });
  const body = { name: 'internal.gone', version: '1.1' };
  await expectStatus(204, call('PUT', '/api/v1/settings/billing.gone/name', { body }));
  const { key } = await create({ grants: ['read:billing.*'] });
  const { body: seen } = await service.call('GET', `/api/v1/changes?after=${start}`, { headers: { 'X-API-Key': key } });
  expect(seen).toMatchObject({
    changes: [
      { settings: ['billing.gone'], changes: [] },
      { settings: ['billing.gone'], changes: [] },
    ],
  });
});

it('a stream ends when its key is revoked, and a held request fails', async () => {
  const key = await create({ grants: ['read:ui.*'] });
  const stream = await streamOf(key);
  await until('its place', () => stream.blocks.length === 2);
  const held = service.call('GET', '/api/v1/changes?wait=20', { headers: { 'X-API-Key': key.key } });
  await revoke(key);
  expect(await stream.ended).toBe('end');
  expect(Number(stream.blocks.at(-1)?.retry)).toBeGreaterThan(0);
  expect((await held).status).toBe(401);
  expect((await streamOf(key)).status).toBe(401);
});

it('a stream ends when its key expires', async () => {
  const key = await create({ grants: ['read'], expires_at: new Date(Date.now() + 3_000).toISOString() });
  const stream = await streamOf(key);
  expect(stream.status).toBe(200);
  expect(await stream.ended).toBe('end');
  expect((await streamOf(key)).status).toBe(401);
});

it('nobody has more streams than are allowed, and what is revoked or closed counts no more', async () => {
  const key = await create({ subject: 'greedy', grants: ['read'] });
  const [one, two] = await Promise.all([streamOf(key), streamOf(key)]);
  const refused = await streamOf(key);
  expect([refused.status, Number(refused.headers['retry-after']) >= 5]).toEqual([503, true]);
  const other = await streamOf(await create({ subject: 'modest', grants: ['read'] }));
  expect(other.status).toBe(200);
  one.close();
  await until('room', async () => {
    const stream = await streamOf(key);
    return stream.status === 200 && (stream.close(), true);
  });
  for (const stream of [two, other]) stream.close();
});

describe("a channel of OpenFeature's events", () => {
  async function channelOf({ key }: Key): Promise<string> {
    const answer = await service.call('POST', '/ofrep/v1/evaluate/flags', { body: {}, headers: { 'X-API-Key': key } });
    const { eventStreams } = answer.body as { eventStreams: readonly { endpoint: { requestUri: string } }[] };
    return eventStreams[0]?.endpoint.requestUri ?? '';
  }
  const follow = (path: string) => openStream(service.url + path);

  it('is that of the key, needs no header, says nothing of other settings, and ends with the key', async () => {
    const key = await create({ grants: ['evaluate:ui.*'] });
    const path = await channelOf(key);
    expect(path).toMatch(/^\/ofrep\/v1\/events\/[\w-]{22}\.[\w-]{22}$/);
    expect(key.key).not.toContain(path.split('.')[1] ?? '');
    expect(await channelOf(key)).toBe(path);
    expect(await channelOf(await create({ grants: ['evaluate:ui.*'] }))).not.toBe(path);
    const stream = await follow(path);
    await until('its place', () => stream.blocks.length === 2);
    await addRule(call, 'billing.rate', { user: 'hidden' }, 3);
    await addRule(call, 'ui.color', { user: 'shown' }, 3);
    const [event] = await eventsOf(stream, 1);
    expect(event?.id).toBe(await now());
    await revoke(key);
    expect(await stream.ended).toBe('end');
    expect(stream.events()).toHaveLength(1);
    const gone = await service.call('GET', path);
    expect([gone.status, gone.body]).toMatchObject([401, { errorCode: 'GENERAL' }]);
  });

  it('is good for nothing else, and cannot be guessed', async () => {
    const key = await create({ grants: ['write'] });
    const path = await channelOf(key);
    for (const [method, other] of [
      ['POST', path],
      ['GET', `${path}/../../../../api/v1/query`],
      ['GET', `${path}/x`],
      ['GET', path.slice(0, -1) + (path.endsWith('A') ? 'B' : 'A')],
      ['GET', '/ofrep/v1/events/configuration'],
    ] as const) {
      expect([other, (await service.call(method, other)).status]).toEqual([other, 401]);
    }
  });
});

it('who reaches which revision is told to those who may read all', async () => {
  const { key } = await create({ grants: ['read:billing.*'] });
  const path = `/api/v1/propagation?revision=${await now()}`;
  expect((await service.call('GET', path, { headers: { 'X-API-Key': key } })).status).toBe(403);
  await expectStatus(200, call('GET', path));
});

it('what clients say counts by whose it is, and not at all from pages of everybody', async () => {
  const revision = await now();
  const said = { 'Heksher-Client': 'shop/1', 'Heksher-Serving': revision };
  const shop = await create({ subject: 'shop-fleet', grants: ['read', 'evaluate'] });
  const thief = await create({ subject: 'thief', grants: ['evaluate'] });
  const page = await create({ kind: 'public', grants: ['evaluate:ui.*'], origins: ['https://shop.example'] });
  const present = await now();
  const stream = await openStream(`${service.url}/api/v1/changes`, { 'X-API-Key': shop.key, ...said });
  const evaluate = ({ key }: Key, headers: Readonly<Record<string, string>>) => {
    const given = { ...headers, 'X-API-Key': key };
    return expectStatus(200, service.call('POST', '/api/v1/evaluate', { body: { context: {} }, headers: given }));
  };
  await evaluate(thief, { ...said, 'Heksher-Serving': present });
  await evaluate(page, { ...said, 'Heksher-Serving': present, Origin: 'https://shop.example' });
  const { body } = await expectStatus(200, call('GET', `/api/v1/propagation?revision=${present}`));
  expect(body).toMatchObject({
    reached: 1,
    pending: 1,
    clients: [
      { client: 'shop/1', principal: 'shop-fleet', reached: false, serving: revision, is_open: true },
      { client: 'shop/1', principal: 'thief', reached: true, serving: present, is_open: false },
    ],
  });
  stream.close();
});
