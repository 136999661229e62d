import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@heksher/embedded-postgres';
import { connectionStringOf, execute } from '../support/database/database.js';
import { type ServiceProcess, spawnService } from '../support/service/process.js';
import { addFeatures, expectStatus } from '../support/service/service.js';
import { until } from '../support/service/until.js';

let folder: string;
let postgres: EmbeddedPostgres;
let service: ServiceProcess;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heksher-rotation-'));
  postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'data') });
}, 240_000);
afterAll(async () => {
  service.child.kill('SIGKILL');
  await service.exited;
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
});

const END_SESSIONS = `select pg_terminate_backend(pid) from pg_stat_activity where usename = 'rotated'`;

it('the password of the database is read again from its file for each new session: rotated without a restart', async () => {
  const file = join(folder, 'secret');
  const write = (password: string) =>
    writeFile(file, `${connectionStringOf({ ...postgres.address, user: 'rotated', password })}\n`);
  await execute(postgres.address, `create role rotated superuser login password 'first'`);
  await write('first');
  service = spawnService({ HEKSHER_DB_CONNECTION_STRING_FILE: file });
  const { call } = await service.ready;
  await addFeatures(call, 'user');

  await execute(postgres.address, `alter role rotated password 'second'; ${END_SESSIONS}`);
  // Between the two changes nobody gets in, and what is in memory is served.
  await until('a write to be refused', async () => (await call('GET', '/api/v1/context_features')).status === 503);
  await expectStatus(200, call('GET', '/api/v1/query'));
  await write('second');
  await until('reads of the database', async () => (await call('GET', '/api/v1/context_features')).status === 200);
  // Sessions of the pool that were refused are replaced one by one.
  const added = () => call('POST', '/api/v1/context_features', { body: { context_feature: 'theme' } });
  await until('a write', async () => [204, 409].includes((await added()).status));
  await until('queries to be current', async () => {
    const answer = await expectStatus(200, call('GET', '/api/v1/query'));
    return !answer.headers.has('heksher-stale');
  });

  // A file that cannot be read for a moment, as while it is replaced: the last password that was read at start is tried.
  await rm(file);
  await execute(postgres.address, `alter role rotated password 'first'; ${END_SESSIONS}`);
  await until('reads of the database', async () => (await call('GET', '/api/v1/context_features')).status === 200);
  expect(service.output()).not.toMatch(/first|second/);
}, 120_000);
