import { setTimeout as sleep } from 'node:timers/promises';
import { createDatabase, type TestDatabase } from '../support/database/database.js';
import { asking } from '../support/model/questions.js';
import { spawnService, type ServiceProcess } from '../support/service/process.js';
import { readTables, referenceBody } from '../support/model/reference.js';
import { addFeatures, addRule, type Call, declare, expectStatus } from '../support/service/service.js';
import { until } from '../support/service/until.js';
import { startTcpProxy, type TcpProxy } from '../support/http/tcp-proxy.js';

const READ_TIMEOUT_MS = 500;
/** What a read may take where the database is at its worst: a check, and a second on a new session. */
const BOUND_MS = 4 * READ_TIMEOUT_MS + 500;
const EVERYTHING = asking();

let database: TestDatabase;
let proxy: TcpProxy;
let service: ServiceProcess;
let call: Call;

/** A service that reaches its database only through the proxy. */
async function start(env: Readonly<Record<string, string>> = {}): Promise<void> {
  database = await createDatabase();
  proxy = await startTcpProxy(database.address);
  service = spawnService({
    HEKSHER_DB_CONNECTION_STRING: database.connectionString.replace(/@[^/]*\//, `@127.0.0.1:${proxy.port}/`),
    HEKSHER_READ_TIMEOUT_MS: String(READ_TIMEOUT_MS),
    HEKSHER_DB_CONNECT_TIMEOUT_MS: '1000',
    HEKSHER_LOG_FORMAT: 'json',
    ...env,
  });
  ({ call } = await service.ready);
  await addFeatures(call, 'account', 'user', 'theme');
  await declare(call);
  await addRule(call, 'cache_size', { user: 'john' }, 0);
}

afterEach(async () => {
  service.child.kill();
  const exit = await service.exited;
  await proxy.close();
  await database.drop();
  expect(service.output()).not.toMatch(/unhandled/i);
  expect(exit).toBe(0);
});

type Read = Readonly<{
  status: number;
  stale: number | undefined;
  text: string;
  retryAfter: string | null;
  ms: number;
}>;

async function read(): Promise<Read> {
  const startedAt = performance.now();
  const answer = await call('GET', `/api/v1/query?${EVERYTHING.queryString}`);
  const stale = answer.headers.get('heksher-stale');
  return {
    status: answer.status,
    stale: stale === null ? undefined : Number(stale),
    text: answer.text,
    retryAfter: answer.headers.get('retry-after'),
    ms: performance.now() - startedAt,
  };
}

async function truth(): Promise<string | undefined> {
  return referenceBody(await readTables(database), EVERYTHING.question);
}

async function currentWithin(ms: number): Promise<void> {
  for (const deadline = performance.now() + ms; ; await sleep(20)) {
    const { status, stale } = await read();
    if (status === 200 && stale === undefined) return;
    if (performance.now() > deadline) throw new Error(`still ${status}, stale ${stale} after ${ms} ms`);
  }
}

const put = (value: number) => call('PUT', '/api/v1/rules/1/value', { body: { value } });

/** Readers and a writer that go on until told to stop, with all that they were answered. */
function load(): () => Promise<
  Readonly<{ reads: readonly Read[]; acknowledged: readonly string[]; statuses: ReadonlySet<number> }>
> {
  const reads: Read[] = [];
  const acknowledged: string[] = [];
  const statuses = new Set<number>();
  let isOn = true;
  const readers = Array.from({ length: 8 }, async () => {
    for (; isOn; await sleep(5)) reads.push(await read());
  });
  const writer = (async () => {
    for (let value = 1; isOn; value += 1, await sleep(5)) {
      const { status, headers } = await call('PUT', `/api/v1/rules/1/metadata/k${value}`, { body: { value } });
      statuses.add(status);
      if (status === 204) acknowledged.push(`k${value}`);
      else expect(headers.get('retry-after')).toBe('1');
    }
  })();
  return async () => {
    isOn = false;
    await Promise.all([...readers, writer]);
    return { reads, acknowledged, statuses };
  };
}

it('with the database cut off under load reads go on, marked stale, writes are 503, and all is normal soon after', async () => {
  await start();
  const stop = load();
  await sleep(300);
  proxy.cut();
  await sleep(2_500);
  const during = await read();
  expect(during).toMatchObject({ status: 200, stale: expect.any(Number) as number });
  expect(during.stale).toBeGreaterThanOrEqual(2);
  expect(during.stale).toBeLessThanOrEqual(4);
  proxy.restore();
  await currentWithin(5_000);
  await expectStatus(204, put(1));
  const { reads, acknowledged, statuses } = await stop();

  expect(new Set(reads.map(({ status }) => status))).toEqual(new Set([200]));
  expect(statuses).toEqual(new Set([204, 503]));
  expect(reads.some(({ stale }) => stale === undefined)).toBe(true);
  const stored = await database.sql<{ key: string }>('select key from rule_metadata');
  expect(stored.map(({ key }) => key)).toEqual(expect.arrayContaining([...acknowledged]));
  expect(acknowledged.length).toBeGreaterThan(1);
  expect((await read()).text).toBe(await truth());
  const log = service.output();
  expect(log).toMatch(/"level":"warn(ing)?".*the database does not answer; reads go on from memory.*"allowed_s":300/);
  expect(log.match(/reads go on from memory/g)).toHaveLength(1);
  expect(log).toMatch(/the database answers again; reads are current/);
});

it('past HEKSHER_STALE_IF_ERROR_S reads are a 503 with Retry-After', async () => {
  await start({ HEKSHER_STALE_IF_ERROR_S: '1' });
  proxy.cut();
  expect(await read()).toMatchObject({ status: 200, stale: 1 });
  await sleep(1_500);
  expect(await read()).toMatchObject({ status: 503, retryAfter: '1', stale: undefined });
  proxy.restore();
  await currentWithin(5_000);
});

it('where nobody read for longer than that, reads go on from the last check that was possible', async () => {
  await start({ HEKSHER_STALE_IF_ERROR_S: '3' });
  await sleep(4_000);
  proxy.cut();
  expect(await read()).toMatchObject({ status: 200, stale: expect.any(Number) as number });
  await sleep(3_500);
  expect(await read()).toMatchObject({ status: 503, stale: undefined });
});

it('while reads go on the service is ready, degraded since the outage, and its health tells of it', async () => {
  await start({ HEKSHER_STALE_IF_ERROR_S: '300' });
  const before = Date.now();
  proxy.cut();
  expect((await read()).stale).toBe(1);
  const ready = await call('GET', '/api/health/ready');
  expect(ready).toMatchObject({
    status: 200,
    body: {
      status: 'degraded',
      details: { service: { status: 'up' }, queries: { status: 'up' }, database: { status: 'down' } },
    },
  });
  const { since } = ready.body as { since: string };
  expect(Date.parse(since)).toBeGreaterThanOrEqual(before);
  expect((await call('GET', '/api/health')).status).toBe(500);
  expect((await call('GET', '/api/health/live')).status).toBe(200);
  proxy.restore();
  await currentWithin(5_000);
  expect(await call('GET', '/api/health/ready')).toMatchObject({ status: 200, body: { status: 'ok' } });
  expect((await call('GET', '/api/health')).status).toBe(200);
});

it('with HEKSHER_STALE_IF_ERROR_S=0 no answer is ever stale: 503 with Retry-After, at once', async () => {
  await start({ HEKSHER_STALE_IF_ERROR_S: '0' });
  const stop = load();
  await sleep(200);
  proxy.cut();
  await sleep(1_000);
  const answer = await read();
  expect(answer).toMatchObject({ status: 503, retryAfter: '1' });
  expect(answer.text).toContain('the database does not answer');
  proxy.restore();
  await currentWithin(5_000);
  const { reads } = await stop();
  expect(new Set(reads.map(({ status }) => status))).toEqual(new Set([200, 503]));
  expect(reads.filter(({ stale }) => stale !== undefined)).toEqual([]);
});

it('a connection that breaks, idle or in the middle of a check, costs a new one and nothing else', async () => {
  // A machine that is busy with other things must not look like a database that does not answer.
  await start({ HEKSHER_READ_TIMEOUT_MS: '10000', HEKSHER_DB_CONNECT_TIMEOUT_MS: '10000' });
  const stop = load();
  for (let time = 0; time < 15; time += 1) {
    await sleep(150);
    const before = proxy.connections();
    proxy.breakConnections();
    while (proxy.connections() === before) await sleep(2);
    // The new one is in use before it is broken in turn.
    await read();
  }
  const { reads } = await stop();
  expect(reads.length).toBeGreaterThan(200);
  expect(reads.filter(({ status, stale }) => status !== 200 || stale !== undefined)).toEqual([]);
  expect((await read()).text).toBe(await truth());
});

it('a session that ends anywhere within a refresh leaves no mixture of what was before and after', async () => {
  await start();
  const write = (value: number) =>
    database.sql(`with r as (update rules set value = $1::text) update settings set default_value = $1::text`, [
      String(value),
    ]);
  const rollouts = `insert into rollouts (setting, feature, percentage, value, hash, salt)
                    values ('cache_size', 'user', 0, '1', 'murmur3', $1)`;
  // A rollout makes a refresh take more than its one statement.
  for (const [kind, most] of [
    ['rule', 2],
    ['rollout', 6],
  ] as const) {
    for (let nth = 1; nth <= most; nth += 1) {
      await write(nth * 10);
      if (kind === 'rollout') await database.sql(rollouts, [`salt ${nth}`]);
      const before = await truth();
      let ended = 0;
      proxy.endSessionWith(nth, async () => {
        await write(nth * 10 + 1);
        ended += 1;
      });
      const { text, stale } = await read();
      await until(`the session ends with answer ${nth} of a refresh after a write to a ${kind}`, () => ended === 1);
      expect(stale).toBeUndefined();
      expect([before, await truth()]).toContain(text);
    }
  }
});

it('a check that takes too long is given up: stale answers within bounds, none hangs', async () => {
  await start();
  for (const hamper of [() => proxy.stall(), () => proxy.delay(2 * READ_TIMEOUT_MS)]) {
    hamper();
    const reads = await Promise.all(Array.from({ length: 50 }, (_, index) => sleep(index * 20).then(read)));
    expect(new Set(reads.map(({ status }) => status))).toEqual(new Set([200]));
    expect(reads.every(({ stale }) => stale !== undefined)).toBe(true);
    expect(Math.max(...reads.map(({ ms }) => ms))).toBeLessThan(BOUND_MS);
    proxy.restore();
    await currentWithin(5_000);
  }
});

it('a check that takes too long is a 503 where no stale answer is allowed, also for those who waited behind it', async () => {
  await start({ HEKSHER_STALE_IF_ERROR_S: '0' });
  proxy.stall();
  const reads = await Promise.all(Array.from({ length: 50 }, (_, index) => sleep(index * 20).then(read)));
  expect(new Set(reads.map(({ status }) => status))).toEqual(new Set([503]));
  expect(Math.max(...reads.map(({ ms }) => ms))).toBeLessThan(BOUND_MS);
  proxy.restore();
  await currentWithin(5_000);
});

it('a network that is only slow makes reads slow, and no answer stale', async () => {
  await start();
  proxy.delay(READ_TIMEOUT_MS / 5);
  const writing = put(77);
  const reads = await Promise.all(Array.from({ length: 30 }, (_, index) => sleep(index * 10).then(read)));
  await expectStatus(204, writing);
  expect(reads.filter(({ status, stale }) => status !== 200 || stale !== undefined)).toEqual([]);
  expect((await read()).text).toBe(await truth());
});
