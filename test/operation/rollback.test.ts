import { createDatabase, type TestDatabase } from '../support/database/database.js';
import { type ServiceProcess, spawnService } from '../support/service/process.js';
import { addFeatures, addRollout, addRule, declare, expectStatus } from '../support/service/service.js';

/** What a newer version might have done: a table, columns of tables that this one writes, an index. */
const EXPANSION = `
  create table heksher_later (id integer primary key);
  alter table rules add column later text not null default 'x';
  alter table settings add column later jsonb;
  alter table rollouts add column later integer default 1;
  create index on rules (later);
  insert into heksher_migrations (timestamp, name) values (9795219380000, 'Later9795219380000');`;

let database: TestDatabase;
let service: ServiceProcess | undefined;
beforeEach(async () => {
  database = await createDatabase();
  await database.sql(EXPANSION);
});
afterEach(async () => {
  service?.child.kill('SIGKILL');
  await service?.exited;
  await database.drop();
});

function spawn(args: readonly string[] = [], env: Readonly<Record<string, string>> = {}): ServiceProcess {
  service = spawnService({ HEKSHER_DB_CONNECTION_STRING: database.connectionString, ...env }, args);
  return service;
}

it.each(['true', 'false'])(
  'after a newer version added to the schema this one serves it, and says so (HEKSHER_MIGRATE_ON_START=%s)',
  async (migrateOnStart) => {
    const { ready, output } = spawn([], { HEKSHER_MIGRATE_ON_START: migrateOnStart });
    const { call } = await ready;
    expect(output()).toMatch(/"level":"warn".*migrations of a newer version.*Later9795219380000/);
    await addFeatures(call, 'user');
    await expectStatus(200, declare(call, { configurable_features: ['user'] }));
    const rule = await addRule(call, 'cache_size', { user: 'jim' }, 70, { note: 'x' });
    await addRollout(call, 'cache_size', { percentage: 50, value: 80 });
    await expectStatus(204, call('PUT', `/api/v1/rules/${rule}/value`, { body: { value: 71 } }));
    await expectStatus(200, declare(call, { configurable_features: ['user'], default_value: 61, version: '1.1' }));
    const { body } = await expectStatus(200, call('GET', '/api/v1/query?include_rollouts=true'));
    expect(body).toMatchObject({
      settings: { cache_size: { default_value: 61, rules: [{ value: 71 }], rollouts: [{ value: 80 }] } },
    });
    expect(await database.sql('select value, later from rules')).toEqual([{ value: '71', later: 'x' }]);
    await expectStatus(204, call('DELETE', '/api/v1/settings/cache_size'));
  },
);

it('"migrate" of this version leaves such a schema alone', async () => {
  const { exited, output } = spawn(['migrate']);
  expect([await exited, output().includes('is at the current schema')]).toEqual([0, true]);
  expect(await database.sql(`select from heksher_migrations where name like 'Later%'`)).toHaveLength(1);
});

it.each([[[]], [['migrate']]])('after one that breaks this version %j ends with 1 and its name', async (args) => {
  await database.sql(`update heksher_migrations set breaking = true where name like 'Later%'`);
  const { exited, output } = spawn(args);
  expect(await exited).toBe(1);
  expect(output()).toMatch(/newer than this Heksher.*Later9795219380000/);
});
