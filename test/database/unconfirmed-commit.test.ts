import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@heksher/embedded-postgres';
import pg from 'pg';
import { connectionStringOf, execute } from '../support/database/database.js';
import { type ServiceProcess, spawnService } from '../support/service/process.js';
import { addFeatures, addRule, type Call, declare, expectStatus } from '../support/service/service.js';
import { until } from '../support/service/until.js';

let folder: string;
let postgres: EmbeddedPostgres;
let service: ServiceProcess;
let call: Call;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heksher-unconfirmed-'));
  postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'data') });
  service = spawnService({ HEKSHER_DB_CONNECTION_STRING: connectionStringOf(postgres.address) });
  ({ call } = await service.ready);
  await addFeatures(call, 'account', 'user', 'theme');
  await declare(call);
  await addRule(call, 'cache_size', { user: 'john' }, 1);
}, 240_000);
afterAll(async () => {
  service.child.kill('SIGKILL');
  await service.exited;
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A name that no standby has: each commit waits for one for ever. */
async function setSynchronousStandby(name: string): Promise<void> {
  await execute(postgres.address, `alter system set synchronous_standby_names = '${name}'`);
  await execute(postgres.address, 'select pg_reload_conf()');
}

/** Whether a commit waited for a standby, and no longer does. */
async function cancelWaiting(): Promise<boolean> {
  const client = new pg.Client({ ...postgres.address });
  await client.connect();
  try {
    const { rows } = await client.query(
      `select pg_cancel_backend(a.pid) from pg_stat_activity a where a.wait_event = 'SyncRep' and a.backend_type = 'client backend'`,
    );
    return rows.length > 0;
  } finally {
    await client.end();
  }
}

let late = 0;
const WRITES: readonly (readonly [what: string, write: () => ReturnType<Call>])[] = [
  ['one statement', () => call('PUT', '/api/v1/rules/1/value', { body: { value: 2 } })],
  [
    'a transaction',
    () => call('POST', '/api/v1/context_features', { body: { context_feature: `late_${(late += 1)}` } }),
  ],
];

it.each(WRITES)('a write of %s whose wait for a standby is cancelled is not acknowledged', async (_what, write) => {
  await setSynchronousStandby('nobody');
  // The server takes the setting up a moment after it is told to; a write before that is an ordinary one.
  const refused = await until('a commit to wait for a standby', async () => {
    let isAnswered = false;
    const writing = write().finally(() => (isAnswered = true));
    while (!isAnswered && !(await cancelWaiting())) await sleep(10);
    const answer = await writing;
    return answer.status !== 204 && answer;
  });
  expect(refused.status).toBe(503);
  expect(refused.text).toContain('no synchronous standby has confirmed the write');
  expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
  await setSynchronousStandby('');
  await until('writes to go through', async () => (await WRITES[0]?.[1]())?.status === 204);
  await expectStatus(200, call('GET', '/api/v1/query'));
});
