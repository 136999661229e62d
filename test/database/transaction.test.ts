import { type DataSource } from 'typeorm';
import { type DatabaseAddress } from '../../libs/database/src/connection-string.js';
import { migrate } from '../../libs/database/src/migrate.js';
import {
  INVALID_CATALOG_NAME,
  isDatabaseUnavailable,
  pgErrorCode,
  UNIQUE_VIOLATION,
} from '../../libs/database/src/pg-errors.js';
import {
  type DatabaseServer,
  execute,
  startDatabaseServer,
  TEST_POOL,
  withDataSource,
} from '../support/database/database-server.js';
import { inWriteTransaction, type WriteOrigin } from '../../libs/database/src/transaction.js';

let server: DatabaseServer;
let address: DatabaseAddress;
const pool = { ...TEST_POOL, poolSize: 20, connectTimeoutMs: 1500, statementTimeoutMs: 800, lockTimeoutMs: 300 };

beforeAll(async () => {
  server = await startDatabaseServer();
  address = await server.create();
  await withDataSource(address, migrate);
});
afterAll(() => server.stop());

/** The error of `act`, which must fail. */
async function failure(act: Promise<unknown>): Promise<unknown> {
  return act.then(
    (value) => {
      throw new Error(`expected a failure, got ${JSON.stringify(value)}`);
    },
    (error: unknown) => error,
  );
}

test('writers stand in one order: what one reads, none changes before it has written', () =>
  withDataSource(address, async (own) => {
    const add = (): Promise<void> =>
      inWriteTransaction(own, {}, async (db) => {
        const [row] = await db.query<readonly { next: number }[]>('select count(*)::int as next from context_features');
        await db.query('insert into context_features values ($1, $2)', [`f${String(row?.next)}`, row?.next]);
      });
    await Promise.all(Array.from({ length: 20 }, add));
    expect(await own.query('select count(*)::int, max(index) from context_features')).toEqual([{ count: 20, max: 19 }]);
  }));

test.each(['serializable', 'repeatable read'])(
  'where the default isolation of the database is %s, parallel writes go through as anywhere',
  async (isolation) => {
    const other = await server.create();
    await withDataSource(other, migrate);
    await execute(other, `alter database ${other.database} set default_transaction_isolation = '${isolation}'`);
    await withDataSource(other, async (own) => {
      const add = (_: unknown, index: number): Promise<void> =>
        inWriteTransaction(own, {}, async (db) => {
          await db.query('insert into context_features values ($1, (select count(*) from context_features))', [
            `f${String(index)}`,
          ]);
        });
      await Promise.all(Array.from({ length: 40 }, add));
      expect(await own.query('select count(*)::int, max(index) from context_features')).toEqual([
        { count: 40, max: 39 },
      ]);
    });
  },
);

test('where a write comes from is in the log of its transaction, and not beyond it', () =>
  withDataSource(
    address,
    async (own) => {
      const write = (origin: WriteOrigin): Promise<void> =>
        inWriteTransaction(
          own,
          origin,
          async (db) => void (await db.query(`delete from settings where name = 'none'`)),
        );
      await write({ actor: `o'hara`, request_id: 'r-1', message: 'tidy “up”' });
      await write({});
      const [user] = await own.query<readonly { name: string }[]>('select session_user as name');
      const entries = await own.query<readonly { tx: string }[]>(
        `select actor, request_id, message, tx::text from heksher_changes where "table" = 'settings' order by id`,
      );
      expect(entries).toMatchObject([
        { actor: `o'hara`, request_id: 'r-1', message: 'tidy “up”' },
        { actor: user?.name, request_id: null, message: null },
      ]);
      expect(new Set(entries.map(({ tx }) => tx)).size).toBe(2);
    },
    { ...TEST_POOL, poolSize: 1 },
  ));

test('an error rolls everything back and is passed on as it is', () =>
  withDataSource(address, async (own) => {
    const before = await own.query<unknown>('select seq, token from heksher_revision');
    const error = new Error('no');
    const failing = inWriteTransaction(own, {}, async (db) => {
      await db.query(`insert into settings values ('x', 'int', '1', '1.0')`);
      throw error;
    });
    expect(await failure(failing)).toBe(error);
    expect(await own.query('select seq, token from heksher_revision')).toEqual(before);
    expect(await own.query('select name from settings')).toEqual([]);
  }));

test('writers that wait for a lock leave connections to readers, and none waits longer than it may', () =>
  withDataSource(
    address,
    async (own) => {
      const holder = own.createQueryRunner();
      await holder.startTransaction();
      await holder.query(`delete from settings where false`);
      const writes = Array.from({ length: 30 }, () => failure(inWriteTransaction(own, {}, () => Promise.resolve())));
      const read = own.query<readonly { one: number }[]>('select 1 as one');
      expect(await Promise.race([read, Promise.all(writes)])).toEqual([{ one: 1 }]);
      const errors = await Promise.all(writes);
      expect(errors.every(isDatabaseUnavailable)).toBe(true);
      await holder.rollbackTransaction();
      await holder.release();
      await inWriteTransaction(own, {}, () => Promise.resolve());
    },
    { ...pool, poolSize: 4 },
  ));

