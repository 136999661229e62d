import { createDatabase, type TestDatabase } from '../support/database/database.js';
import { type ServiceProcess, spawnService } from '../support/service/process.js';
import { type Call, expectStatus } from '../support/service/service.js';

const REPLICAS = 5;

let database: TestDatabase;
let replicas: ServiceProcess[] = [];
beforeEach(async () => {
  database = await createDatabase({ from: 'nothing' });
});
afterEach(async () => {
  for (const { child } of replicas) child.kill('SIGKILL');
  await Promise.all(replicas.map(({ exited }) => exited));
  replicas = [];
  await database.drop();
});

function spawn(env: Readonly<Record<string, string>> = {}, args: readonly string[] = []): ServiceProcess {
  const replica = spawnService({ HEKSHER_DB_CONNECTION_STRING: database.connectionString, ...env }, args);
  replicas.push(replica);
  return replica;
}

const listFeatures = async (call: Call) => (await expectStatus(200, call('GET', '/api/v1/context_features'))).body;

it('five processes started at once on an empty database migrate it once, and serve as one', async () => {
  const env = { HEKSHER_STARTUP_CONTEXT_FEATURES: 'user;trust;theme' };
  const calls = (await Promise.all(Array.from({ length: REPLICAS }, () => spawn(env).ready))).map(({ call }) => call);
  const migrations = await database.sql<{ name: string; times: number }>(
    'select name, count(*)::integer as times from heksher_migrations group by name',
  );
  expect(migrations.length).toBeGreaterThan(0);
  expect(migrations.filter(({ times }) => times !== 1)).toEqual([]);
  const migrated = replicas.filter((replica) => replica.output().includes('brought to the current schema'));
  expect(migrated).toHaveLength(1);

  const added = calls.map((call, replica) =>
    expectStatus(204, call('POST', '/api/v1/context_features', { body: { context_feature: `of_${replica}` } })),
  );
  await Promise.all(added);
  const rows = await database.sql<{ name: string }>('select name from context_features order by index');
  const features = rows.map(({ name }) => name);
  expect(features.slice(0, 3)).toEqual(['user', 'trust', 'theme']);
  expect([...features.slice(3)].sort()).toEqual(calls.map((_, replica) => `of_${replica}`));
  for (const call of calls) expect(await listFeatures(call)).toEqual({ context_features: features });
});

it('a replica with another idea of the context features exits, and the ones that run go on undisturbed', async () => {
  const { call } = await spawn({ HEKSHER_STARTUP_CONTEXT_FEATURES: 'user;theme' }).ready;
  const revision = () => database.sql('select seq, token from heksher_revision');
  const before = await revision();
  const other = spawn({ HEKSHER_STARTUP_CONTEXT_FEATURES: 'theme;user;trust' });
  expect(await other.exited).toBe(1);
  expect(other.output()).toMatch(/theme, user, trust.*user, theme/);
  expect(await revision()).toEqual(before);
  expect(await listFeatures(call)).toEqual({ context_features: ['user', 'theme'] });
});

it('with HEKSHER_MIGRATE_ON_START=false what is pending is named, and "migrate" from five processes brings it about', async () => {
  const env = { HEKSHER_MIGRATE_ON_START: 'false' };
  const early = spawn(env);
  expect(await early.exited).toBe(1);
  expect(await database.sql(`select from pg_tables where schemaname = 'public'`)).toEqual([]);
  const migrating = Array.from({ length: REPLICAS }, () => spawn(env, ['migrate']).exited);
  expect(await Promise.all(migrating)).toEqual(migrating.map(() => 0));
  for (const { name } of await database.sql<{ name: string }>('select name from heksher_migrations')) {
    expect(early.output()).toContain(name);
  }
  const { call } = await spawn(env).ready;
  expect(await listFeatures(call)).toEqual({ context_features: [] });
});
