import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type DataSource } from 'typeorm';
import { type DatabaseAddress } from '../../libs/database/src/connection-string.js';
import { migrate, newerMigrations, pendingMigrations } from '../../libs/database/src/migrate.js';
import {
  type DatabaseServer,
  execute,
  startDatabaseServer,
  TEST_POOL,
  withDataSource,
} from '../support/database/database-server.js';

const ALL = [
  'CreateTables1795219200000',
  'CreateChangeLog1795219260000',
  'CreateRollouts1795219320000',
  'TraceWrites1795219380000',
  'WriteFunction1795219430000',
  'HistoryIndexes1795219440000',
  'Changesets1795219560000',
  'Access1795219620000',
  'ChangesetSettings1795219680000',
  'Principals1795800000000',
  'PublicKeys1795810000000',
  'NotifyChanges1795820000000',
  'Webhooks1795830000000',
  'BreakingMigrations1795840000000',
  'TracedWrites1795850000000',
  'ChangesetEvents1795860000000',
  'ConditionsOfNewOwners1795870000000',
  'WebhookOptions1795890000000',
  'SharedWrites1795905000000',
  'TraceState1795910000000',
  'WritesByIndex1795920000000',
];

let server: DatabaseServer;
let address: DatabaseAddress;
beforeAll(async () => {
  server = await startDatabaseServer();
});
beforeEach(async () => {
  address = await server.create();
});
afterAll(() => server.stop());

describe('migrate', () => {
  test('makes the schema in an empty database once, and then has nothing to do', async () => {
    await withDataSource(address, async (dataSource) => {
      expect(await migrate(dataSource)).toEqual({ applied: ALL, adopted: false, findings: [] });
      expect(await migrate(dataSource)).toEqual({ applied: [], adopted: false, findings: [] });
    });
  });

  test('leaves no difference between the entities and the database, and the comparison would find one', async () => {
    await withDataSource(address, async (dataSource) => {
      await migrate(dataSource);
      expect(await drift(dataSource)).toEqual([]);
      await execute(address, 'alter table rules add column extra text; drop index ix_rules_setting');
      expect(await drift(dataSource)).toHaveLength(2);
    });
  });

  test('lets five processes start at once on one empty database', async () => {
    const reports = await Promise.all(Array.from({ length: 5 }, () => withDataSource(address, migrate)));
    expect(reports.filter((report) => report.applied.length > 0)).toHaveLength(1);
    const [row] = await query<{ count: string }>('select count(*) from heksher_migrations');
    expect(Number(row?.count)).toBe(ALL.length);
  });

  test('waits for another that is at it, longer than any request may take', async () => {
    const impatient = { ...TEST_POOL, statementTimeoutMs: 100, lockTimeoutMs: 100 };
    await withDataSource(address, async (other) => {
      const holder = other.createQueryRunner();
      await holder.query('select pg_advisory_lock(4839072615)');
      const waiting = withDataSource(address, migrate, impatient);
      await new Promise((resolve) => setTimeout(resolve, 400));
      await holder.query('select pg_advisory_unlock(4839072615)');
      await holder.release();
      expect((await waiting).applied).toEqual(ALL);
    });
  });

  test("gives the pool's timeouts back to the connection it used", async () => {
    await withDataSource(
      address,
      async (dataSource) => {
        await migrate(dataSource);
        expect(await dataSource.query('show statement_timeout')).toEqual([{ statement_timeout: '1234ms' }]);
        expect(await dataSource.query('show lock_timeout')).toEqual([{ lock_timeout: '321ms' }]);
      },
      { ...TEST_POOL, poolSize: 1, statementTimeoutMs: 1234, lockTimeoutMs: 321 },
    );
  });

  test('keeps to the schema of the connection, whatever its name', async () => {
    const [{ user } = { user: '' }] = await query<{ user: string }>('select current_user as user');
    await execute(
      address,
      `create schema "Odd ""schema"; alter role ${user} in database ${address.database} set search_path = "Odd ""schema"`,
    );
    await withDataSource(address, async (dataSource) => {
      await migrate(dataSource);
      await dataSource.query(`insert into context_features values ('user', 0)`);
      expect(
        await dataSource.query(`select "table", op from "Odd ""schema".heksher_changes order by id desc limit 1`),
      ).toEqual([{ table: 'context_features', op: 'insert' }]);
      expect(await dataSource.query(`select to_regclass('public.settings') as there`)).toEqual([{ there: null }]);
    });
  });
});

test('pendingMigrations needs no right to write', async () => {
  await execute(address, `alter database ${address.database} set default_transaction_read_only = on`);
  expect(await withDataSource(address, pendingMigrations)).toEqual(ALL);
});

test('pendingMigrations names what is missing and changes nothing', async () => {
  await withDataSource(address, async (dataSource) => {
    expect(await pendingMigrations(dataSource)).toEqual(ALL);
    expect(await dataSource.query(`select relname from pg_class where relnamespace = 'public'::regnamespace`)).toEqual(
      [],
    );
    await migrate(dataSource);
    expect(await pendingMigrations(dataSource)).toEqual([]);
  });
});

