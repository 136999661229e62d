import { type Answering, idOf, Receiver, SENDING, verified } from '../support/webhooks/receiver.js';
import { createDatabase, type TestDatabase } from '../support/database/database.js';
import { type ServiceProcess, spawnService } from '../support/service/process.js';
import {
  addFeatures,
  type Call,
  declare,
  expectStatus,
  startTestService,
  type TestService,
} from '../support/service/service.js';
import { until } from '../support/service/until.js';

/** A lease ends after twice as long. */
const QUICK = { ...SENDING, HEKSHER_WEBHOOK_TIMEOUT_MS: '500' };
const ATTEMPTS = 1 + SENDING.HEKSHER_WEBHOOK_RETRIES_S.split(',').length;

let database: TestDatabase;
let service: TestService;
let call: Call;
const receiver = new Receiver();
const ok = receiver.answering;

beforeAll(async () => {
  database = await createDatabase();
  service = await startTestService(QUICK, database);
  call = service.call;
  await receiver.start();
  await addFeatures(call, 'account', 'user', 'theme');
  await declare(call);
});
afterAll(async () => {
  await service.stop();
  await receiver.stop();
  await database.drop();
});
afterEach(async () => {
  await database.sql('delete from heksher_webhooks');
  receiver.answering = ok;
});

type Made = Readonly<{ id: string; secret: string; cursor: string }>;
let made = 0;

/** Each at a path of its own: an attempt may still be under way when its webhook is deleted. */
async function create(body: object = {}): Promise<Made> {
  made += 1;
  const url = `${receiver.url}/${made}`;
  return (await expectStatus(201, call('POST', '/api/v1/webhooks', { body: { url, ...body } }))).body as Made;
}

const stored = async (id: string) => (await call('GET', `/api/v1/webhooks/${id}`)).body as Record<string, unknown>;
const received = () => receiver.received.filter(({ path }) => path === `/${made}`);

let written = 0;

/** Rules, each in a transaction of its own. @returns the ids of the events that tell of them, in commit order */
async function write(count: number): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    written += 1;
    const body = { setting: 'cache_size', feature_values: { user: `u${written}` }, value: written };
    const answer = await expectStatus(201, call('POST', '/api/v1/rules', { body }));
    ids.push(`msg_${answer.headers.get('heksher-revision')}`);
  }
  return ids;
}

const caughtUp = (id: string, last: string | undefined) =>
  until(`the webhook to have ${last}`, async () => `msg_${String((await stored(id))['cursor'])}` === last, 60_000);

/** Each once, in the order in which they came first. */
const distinct = (ids: readonly string[]) => [...new Set(ids)];

/** That an event that came again came before any that is newer, as with one sender at a time. */
function expectInOrder(ids: readonly string[]): void {
  const numbers = ids.map((id) => Number(/^msg_(\d+)-/.exec(id)?.[1]));
  expect(numbers).toEqual([...numbers].sort((one, other) => one - other));
}

test('a receiver that fails at random and is killed twice has every event, in order, and again only by the same id', async () => {
  const failing: Answering = (_received, response) => {
    const luck = Math.random();
    if (luck < 0.1) response.writeHead(500).end('try later');
    else if (luck < 0.2) response.socket?.destroy();
    else if (luck < 0.3) response.writeHead(429, { 'Retry-After': '0' }).end();
    else response.writeHead(200).end('thanks');
  };
  receiver.answering = failing;
  const { id, secret } = await create();
  const ids = [...(await write(20))];
  for (let kill = 0; kill < 2; kill += 1) {
    await receiver.stop();
    ids.push(...(await write(5)));
    await receiver.start();
    // Its attempts may be used up by now.
    await expectStatus(200, call('PATCH', `/api/v1/webhooks/${id}`, { body: { state: 'enabled' } }));
    ids.push(...(await write(20)));
  }
  await caughtUp(id, ids.at(-1));
  const came = received().map(idOf);
  expect(distinct(came)).toEqual(ids);
  expect(came.length).toBeGreaterThan(ids.length);
  expectInOrder(came);
  for (const one of received()) expect(`msg_${verified(secret, one).id}`).toBe(idOf(one));
  const { attempts } = (await call('GET', `/api/v1/webhooks/${id}/attempts`)).body as { attempts: object[] };
  expect(attempts.length).toBeGreaterThanOrEqual(ids.length);
  expect(attempts.length).toBeLessThanOrEqual(100);
}, 120_000);

