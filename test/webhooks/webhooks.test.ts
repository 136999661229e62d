import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { idOf, type Received, Receiver, SENDING, verified } from '../support/webhooks/receiver.js';
import { addFeatures, addRule, declare, expectStatus, startTestService } from '../support/service/service.js';
import { until } from '../support/service/until.js';
import { useService } from '../support/service/use-service.js';

const api = useService(SENDING);
const receiver = new Receiver();

beforeAll(async () => {
  await receiver.start();
  await addFeatures(api.call, 'account', 'user', 'theme');
  await declare(api.call);
  await declare(api.call, { name: 'billing.rate' });
});
afterAll(() => receiver.stop());
afterEach(async () => {
  const { webhooks } = (await api.get('/webhooks')).body as { webhooks: { id: string }[] };
  for (const { id } of webhooks) await expectStatus(204, api.delete(`/webhooks/${id}`));
});

type Made = Readonly<{ id: string; secret: string; cursor: string }>;

let made = 0;

/** Each at a path of its own: an attempt may still be under way when its webhook is deleted. */
async function create(body: object = {}): Promise<Made> {
  made += 1;
  const url = `${receiver.url}/${made}`;
  return (await expectStatus(201, api.post('/webhooks', { url, ...body }))).body as Made;
}

/** What has come to the webhook that was made last. */
const received = () => receiver.received.filter(({ path }) => path === `/${made}`);

const stored = async (id: string) => (await api.get(`/webhooks/${id}`)).body as Record<string, unknown>;

async function events(count: number): Promise<readonly Received[]> {
  return until(`${count} events`, () => received().length >= count && received());
}

/** The last of the first so many events. */
async function event(count: number): Promise<Received> {
  const found = (await events(count))[count - 1];
  if (found === undefined) throw new Error('it did not come');
  return found;
}

test('a webhook is told of what is committed from then on, signed, as a CloudEvent', async () => {
  const { id, secret, cursor } = await create({ description: 'x' });
  const written = await expectStatus(
    201,
    api.post('/rules', { setting: 'cache_size', feature_values: { user: 'ann' }, value: 7 }, { 'X-API-Key': 'none' }),
  );
  const came = await event(1);
  const told = verified(secret, came);
  const revision = written.headers.get('heksher-revision');
  expect(told).toMatchObject({
    ...{ specversion: '1.0', id: revision, type: 'heksher.change.committed', subject: 'cache_size' },
    ...{
      source: '/heksher',
      datacontenttype: 'application/json',
      sequence: revision?.split('-')[0]?.padStart(19, '0'),
    },
    data: { id: revision, settings: ['cache_size'], changes: [{ kind: 'rule', op: 'created', new: { value: 7 } }] },
  });
  expect(came.headers['webhook-id']).toBe(`msg_${revision}`);
  expect(came.headers['content-type']).toBe('application/cloudevents+json; charset=utf-8');
  expect(() => verified(`whsec_${Buffer.alloc(32).toString('base64')}`, came)).toThrow();
  await until('the cursor', async () => (await stored(id))['cursor'] === revision);
  expect(cursor).not.toBe(revision);
  const { attempts } = (await api.get(`/webhooks/${id}/attempts`)).body as { attempts: object[] };
  expect(attempts).toEqual([
    expect.objectContaining({ event_id: `msg_${revision}`, status: 204, error: null, answer: '' }),
  ]);
});

test('the answers show a webhook without its secret, which nothing in the database has in the clear', async () => {
  const { id, secret, ...shown } = await create({
    settings: ['billing.*'],
    on_failure: 'skip',
    description: 'for billing',
  });
  expect(shown).toMatchObject({
    url: `${receiver.url}/${made}`,
    settings: ['billing.*'],
    on_failure: 'skip',
    state: 'enabled',
  });
  expect(await stored(id)).toEqual({ id, ...shown });
  expect((await api.get('/webhooks')).body).toEqual({ webhooks: [{ id, ...shown }] });
  const [row] = await api.sql<{ text: string; secret: Buffer }>(
    'select w::text as text, w.secret from heksher_webhooks w',
  );
  const bytes = Buffer.from(secret.slice('whsec_'.length), 'base64');
  expect(row?.text).not.toContain(bytes.toString('hex'));
  expect(row?.secret.includes(bytes)).toBe(false);
  expect(row?.secret.length).toBeGreaterThan(bytes.length);
});