describe('a database that a newer version migrated', () => {
  const addMigration = (dataSource: DataSource, breaking: boolean) =>
    dataSource.query(
      `insert into heksher_migrations (timestamp, name, breaking) values (9795219380000, 'ForeseeFuture9795219380000', $1)`,
      [breaking],
    );

  test('in a way that breaks this one is refused by name, and stays as it is', async () => {
    await withDataSource(address, async (dataSource) => {
      await migrate(dataSource);
      await addMigration(dataSource, true);
      const newer = expect.objectContaining({
        code: 'conflict',
        message: expect.stringMatching(/newer than this Heksher.*ForeseeFuture9795219380000/) as unknown,
      }) as unknown;
      for (const look of [pendingMigrations, newerMigrations, migrate])
        await expect(look(dataSource)).rejects.toEqual(newer);
    });
  });

  test('by adding only is taken as it is, so that an image can be rolled back', async () => {
    await withDataSource(address, async (dataSource) => {
      await migrate(dataSource);
      expect(await newerMigrations(dataSource)).toEqual([]);
      await addMigration(dataSource, false);
      expect(await newerMigrations(dataSource)).toEqual(['ForeseeFuture9795219380000']);
      expect(await pendingMigrations(dataSource)).toEqual([]);
      expect((await migrate(dataSource)).applied).toEqual([]);
    });
  });

  test('before migrations said whether they break is refused', async () => {
    await withDataSource(address, async (dataSource) => {
      await migrate(dataSource);
      await addMigration(dataSource, false);
      await dataSource.query('alter table heksher_migrations drop column breaking');
      await expect(newerMigrations(dataSource)).rejects.toMatchObject({ code: 'conflict' });
    });
  });
});

test('a migration that breaks the version before it is recorded as one', async () => {
  class Narrow9795219380000 {
    readonly name = 'Narrow9795219380000';
    readonly breaking = true;
    up = () => Promise.resolve();
    down = () => Promise.resolve();
  }
  await withDataSource(address, async (dataSource) => {
    await migrate(dataSource);
    dataSource.migrations.push(new Narrow9795219380000());
    expect((await migrate(dataSource)).applied).toEqual(['Narrow9795219380000']);
    expect(await query(`select breaking from heksher_migrations where name like 'Narrow%'`)).toEqual([
      { breaking: true },
    ]);
  });
});

test('a large change log is not written anew, its old entries have no transaction, and the new ones have', async () => {
  await withDataSource(address, async (dataSource) => {
    await migrate(dataSource);
    const tracing = ALL.slice(ALL.indexOf('TraceWrites1795219380000'));
    for (let count = 0; count < tracing.length; count += 1) await dataSource.undoLastMigration();
    await dataSource.query(`insert into context_features values ('user', 0)`);
    const file = () => dataSource.query(`select pg_relation_filenode('heksher_changes') as file`);
    const before: unknown = await file();
    expect((await migrate(dataSource)).applied).toEqual(tracing);
    expect(await file()).toEqual(before);
    await dataSource.query(`insert into context_features values ('theme', 1)`);
    const entries = await dataSource.query<readonly unknown[]>(
      `select new ->> 'name' as name, tx is not null as traced from heksher_changes where op = 'insert' order by id`,
    );
    expect(entries).toEqual([
      { name: 'user', traced: false },
      { name: 'theme', traced: true },
    ]);
  });
});

test('the command line of TypeORM shows which migrations a database has had', async () => {
  const show = async () => {
    const { host, port, user = 'postgres', password, database } = address;
    const credentials = password === undefined ? user : `${user}:${password}`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['node_modules/typeorm/cli.js', '-d', 'dist/ormconfig.js', 'migration:show'],
      {
        env: {
          PATH: process.env['PATH'],
          NO_COLOR: '1',
          HEKSHER_DB_CONNECTION_STRING: `postgresql://${credentials}@${host}:${String(port)}/${database}`,
        },
      },
    ).catch((error: { stdout: string }) => error);
    return Array.from(stdout.matchAll(/\[([ X])\] .*?(\w+)$/gm), ([, mark, name]) => `${String(mark)} ${String(name)}`);
  };
  expect(await show()).toEqual(ALL.map((name) => `  ${name}`));
  await withDataSource(address, migrate);
  expect(await show()).toEqual(ALL.map((name) => `X ${name}`));
});

test('every migration can be undone, back to an empty database', async () => {
  await withDataSource(address, async (dataSource) => {
    await migrate(dataSource);
    for (let left = ALL.length; left > 0; left -= 1) await dataSource.undoLastMigration();
    const left = await dataSource.query<unknown>(`
      select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'
      union all select proname from pg_proc where pronamespace = 'public'::regnamespace`);
    expect(left).toEqual([{ relname: 'heksher_migrations' }]);
    expect((await migrate(dataSource)).applied).toEqual(ALL);
  });
});

async function drift(dataSource: DataSource): Promise<readonly string[]> {
  const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
  return upQueries.map(({ query: text }) => text);
}

function query<Row>(text: string): Promise<readonly Row[]> {
  return withDataSource(address, (dataSource) => dataSource.query<readonly Row[]>(text));
}
