import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@heksher/embedded-postgres';
import pg from 'pg';
import { connectionStringOf } from '../support/database/database.js';
import { type ServiceProcess, spawnService } from '../support/service/process.js';
import { addFeatures, addRule, type Answer, type Call, declare, expectStatus } from '../support/service/service.js';
import { startTcpProxy, type TcpProxy } from '../support/http/tcp-proxy.js';
import { timed, until } from '../support/service/until.js';

const LOCK_TIMEOUT_MS = 700;
const STATEMENT_TIMEOUT_MS = 2_000;
const CONNECT_TIMEOUT_MS = 1_000;
const POOL_SIZE = 3;

let folder: string;
let postgres: EmbeddedPostgres;
/** Where the proxy leads; a server that starts again has another port. */
const upstream = { host: '127.0.0.1', port: 0 };
let proxy: TcpProxy;
let service: ServiceProcess;
let call: Call;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heksher-outage-'));
  await startPostgres();
  proxy = await startTcpProxy(upstream);
  service = spawnService({
    HEKSHER_DB_CONNECTION_STRING: connectionStringOf({ ...postgres.address, port: proxy.port }),
    HEKSHER_DB_LOCK_TIMEOUT_MS: String(LOCK_TIMEOUT_MS),
    HEKSHER_DB_STATEMENT_TIMEOUT_MS: String(STATEMENT_TIMEOUT_MS),
    HEKSHER_DB_CONNECT_TIMEOUT_MS: String(CONNECT_TIMEOUT_MS),
    HEKSHER_DB_POOL_SIZE: String(POOL_SIZE),
    HEKSHER_READ_TIMEOUT_MS: '1000',
    HEKSHER_STALE_IF_ERROR_S: '0',
    HEKSHER_SHUTDOWN_TIMEOUT_S: '2',
  });
  ({ call } = await service.ready);
  await addFeatures(call, 'account', 'user', 'theme');
  await declare(call);
  await addRule(call, 'cache_size', { user: 'john' }, 100);
}, 120_000);

afterAll(async () => {
  service.child.kill('SIGKILL');
  await service.exited;
  await proxy.close();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
}, 120_000);

afterEach(() => {
  // Whatever the database did, the service neither ended nor met an error that nobody had thought of.
  expect(service.child.exitCode).toBeNull();
  expect(service.output()).not.toMatch(/unhandled|nobody expected/i);
});

async function startPostgres(): Promise<void> {
  postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'data') });
  upstream.port = postgres.address.port;
}

let written = 100;
const write = () => call('PUT', '/api/v1/rules/1/value', { body: { value: (written += 1) } });

const REQUESTS: readonly (readonly [method: string, path: string, body?: object])[] = [
  ['PUT', '/api/v1/rules/1/value', { value: 1 }],
  ['POST', '/api/v1/context_features', { context_feature: 'late' }],
  ['GET', '/api/v1/context_features'],
  ['GET', '/api/v1/settings/cache_size'],
  ['GET', '/api/v1/rules/1'],
  ['GET', '/api/v1/query'],
];

function expectUnavailable(answer: Answer): void {
  expect(answer.status).toBe(503);
  expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
}

/** All kinds of requests at once, each several times: more than the pool has connections. */
function askEverything(headers: Readonly<Record<string, string>> = {}): Promise<readonly Answer[]> {
  const many = Array.from({ length: 4 }, () => REQUESTS).flat();
  return Promise.all(many.map(([method, path, body]) => call(method, path, { ...(body && { body }), headers })));
}

async function expectNormalAgain(): Promise<void> {
  await until('writes to work again', async () => (await write()).status === 204);
  const { body } = await expectStatus(200, call('GET', '/api/v1/rules/1'));
  expect(body).toMatchObject({ value: written });
  for (const path of ['/api/v1/query', '/api/v1/settings', '/api/health/ready']) {
    await until(`${path} to answer`, async () => (await call('GET', path)).status === 200);
  }
  await until('the background check', async () => (await call('GET', '/api/health')).status === 200);
}

async function onDatabase<T>(database: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ ...postgres.address, database });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