test('a webhook of some settings hears of no others, by whatever name, and its cursor moves on', async () => {
  const { id, secret } = await create({ settings: ['billing.*'] });
  await addRule(api.call, 'cache_size', { user: 'bob' }, 1);
  await addRule(api.call, 'billing.rate', { user: 'bob' }, 2);
  const renaming = await expectStatus(204, api.put('/settings/billing.rate/name', { name: 'rate', version: '1.1' }));
  const renamed = await event(2);
  await addRule(api.call, 'cache_size', { user: 'eve' }, 3);
  const [{ revision }] = (await api.sql(
    `select seq || '-' || left(token::text, 8) as revision from heksher_revision`,
  )) as [{ revision: string }];
  await until('the cursor', async () => (await stored(id))['cursor'] === revision);
  expect(received().length).toBe(2);
  expect(received().map((one) => verified(secret, one).data?.settings)).toEqual([
    ['billing.rate'],
    ['billing.rate', 'rate'],
  ]);
  expect(renaming.headers.get('heksher-revision')).toBe(verified(secret, renamed).id);
  await expectStatus(204, api.put('/settings/rate/name', { name: 'billing.rate', version: '1.2' }));
});

test('an event that is too long says where its data is', async () => {
  const { secret } = await create();
  const metadata = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`key_${index}`, 'x'.repeat(300)]));
  const rule = await addRule(api.call, 'cache_size', { theme: 'long' }, 1, metadata);
  const came = await event(1);
  const told = verified(secret, came);
  expect(told.data).toBeUndefined();
  expect(came.body.length).toBeLessThan(20_000);
  const entry = await expectStatus(200, api.call('GET', String(told['dataref'])));
  expect(entry.body).toMatchObject({ revision: told.id, changes: [{ kind: 'rule', rule_id: rule, op: 'created' }] });
});

test('while a secret is replaced, events are verified by both, and afterwards by the new one alone', async () => {
  const { id, secret } = await create();
  const rotated = (await expectStatus(200, api.post(`/webhooks/${id}/rotate`))).body as Made & { rotating: boolean };
  expect(rotated).toMatchObject({ id, rotating: true });
  expect(rotated.secret).not.toBe(secret);
  await addRule(api.call, 'cache_size', { user: 'rotation_1' }, 1);
  const first = await event(1);
  for (const each of [secret, rotated.secret]) expect(verified(each, first).specversion).toBe('1.0');
  await api.sql(`update heksher_webhooks set previous_until = clock_timestamp() where id = '${id}'`);
  await addRule(api.call, 'cache_size', { user: 'rotation_2' }, 1);
  const second = await event(2);
  expect(verified(rotated.secret, second).specversion).toBe('1.0');
  expect(() => verified(secret, second)).toThrow();
  expect(await stored(id)).toMatchObject({ rotating: false });
});

test('a replay sends the same events with the same ids again', async () => {
  const { id, secret, cursor } = await create();
  for (const value of [1, 2, 3]) await addRule(api.call, 'cache_size', { account: `replay_${value}` }, value);
  await events(3);
  expect((await expectStatus(200, api.post(`/webhooks/${id}/replay`, { from: cursor }))).body).toMatchObject({ id });
  const all = await events(6);
  const ids = all.map(idOf);
  expect(ids.slice(3)).toEqual(ids.slice(0, 3));
  expect(all.slice(3).map(({ body }) => body)).toEqual(all.slice(0, 3).map(({ body }) => body));
  expect(verified(secret, await event(6)).data?.changes[0]?.new?.value).toBe(3);
  await expectStatus(200, api.post(`/webhooks/${id}/replay`, { from: '0' }));
  expect(Number(verified(secret, await event(7))['sequence'])).toBeLessThan(10);
});

test('what the log has lost is told as a reset, once, and the webhook goes on from then', async () => {
  const { id, secret } = await create({ settings: ['cache_size'] });
  await expectStatus(200, api.patch(`/webhooks/${id}`, { state: 'paused' }));
  await api.sql(`update heksher_webhooks set cursor_token = '00000000'`);
  await expectStatus(200, api.patch(`/webhooks/${id}`, { state: 'enabled' }));
  const reset = await event(1);
  const { type, data } = verified(secret, reset);
  expect(type).toBe('heksher.feed.reset');
  await until('the cursor', async () => (await stored(id))['cursor'] === (data as unknown as { now: string }).now);
  await addRule(api.call, 'cache_size', { account: 'after_reset' }, 1);
  expect(verified(secret, await event(2)).type).toBe('heksher.change.committed');
  expect(await api.sql('select reset_from from heksher_webhooks')).toEqual([{ reset_from: null }]);
});

