import { createDatabase, type TestDatabase } from '../support/database/database.js';
import { type ServiceProcess, spawnService } from '../support/service/process.js';
import { addFeatures, type Call, declare, expectStatus } from '../support/service/service.js';
import { until } from '../support/service/until.js';
import { type Answering, idOf, Receiver, SENDING } from '../support/webhooks/receiver.js';

/** HEKSHER_TEST_WEBHOOK_EVENTS asks for more of them; the bar is 5 000. */
const EVENTS = Number(process.env['HEKSHER_TEST_WEBHOOK_EVENTS'] ?? 150);
const KILLS = 3;

/** As receivers do that are overloaded: three in ten attempts fail. */
const failing: Answering = (_received, response) => {
  const luck = Math.random();
  if (luck < 0.1) response.writeHead(500).end('try later');
  else if (luck < 0.2) response.socket?.destroy();
  else if (luck < 0.3) response.writeHead(429, { 'Retry-After': '0' }).end();
  else response.writeHead(204).end();
};

let database: TestDatabase;
const receiver = new Receiver(failing);
const running: ServiceProcess[] = [];

beforeAll(async () => {
  database = await createDatabase();
  await receiver.start();
});
afterAll(async () => {
  for (const { child, exited } of running) {
    child.kill('SIGKILL');
    await exited;
  }
  await receiver.stop();
  await database.drop();
});

async function spawn(): Promise<Call> {
  const env = {
    ...SENDING,
    HEKSHER_WEBHOOK_TIMEOUT_MS: '1000',
    HEKSHER_DB_CONNECTION_STRING: database.connectionString,
  };
  const service = spawnService(env);
  running.push(service);
  return (await service.ready).call;
}

/** Transactions of their own, by another program. @returns the ids of the events that tell of them, in commit order */
async function write(count: number): Promise<readonly string[]> {
  const client = await database.connect();
  await client.query('set synchronous_commit = off');
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    await client.query(`update settings set default_value = $1 where name = 'cache_size'`, [String(index)]);
    const { rows } = await client.query<{ id: string }>(
      `select 'msg_' || seq || '-' || left(token::text, 8) as id from heksher_revision`,
    );
    ids.push(String(rows[0]?.id));
  }
  await client.end();
  return ids;
}

it(
  'however often receivers fail and senders are killed -9, each event comes, in order, and again only by the same id',
  async () => {
    const first = await spawn();
    await addFeatures(first, 'account', 'user', 'theme');
    await declare(first);
    await expectStatus(201, first('POST', '/api/v1/webhooks', { body: { url: `${receiver.url}/` } }));
    const writing = write(EVENTS);
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const share = Math.floor((EVENTS * kill) / (KILLS + 1));
      await until(`${share} events`, () => new Set(receiver.received.map(idOf)).size >= share, 120_000 + EVENTS * 50);
      const killed = running.shift();
      killed?.child.kill('SIGKILL');
      await killed?.exited;
      await spawn();
    }
    const ids = await writing;
    await until(
      'the last event',
      () => receiver.received.some((one) => idOf(one) === ids.at(-1)),
      120_000 + EVENTS * 50,
    );
    const came = receiver.received.map(idOf);
    expect([...new Set(came)]).toEqual(ids);
    expect(came.length).toBeGreaterThan(ids.length);
    const numbers = came.map((id) => Number(/^msg_(\d+)-/.exec(id)?.[1]));
    expect(numbers).toEqual([...numbers].sort((one, other) => one - other));
  },
  300_000 + EVENTS * 150,
);
