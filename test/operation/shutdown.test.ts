import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createDatabase, type TestDatabase } from '../support/database/database.js';
import { type ServiceProcess, spawnService } from '../support/service/process.js';
import { timed, until } from '../support/service/until.js';

let database: TestDatabase;
let service: ServiceProcess;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());
afterEach(async () => {
  service.child.kill('SIGKILL');
  await service.exited;
});

const FEATURE = (name: string) => ({ body: { context_feature: name } });

function spawn(env: Readonly<Record<string, string>> = {}): ServiceProcess {
  return spawnService({ HEKSHER_DB_CONNECTION_STRING: database.connectionString, ...env });
}

/** Hold up every write until the lock is released. */
async function lockWrites(): Promise<() => Promise<void>> {
  const client = await database.connect();
  await client.query('begin');
  await client.query('select from heksher_revision for update');
  return () => client.end();
}

function waitingSessions(): Promise<readonly unknown[]> {
  return database.sql(`select from pg_stat_activity where datname = $1 and wait_event_type = 'Lock'`, [database.name]);
}

const untilWritesWait = () => until('a write to wait', async () => (await waitingSessions()).length > 0);

async function isRefused(url: string): Promise<boolean> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  const result = await Promise.race([
    once(socket, 'connect').then(() => false),
    new Promise<boolean>((resolve) => socket.once('error', () => resolve(true))),
  ]);
  socket.destroy();
  return result;
}

/** A connection by hand, with all that came over it. */
async function openConnection(
  url: string,
): Promise<Readonly<{ socket: Socket; received(): string; closed: Promise<unknown> }>> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1').setEncoding('utf8');
  let received = '';
  socket.on('data', (text: string) => (received += text)).on('error', () => undefined);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await once(socket, 'connect');
  return { socket, received: () => received, closed };
}

it('on SIGTERM takes no new connection, is not ready, lets idle ones go, and finishes the write under way', async () => {
  service = spawn();
  const { url, call } = await service.ready;
  const idle = await openConnection(url);
  idle.socket.write('GET /api/health/live HTTP/1.1\r\nHost: x\r\n\r\n');
  await until('the first answer', () => idle.received().includes('200 OK'));
  const busy = await openConnection(url);
  const release = await lockWrites();
  const body = JSON.stringify(FEATURE('piped').body);
  busy.socket.write(
    `POST /api/v1/context_features HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  const writing = call('POST', '/api/v1/context_features', FEATURE('late'));
  // The other one waits for its turn within the service.
  await untilWritesWait();

  service.child.kill('SIGTERM');
  await idle.closed;
  expect(await until('connections to be refused', () => isRefused(url))).toBe(true);
  // Over a connection that is still in use a probe gets through, and is told no.
  busy.socket.write('GET /api/health/ready HTTP/1.1\r\nHost: x\r\n\r\n');
  await release();
  expect((await writing).status).toBe(204);
  await busy.closed;
  expect(busy.received()).toMatch(/^HTTP\/1\.1 204 [\s\S]*HTTP\/1\.1 503 [\s\S]*shutting down/);

  expect(await service.exited).toBe(0);
  const features = await database.sql<{ name: string }>('select name from context_features order by name');
  expect(features.map(({ name }) => name)).toEqual(['late', 'piped']);
  expect(service.output()).toContain('"message":"Heksher has stopped"');
});

it('is not ready for HEKSHER_SHUTDOWN_DELAY_S before it goes, and takes requests and connections meanwhile', async () => {
  service = spawn({ HEKSHER_SHUTDOWN_DELAY_S: '2' });
  const { url, call } = await service.ready;
  expect((await call('GET', '/api/health/ready')).status).toBe(200);
  service.child.kill('SIGTERM');
  await until('the signal to be heard', () => service.output().includes('shutting down'));
  const signalledAt = performance.now();
  expect((await call('GET', '/api/health/ready')).status).toBe(503);
  while (performance.now() - signalledAt < 1_500) {
    const socket = await openConnection(url);
    socket.socket.write('GET /api/v1/query HTTP/1.1\r\nHost: x\r\n\r\n');
    // Each answer asks for another connection, which a load balancer makes elsewhere.
    await socket.closed;
    expect(socket.received()).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*\r\nConnection: close\r\n/);
  }
  const [ms, code] = await timed(service.exited);
  expect(code).toBe(0);
  expect(ms).toBeLessThan(10_000);
});

it('SIGINT does not wait for load balancers', async () => {
  service = spawn({ HEKSHER_SHUTDOWN_DELAY_S: '30' });
  await service.ready;
  service.child.kill('SIGINT');
  const [ms, code] = await timed(service.exited);
  expect(code).toBe(0);
  expect(ms).toBeLessThan(20_000);
});

it('cuts off requests that do not finish within HEKSHER_SHUTDOWN_TIMEOUT_S, undoes them, and exits', async () => {
  service = spawn({ HEKSHER_SHUTDOWN_TIMEOUT_S: '1', HEKSHER_DB_LOCK_TIMEOUT_MS: '60000' });
  const { call } = await service.ready;
  const release = await lockWrites();
  const writing = call('POST', '/api/v1/context_features', FEATURE('stuck')).catch((error: unknown) => String(error));
  await untilWritesWait();
  service.child.kill('SIGTERM');
  const [ms, code] = await timed(service.exited);
  expect(code).toBe(0);
  expect(ms).toBeLessThan(20_000);
  expect(ms).toBeGreaterThan(900);
  expect(await writing).toMatch(/was not answered/);
  expect(service.output()).toContain('requests were cut off at shutdown');
  await until('the write to be undone', async () => (await waitingSessions()).length === 0);
  await release();
  expect(await database.sql(`select from context_features where name = 'stuck'`)).toEqual([]);
});

it('SIGTERM while it waits for a database that does not answer ends it soon', async () => {
  service = spawn({ HEKSHER_DB_CONNECTION_STRING: 'postgresql://postgres@127.0.0.1:1/nowhere' });
  await until('it to wait', () => service.output().includes('waiting for the database'));
  service.child.kill('SIGTERM');
  const [ms, code] = await timed(service.exited);
  expect(ms).toBeLessThan(20_000);
  expect(code).toBe(0);
});

it('SIGTERM while it waits its turn to migrate ends it soon, with the database left to the other', async () => {
  const other = await database.connect();
  await other.query('begin');
  await other.query('lock table heksher_migrations');
  service = spawn({ HEKSHER_SHUTDOWN_TIMEOUT_S: '1' });
  await until('it to wait', async () => (await waitingSessions()).length > 0);
  service.child.kill('SIGTERM');
  const [ms, code] = await timed(service.exited);
  await other.end();
  expect(ms).toBeLessThan(20_000);
  expect(code).toBe(0);
});

it('a second SIGTERM ends it at once', async () => {
  service = spawn({ HEKSHER_SHUTDOWN_TIMEOUT_S: '60', HEKSHER_DB_LOCK_TIMEOUT_MS: '60000' });
  const { call } = await service.ready;
  const release = await lockWrites();
  void call('POST', '/api/v1/context_features', FEATURE('stuck')).catch(() => undefined);
  await untilWritesWait();
  service.child.kill('SIGTERM');
  await until('the first to be heard', () => service.output().includes('shutting down'));
  service.child.kill('SIGTERM');
  const [ms, end] = await timed(service.exited);
  expect(ms).toBeLessThan(20_000);
  expect(end).not.toBe(0);
  await release();
});