it('the database stopped: 503 with Retry-After, not ready, not healthy within 6 s; started again: normal, with no restart', async () => {
  await postgres.stop();
  const answers = await askEverything({ accept: 'application/json' });
  for (const answer of answers) {
    expectUnavailable(answer);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.body).toMatchObject({ status: 503 });
  }
  expect((await call('GET', '/api/health/ready')).status).toBe(503);
  expect((await call('GET', '/api/health/live')).status).toBe(200);
  await until('health to tell', async () => (await call('GET', '/api/health')).status === 500, 6_500);
  await startPostgres();
  await expectNormalAgain();
  const { body } = await call('GET', '/api/v1/context_features');
  expect(body).toEqual({ context_features: ['account', 'user', 'theme'] });
}, 120_000);

it('connections reset amid load: some 503, nothing else, and normal at once', async () => {
  const load = Array.from({ length: 5 }, async () => {
    const statuses: number[] = [];
    for (let turn = 0; turn < 20; turn += 1)
      statuses.push((await write()).status, (await call('GET', '/api/v1/rules/1')).status);
    return statuses;
  });
  for (let time = 0; time < 5; time += 1) {
    await sleep(60);
    proxy.breakConnections();
  }
  const statuses = new Set((await Promise.all(load)).flat());
  expect([...statuses].filter((status) => ![200, 204, 503].includes(status))).toEqual([]);
  await expectNormalAgain();
}, 120_000);

it('a network that swallows everything: 503 for each of many requests, none hangs; normal when it is back', async () => {
  proxy.stall();
  const [ms, answers] = await timed(askEverything());
  answers.forEach(expectUnavailable);
  expect(ms).toBeLessThan(STATEMENT_TIMEOUT_MS + LOCK_TIMEOUT_MS + 2 * CONNECT_TIMEOUT_MS + 6_000);
  const [readyMs, ready] = await timed(call('GET', '/api/health/ready'));
  expect([ready.status, readyMs < 3_000]).toEqual([503, true]);
  await until('health to tell', async () => (await call('GET', '/api/health')).status === 500);
  proxy.restore();
  await expectNormalAgain();
}, 120_000);

it('a lock held by another: writes wait HEKSHER_DB_LOCK_TIMEOUT_MS and are 503, however many; reads go on', async () => {
  await onDatabase(postgres.address.database, async (client) => {
    await client.query('begin');
    await client.query('select from heksher_revision for update');
    const [ms, answer] = await timed(write());
    expectUnavailable(answer);
    expect(ms).toBeGreaterThan(LOCK_TIMEOUT_MS - 50);
    expect(ms).toBeLessThan(LOCK_TIMEOUT_MS + 1_500);
    expect((await call('GET', '/api/v1/query')).status).toBe(200);
    expect((await call('GET', '/api/v1/rules/1')).status).toBe(200);
    const many = await Promise.all(Array.from({ length: 4 * POOL_SIZE }, write));
    many.forEach(expectUnavailable);
  });
  await expectNormalAgain();
}, 120_000);

it('the database dropped and created empty: 503 with a log that says what is missing; filled again: normal', async () => {
  const { database } = postgres.address;
  await onDatabase('postgres', async (client) => {
    await client.query(`alter database "${database}" with allow_connections false`);
    await client.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = $1`, [database]);
    await client.query(`alter database "${database}" rename to kept`);
    await client.query(`create database "${database}"`);
  });
  const logged = service.output().length;
  (await askEverything()).forEach(expectUnavailable);
  expect(service.output().slice(logged)).toMatch(
    /"level":"(warn|error)".*heksher_revision|context_features.*does not exist/,
  );
  await onDatabase('postgres', async (client) => {
    await client.query(`drop database "${database}" with (force)`);
    await client.query(`alter database kept rename to "${database}"`);
    await client.query(`alter database "${database}" with allow_connections true`);
  });
  await expectNormalAgain();
}, 120_000);

it('SIGTERM while the network swallows everything still ends it in order and in time', async () => {
  proxy.stall();
  const answers = askEverything().catch(() => []);
  await sleep(200);
  service.child.kill('SIGTERM');
  const [ms, code] = await timed(service.exited);
  await answers;
  proxy.restore();
  expect(ms).toBeLessThan(20_000);
  expect(code).toBe(0);
  // For what is looked at after each test.
  service = spawnService({
    HEKSHER_DB_CONNECTION_STRING: connectionStringOf({ ...postgres.address, port: proxy.port }),
  });
  ({ call } = await service.ready);
}, 120_000);