test('where the sender is killed -9 another goes on, in order', async () => {
  await service.stop();
  const env = { ...QUICK, HEKSHER_DB_CONNECTION_STRING: database.connectionString };
  const spawned = new Map<string, ServiceProcess>();
  for (const name of ['one', 'other'])
    spawned.set(name, spawnService({ ...env, HEKSHER_PUBLIC_URL: `https://${name}.example.com/` }));
  const [first] = await Promise.all([...spawned.values()].map(({ ready }) => ready));
  if (first === undefined) throw new Error('no service started');
  const senders: string[] = [];
  let holding: string | undefined;
  receiver.answering = ({ body }, response) => {
    const { source } = JSON.parse(body) as { source: string };
    senders.push(source);
    if (senders.length === 15) holding = source;
    else response.writeHead(204).end();
  };
  call = first.call;
  const { id } = await create();
  const ids = [...(await write(20))];
  const killed = new URL(await until('an attempt that is held', () => holding)).hostname.split('.')[0] ?? '';
  spawned.get(killed)?.child.kill('SIGKILL');
  await spawned.get(killed)?.exited;
  const left = killed === 'one' ? 'other' : 'one';
  call = (await (spawned.get(left) as ServiceProcess).ready).call;
  ids.push(...(await write(10)));
  await caughtUp(id, ids.at(-1));
  const came = received().map(idOf);
  expect(distinct(came)).toEqual(ids);
  expectInOrder(came);
  expect(senders.at(-1)).toBe(`https://${left}.example.com`);
  spawned.get(left)?.child.kill('SIGTERM');
  expect(await spawned.get(left)?.exited).toBe(0);
  service = await startTestService(QUICK, database);
  call = service.call;
}, 120_000);

test('two services tell many webhooks, and each of every event once where nothing fails', async () => {
  await service.stop();
  // Of the usual timeout, so that nothing fails for want of time.
  const pair = await Promise.all([startTestService(SENDING, database), startTestService(SENDING, database)]);
  call = pair[0].call;
  const webhooks: Made[] = [];
  for (let count = 0; count < 8; count += 1) webhooks.push(await create());
  const paths = webhooks.map((_webhook, index) => `/${made - index}`);
  const ids = await write(25);
  for (const { id } of webhooks) await caughtUp(id, ids.at(-1));
  for (const path of paths) expect(receiver.received.filter((one) => one.path === path).map(idOf)).toEqual(ids);
  for (const each of pair) await each.stop();
  service = await startTestService(QUICK, database);
  call = service.call;
}, 240_000);

test('410 disables a webhook at once; enabled again, it goes on with that event', async () => {
  receiver.answering = (_received, response) => void response.writeHead(410).end('gone for good');
  const { id } = await create();
  const ids = await write(2);
  await until('it to be disabled', async () => (await stored(id))['state'] === 'disabled');
  expect(await stored(id)).toMatchObject({ reason: 'the answer is 410', failures: 0 });
  expect(received().map(idOf)).toEqual([ids[0]]);
  receiver.answering = ok;
  const enabled = await expectStatus(200, call('PATCH', `/api/v1/webhooks/${id}`, { body: { state: 'enabled' } }));
  expect(enabled.body).toMatchObject({ state: 'enabled', reason: null });
  await caughtUp(id, ids[1]);
  expect(received().map(idOf)).toEqual([ids[0], ids[0], ids[1]]);
});

test('an event whose attempts are used up stops the webhook, and is the first when it is enabled again', async () => {
  receiver.answering = (_received, response) => void response.writeHead(500).end('x'.repeat(5_000));
  const { id } = await create();
  const ids = await write(2);
  await until('it to have failed', async () => (await stored(id))['state'] === 'failed', 30_000);
  expect(await stored(id)).toMatchObject({
    failures: ATTEMPTS,
    reason: `${ATTEMPTS} attempts failed; the last: the answer is 500`,
  });
  expect(received().map(idOf)).toEqual(Array.from({ length: ATTEMPTS }, () => ids[0]));
  const { body } = await call('GET', `/api/v1/webhooks/${id}/attempts`);
  expect(body).toMatchObject({
    attempts: Array.from({ length: ATTEMPTS }, () => {
      return { event_id: ids[0], status: 500, error: 'the answer is 500', answer: 'x'.repeat(1_024) };
    }),
  });
  receiver.answering = ok;
  await expectStatus(200, call('PATCH', `/api/v1/webhooks/${id}`, { body: { state: 'enabled' } }));
  await caughtUp(id, ids[1]);
  expect(received().slice(ATTEMPTS).map(idOf)).toEqual(ids);
}, 240_000);

