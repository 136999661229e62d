import { setTimeout as sleep } from 'node:timers/promises';
import { addFeatures, addRule, declare, startTestService, type TestService } from '../support/service/service.js';

/*
 * The session that follows what others write keeps the plan of its statement. One that was made while there were few rules and settings must not read
 * all of them once there are many.
 */
let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

const MANY = 5_000;

/** Rows of rules and settings that were read so far, by all sessions. */
async function rowsRead(): Promise<number> {
  const [row] = await service.database.sql<{ read: number }>(
    `select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int as read
       from pg_stat_user_tables where relname in ('rules', 'settings')`,
  );
  return row?.read ?? NaN;
}

/** The same once it stands still: a session tells what it has read after a second at the earliest, when it ends a transaction. */
async function settledRowsRead(): Promise<number> {
  let [last, isSame] = [await rowsRead(), 0];
  while (isSame < 3) {
    await sleep(600);
    await service.call('GET', '/api/v1/query');
    const read = await rowsRead();
    isSame = read === last ? isSame + 1 : 0;
    last = read;
  }
  return last;
}

/** Another session gives a rule a new value, and a query has it. */
async function follow(rule: number, value: number): Promise<void> {
  await service.database.sql(`update rules set value = '${value}' where id = ${rule}`);
  const { text } = await service.call('GET', '/api/v1/query?settings=s0');
  expect(text).toContain(`"value":${value}`);
}

it('reads few rows to follow a write of one, by a plan that was made when there were few', async () => {
  for (const table of ['rules', 'settings', 'conditions']) {
    await service.database.sql(`alter table ${table} set (autovacuum_enabled = off)`);
  }
  await addFeatures(service.call, 'user');
  await declare(service.call, { name: 's0', type: 'int', default_value: 0, configurable_features: ['user'] });
  const rule = await addRule(service.call, 's0', { user: 'john' }, 1);
  await service.database.sql('analyze');
  await follow(rule, 2);
  await service.database.sql(
    `insert into settings (name, type, default_value, version) select 't' || n, 'int', '1', '1.0' from generate_series(1, ${MANY}) n`,
  );
  await service.database.sql(
    `with added as (insert into rules (setting, value) select 's0', n from generate_series(1, ${MANY}) n returning id)
     insert into conditions (rule, context_feature, feature_value) select id, 'user', 'u' || id from added`,
  );
  await service.call('GET', '/api/v1/query');
  const before = await settledRowsRead();
  await follow(rule, 3);
  const read = (await settledRowsRead()) - before;
  expect(read).toBeGreaterThan(0);
  expect(read).toBeLessThan(100);
});
