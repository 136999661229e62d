import { createDatabase } from '../support/database/database.js';
import { spawnService } from '../support/service/process.js';
import { addFeatures, declare, expectStatus } from '../support/service/service.js';
import { until } from '../support/service/until.js';

const SETS = 300;

it('three processes apply each scheduled set once and in order, also where one is killed and one ends meanwhile', async () => {
  const database = await createDatabase();
  const env = { HEKSHER_DB_CONNECTION_STRING: database.connectionString };
  const first = spawnService(env);
  const services = [first];
  try {
    const { call } = await first.ready;
    await addFeatures(call, 'account', 'user', 'theme');
    await declare(call);
    services.push(spawnService(env), spawnService(env));
    const [, killed, ended] = services;
    await Promise.all([killed?.ready, ended?.ready]);
    // Kept as approved ones are; one moment starts them all.
    for (let value = 1; value <= SETS; value += 1) {
      const expect = value === 1 ? null : { value: value - 1 };
      const operations = [{ op: 'put_rule', setting: 'cache_size', value, expect }];
      await expectStatus(
        201,
        call('POST', '/api/v1/changesets', { body: { operations, apply_at: '2099-01-01T00:00:00Z' } }),
      );
    }
    await database.sql('update heksher_changesets set apply_at = now()');
    const applied = async (): Promise<number> => {
      const [row] = await database.sql<{ count: number }>(
        `select count(*)::integer as count from heksher_changesets where state = 'applied'`,
      );
      return row?.count ?? 0;
    };
    await until('some are applied', async () => (await applied()) > 10);
    killed?.child.kill('SIGKILL');
    ended?.child.kill('SIGTERM');
    await until(
      'none waits',
      async () =>
        (await database.sql(`select from heksher_changesets where state = 'scheduled'`)).length === 0 || undefined,
      60_000,
    );
    const states = await database.sql(
      `select state, count(*)::integer as count from heksher_changesets group by state`,
    );
    expect(states).toEqual([{ state: 'applied', count: SETS }]);
    expect(await database.sql('select value from rules')).toEqual([{ value: String(SETS) }]);
    const writes = await database.sql<{ value: string }>(
      `select new ->> 'value' as value from heksher_changes where "table" = 'rules' and op <> 'statement' order by seq`,
    );
    expect(writes.map(({ value }) => Number(value))).toEqual(Array.from({ length: SETS }, (_, index) => index + 1));
  } finally {
    for (const { child } of services) child.kill('SIGTERM');
    await Promise.all(services.map(({ exited }) => exited));
    await database.drop();
  }
}, 180_000);