test('with on_failure skip such an event is a dead letter, the next goes on, and a replay begins with it', async () => {
  const { id } = await create({ on_failure: 'skip' });
  const [good] = await write(1);
  await caughtUp(id, good);
  let bad = '';
  receiver.answering = (one, response, count) => {
    if (bad === '') bad = idOf(one);
    if (idOf(one) === bad) response.writeHead(503).end();
    else ok(one, response, count);
  };
  const ids = await write(3);
  await caughtUp(id, ids.at(-1));
  expect(bad).toBe(ids[0]);
  expect((await call('GET', `/api/v1/webhooks/${id}/dead_letters`)).body).toEqual({
    dead_letters: [
      {
        event_id: bad,
        type: 'heksher.change.committed',
        replay_from: good?.slice('msg_'.length),
        reason: 'the answer is 503',
        at: expect.any(String) as unknown,
      },
    ],
  });
  const before = received().length;
  receiver.answering = ok;
  const from = good?.slice('msg_'.length);
  await expectStatus(200, call('POST', `/api/v1/webhooks/${id}/replay`, { body: { from } }));
  await caughtUp(id, ids.at(-1));
  expect(received().slice(before).map(idOf)).toEqual(ids);
}, 240_000);

test('Retry-After is waited for, and an edit does not wait', async () => {
  receiver.answering = (_received, response) => void response.writeHead(429, { 'Retry-After': '3600' }).end();
  const { id } = await create();
  const ids = await write(1);
  const at = await until('the first failure', async () => {
    const { failures, next_attempt_at } = await stored(id);
    return failures === 1 && String(next_attempt_at);
  });
  expect(Date.parse(at)).toBeGreaterThan(Date.now() + 3_000_000);
  receiver.answering = ok;
  await expectStatus(200, call('PATCH', `/api/v1/webhooks/${id}`, { body: { description: 'repaired' } }));
  await caughtUp(id, ids[0]);
});

test('an endpoint that does not answer is given up after the timeout', async () => {
  receiver.answering = () => undefined;
  const { id } = await create();
  const { body } = await expectStatus(200, call('POST', `/api/v1/webhooks/${id}/test`));
  expect(body).toMatchObject({ status: null, error: 'there was no answer within 500 ms', answer: null });
});

test('a shutdown breaks an attempt off and gives the lease back', async () => {
  const own = await startTestService({ ...SENDING, HEKSHER_WEBHOOK_TIMEOUT_MS: '60000' }, database);
  await service.stop();
  call = own.call;
  receiver.answering = () => undefined;
  const { id, cursor } = await create();
  await write(1);
  await until('an attempt', () => received().length > 0);
  const [{ leased }] = (await database.sql('select lease is not null as leased from heksher_webhooks')) as [
    { leased: boolean },
  ];
  expect(leased).toBe(true);
  await own.stop();
  expect(
    await database.sql(
      `select lease, leased_until, failures, cursor_seq || '-' || cursor_token as cursor from heksher_webhooks`,
    ),
  ).toEqual([{ lease: null, leased_until: null, failures: 0, cursor }]);
  service = await startTestService(QUICK, database);
  call = service.call;
  expect(await stored(id)).toMatchObject({ state: 'enabled' });
}, 240_000);

test('a secret that no configured key decrypts is a failure that says so', async () => {
  const { id } = await create();
  await database.sql(`update heksher_webhooks set secret = decode(repeat('00', 60), 'hex')`);
  const { body } = await expectStatus(200, call('POST', `/api/v1/webhooks/${id}/test`));
  expect(body).toMatchObject({
    status: null,
    error: 'the secret cannot be decrypted by HEKSHER_SECRET_KEY; rotate it',
  });
  expect(received()).toEqual([]);
});