describe('what pg and TypeORM really throw', () => {
  beforeAll(async () => {
    await withDataSource(address, (own) => own.query(`insert into settings values ('taken', 'int', '1', '1.0')`));
  });

  test('a taken name is the request’s fault and has its code', () =>
    withDataSource(address, async (own) => {
      const error = await failure(own.query(`insert into settings values ('taken', 'int', '1', '1.0')`));
      expect(pgErrorCode(error)).toBe(UNIQUE_VIOLATION);
      expect(isDatabaseUnavailable(error)).toBe(false);
    }));

  test.each<[string, () => Promise<unknown>]>([
    ['nobody listens', () => failure(withDataSource({ ...address, port: 1 }, () => Promise.resolve(), pool))],
    [
      'there is no such host',
      () => failure(withDataSource({ ...address, host: 'no-such-host.invalid' }, () => Promise.resolve(), pool)),
    ],
    [
      'there is no such socket',
      () => failure(withDataSource({ ...address, host: '/no/such/directory' }, () => Promise.resolve(), pool)),
    ],
    [
      'the database is gone',
      () => failure(withDataSource({ ...address, database: 'gone' }, () => Promise.resolve(), pool)),
    ],
    [
      'the server does not do TLS',
      () => failure(withDataSource({ ...address, ssl: { rejectUnauthorized: false } }, () => Promise.resolve(), pool)),
    ],
    ['a statement takes too long', () => inPool((own) => failure(own.query('select pg_sleep(5)')))],
    ['a table is not there', () => inPool((own) => failure(own.query('select * from not_there')))],
    [
      'the transaction is read-only',
      () => inPool((own) => failure(own.query(`set transaction read only; delete from settings`))),
    ],
    [
      'the session is ended',
      () => inPool((own) => failure(own.query('select pg_terminate_backend(pg_backend_pid())'))),
    ],
    [
      'the session is ended in the middle of a write',
      () =>
        inPool((own) =>
          failure(
            inWriteTransaction(own, {}, async (db) => {
              await db.query('select pg_terminate_backend(pg_backend_pid())').catch(() => undefined);
              await db.query('select 1');
            }),
          ),
        ),
    ],
    ['the data source is closed', async () => failure((await inPool((own) => Promise.resolve(own))).query('select 1'))],
    [
      'another holds the revision too long',
      () =>
        inPool(async (own) => {
          const holder = own.createQueryRunner();
          await holder.startTransaction();
          await holder.query(`delete from settings where false`);
          const error = await failure(inWriteTransaction(own, {}, () => Promise.resolve()));
          await holder.rollbackTransaction();
          await holder.release();
          return error;
        }),
    ],
    [
      'all connections stay taken',
      () =>
        inPool(async (own) => {
          const runners = Array.from({ length: pool.poolSize }, () => own.createQueryRunner());
          await Promise.all(runners.map((runner) => runner.connect()));
          const error = await failure(own.query('select 1'));
          await Promise.all(runners.map((runner) => runner.release()));
          return error;
        }),
    ],
    [
      'the revision row is not there',
      async () => {
        const other = await server.create();
        return withDataSource(other, async (own) => {
          await migrate(own);
          await execute(other, 'delete from heksher_revision');
          return failure(inWriteTransaction(own, {}, () => Promise.resolve()));
        });
      },
    ],
    [
      'the database is not migrated',
      async () =>
        withDataSource(await server.create(), (own) => failure(inWriteTransaction(own, {}, () => Promise.resolve()))),
    ],
  ])('the database is unavailable where %s', async (_, provoke) => {
    const error = await provoke();
    expect({ unavailable: isDatabaseUnavailable(error), error }).toMatchObject({ unavailable: true });
  });

  test('the name of a database that is not there has its code', async () => {
    const error = await failure(withDataSource({ ...address, database: 'gone' }, () => Promise.resolve(), pool));
    expect(pgErrorCode(error)).toBe(INVALID_CATALOG_NAME);
  });

  test.each<unknown>([
    new Error('x'),
    new TypeError('not a function'),
    null,
    undefined,
    'text',
    {},
    { code: 'ERR_INVALID_ARG_TYPE' },
  ])('a bug of ours is not the database’s condition: %p', (error) => {
    expect(isDatabaseUnavailable(error)).toBe(false);
    expect(pgErrorCode(error)).toBeUndefined();
  });
});

async function inPool<T>(work: (own: DataSource) => Promise<T>): Promise<T> {
  return withDataSource(address, work, pool);
}