test('a paused webhook hears of nothing until it goes on, and then of everything in between', async () => {
  const { id, secret } = await create();
  expect((await api.patch(`/webhooks/${id}`, { state: 'paused' })).body).toMatchObject({ state: 'paused' });
  await addRule(api.call, 'cache_size', { account: 'paused_1' }, 1);
  const tried = await expectStatus(200, api.post(`/webhooks/${id}/test`));
  expect(tried.body).toMatchObject({ type: 'heksher.webhook.test', status: 204, error: null });
  expect(received().map((one) => verified(secret, one).type)).toEqual(['heksher.webhook.test']);
  await expectStatus(200, api.patch(`/webhooks/${id}`, { state: 'enabled' }));
  expect(verified(secret, await event(2)).type).toBe('heksher.change.committed');
});

test('nothing is made where no key is configured, and the answer says which', async () => {
  const { HEKSHER_WEBHOOK_ALLOW } = SENDING;
  const other = await startTestService({ HEKSHER_WEBHOOK_ALLOW });
  const answer = await other.call('POST', '/api/v1/webhooks', { body: { url: receiver.url } });
  expect(answer.status).toBe(400);
  expect(answer.text).toContain('HEKSHER_SECRET_KEY is not set');
  expect((await other.call('GET', '/api/v1/webhooks')).body).toEqual({ webhooks: [] });
  await other.stop();
});

describe('addresses', () => {
  let canary: Server;
  let connections = 0;
  let port = 0;
  beforeAll(async () => {
    canary = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    await once(canary.listen(0, '::'), 'listening');
    port = (canary.address() as AddressInfo).port;
  });
  afterAll(() => new Promise((resolve) => canary.close(resolve)));

  /** The test service allows 127.0.0.1 alone. */
  const targets = (at: number) => [
    ...[`http://localhost:${at}/`, `https://localhost:${at}/`, `http://127.0.0.2:${at}/`, `http://0.0.0.0:${at}/`],
    ...[`http://0:${at}/`, `http://2130706434:${at}/`, `http://0x7f.2:${at}/`, `http://0177.0.0.2:${at}/`],
    ...[`http://127.2:${at}/`, `http://[::1]:${at}/`, `http://[::]:${at}/`, `http://[::ffff:127.0.0.2]:${at}/`],
    ...[`http://[::ffff:7f00:2]:${at}/`, `http://[::127.0.0.2]:${at}/`, `http://[64:ff9b::7f00:2]:${at}/`],
    ...['https://169.254.169.254/latest/meta-data', 'https://10.0.0.1/', 'https://172.16.3.4/', 'https://192.168.1.1/'],
    ...['https://100.64.0.1/', 'https://[fd00::1]/', 'https://[fe80::1]/', 'https://[2002:7f00:1::]/'],
    ...['https://224.0.0.1/', 'https://255.255.255.255/', 'https://8.8.8.8:22/', 'http://8.8.8.8/'],
  ];

  it('that are not public are refused, at the latest when an event is sent, and nothing connects to them', async () => {
    const own = await startTestService({ HEKSHER_SECRET_KEY: SENDING.HEKSHER_SECRET_KEY }, api.database());
    const reached: string[] = [];
    const all = targets(port);
    expect(all.length).toBeGreaterThan(20);
    for (const call of [api.call, own.call]) {
      for (const url of all) {
        // One that is allowed here, by its address.
        if (call === api.call && url.includes('localhost')) continue;
        const answer = await call('POST', '/api/v1/webhooks', { body: { url } });
        if (answer.status === 422) continue;
        const { id } = answer.body as Made;
        const tried = await expectStatus(200, call('POST', `/api/v1/webhooks/${id}/test`));
        const { status, error } = tried.body as { status: number | null; error: string };
        if (status !== null || !/not public|must begin with|has no address/.test(error))
          reached.push(`${url}: ${error}`);
        await call('DELETE', `/api/v1/webhooks/${id}`);
      }
    }
    await own.stop();
    expect(reached).toEqual([]);
    expect(connections).toBe(0);
  });

  it('that a redirect leads to are not asked', async () => {
    receiver.answering = (_received, response) =>
      void response.writeHead(307, { Location: `http://127.0.0.1:${port}/` }).end();
    const { id } = await create();
    const { body } = await expectStatus(200, api.post(`/webhooks/${id}/test`));
    expect(body).toMatchObject({ status: 307, error: 'the answer is 307, and redirects are not followed' });
    expect(connections).toBe(0);
    receiver.answering = (_received, response) => void response.writeHead(204).end();
  });
});

describe('what cannot be understood is refused, and changes nothing', () => {
  const rows = () => api.sql('select w::text from heksher_webhooks w');
  let id = '';
  beforeEach(async () => ({ id } = await create()));

  it.each([
    [{}, ['/url']],
    [{ url: 5 }, ['/url']],
    [{ url: 'nowhere' }, ['/url']],
    [{ url: 'ftp://example.com/' }, ['/url']],
    [{ url: 'https://user:password@example.com/' }, ['/url']],
    [{ url: 'https://example.com/#part' }, ['/url']],
    [{ url: `https://example.com/${'x'.repeat(2_048)}` }, ['/url']],
    [{ url: 'https://example.com/', settings: [] }, ['/settings']],
    [{ url: 'https://example.com/', settings: '*' }, ['/settings']],
    [{ url: 'https://example.com/', settings: ['a', 'b c', 5] }, ['/settings/1', '/settings/2']],
    [{ url: 'https://example.com/', on_failure: 'explode' }, ['/on_failure']],
    [{ url: 'https://example.com/', description: 'a\0b' }, ['/description']],
    [{ url: 'https://example.com/', secret: 'x' }, ['/secret']],
  ])('a new one of %j', async (body, pointers) => {
    const before = await rows();
    const answer = await expectStatus(422, api.post('/webhooks', body));
    expect((answer.body as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer)).toEqual(pointers);
    expect(await rows()).toEqual(before);
  });

  it.each([
    ['PATCH', '', { state: 'failed' }, 422],
    ['PATCH', '', { url: 'http://10.0.0.1/' }, 422],
    ['PATCH', '', { cursor: '0' }, 422],
    ['PATCH', '', '[', 422],
    ['POST', '/replay', {}, 422],
    ['POST', '/replay', { from: 5 }, 422],
    ['POST', '/replay', { from: '1042' }, 422],
    ['POST', '/replay', { from: '1042-00000000' }, 422],
    ['POST', '/replay', { from: '999999999-00000000' }, 422],
    ['POST', '/replay?from=0', { from: '0' }, 422],
    ['POST', '/rotate?dry_run=true', undefined, 422],
    ['POST', '/rotate', { overlap: '24h' }, 422],
    ['POST', '/test', { event: 'x' }, 422],
    ['POST', '/test?x=1', undefined, 422],
    ['GET', '/attempts?limit=5', undefined, 422],
    ['GET', '/dead_letters?limit=5', undefined, 422],
    ['DELETE', '?dry_run=true', undefined, 422],
    ['GET', '/nothing', undefined, 404],
  ])('%s %s of %j', async (method, path, body, status) => {
    const before = await rows();
    await expectStatus(status, api.call(method, `/api/v1/webhooks/${id}${path}`, { body }));
    expect(await rows()).toEqual(before);
  });

  it.each([
    ['GET', '', undefined],
    ['PATCH', '', { state: 'paused' }],
    ['DELETE', '', undefined],
    ['POST', '/rotate', undefined],
    ['POST', '/replay', { from: '0' }],
    ['POST', '/test', undefined],
    ['GET', '/attempts', undefined],
    ['GET', '/dead_letters', undefined],
  ])('%s %s of one that does not exist', async (method, path, body) => {
    for (const absent of ['nobody', '%00', 'x'.repeat(500)]) {
      const answer = await api.call(method, `/api/v1/webhooks/${absent}${path}`, { body });
      expect([absent, answer.status]).toEqual([absent, 404]);
    }
  });

  it('a condition', async () => {
    const before = await rows();
    const headers = { 'If-Match': '*' };
    await expectStatus(422, api.patch(`/webhooks/${id}`, { state: 'paused' }, headers));
    await expectStatus(422, api.delete(`/webhooks/${id}`, undefined, headers));
    expect(await rows()).toEqual(before);
  });
});
