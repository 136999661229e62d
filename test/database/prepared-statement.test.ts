import { type DataSource } from 'typeorm';
import { type DatabaseAddress } from '../../libs/database/src/connection-string.js';
import { isDatabaseUnavailable } from '../../libs/database/src/pg-errors.js';
import { runPrepared } from '../../libs/database/src/prepared-statement.js';
import {
  type DatabaseServer,
  startDatabaseServer,
  TEST_POOL,
  withDataSource,
} from '../support/database/database-server.js';

let server: DatabaseServer;
let address: DatabaseAddress;

beforeAll(async () => {
  server = await startDatabaseServer();
  address = await server.create();
  await withDataSource(address, (own) => own.query('create table shelf (name varchar)'));
  await withDataSource(address, (own) => own.query(`insert into shelf values ('top'), ('middle')`));
});
afterAll(() => server.stop());

const FIND = { name: 'find_shelf', text: 'select s.name from shelf s where s.name = $1' };

const find = (own: DataSource, name: string) => runPrepared<{ name: string }>(own.manager, FIND, [name]);

/** With a pool of one connection, so that what one run leaves there the next one meets. */
const withOneConnection = (work: (own: DataSource) => Promise<void>): Promise<void> =>
  withDataSource(address, work, { ...TEST_POOL, poolSize: 1 });

test('a connection prepares once what is run many times, each with its own values', () =>
  withOneConnection(async (own) => {
    const prepared = () =>
      own.query<unknown>(`select count(*)::int, min(prepare_time)::text from pg_prepared_statements where name = $1`, [
        FIND.name,
      ]);
    expect(await find(own, 'top')).toEqual([{ name: 'top' }]);
    const first = await prepared();
    for (let run = 0; run < 12; run += 1) expect(await find(own, 'middle')).toEqual([{ name: 'middle' }]);
    expect(await find(own, 'none')).toEqual([]);
    expect(await prepared()).toEqual(first);
    expect(first).toMatchObject([{ count: 1 }]);
  }));

test('it belongs to the transaction of its manager', () =>
  withOneConnection(async (own) => {
    const undone = own.transaction(async (db) => {
      await runPrepared(db, { name: 'add_shelf', text: 'insert into shelf values ($1)' }, ['attic']);
      expect(await runPrepared(db, FIND, ['attic'])).toEqual([{ name: 'attic' }]);
      throw new Error('no');
    });
    await expect(undone).rejects.toThrow('no');
    expect(await find(own, 'attic')).toEqual([]);
  }));

test('an error of the statement is passed on, and its connection stays', () =>
  withOneConnection(async (own) => {
    const pid = () => own.query<unknown>('select pg_backend_pid() as pid');
    const before = await pid();
    const divide = { name: 'divide', text: 'select 1 / $1::int as result' };
    await expect(runPrepared(own.manager, divide, [0])).rejects.toMatchObject({ code: '22012' });
    expect(await runPrepared(own.manager, divide, [1])).toEqual([{ result: 1 }]);
    expect(await pid()).toEqual(before);
  }));

describe('where a session no longer holds the statement as it was', () => {
  const changes = {
    'a column has another type': 'alter table shelf alter column name type text',
    'its statements were forgotten': 'deallocate all',
  };
  test.each(Object.entries(changes))('%s: it is unavailable once, then prepared anew', (_, change) =>
    withOneConnection(async (own) => {
      await find(own, 'top');
      await own.query(change);
      const failed: unknown = await find(own, 'top').catch((error: unknown) => error);
      expect(failed).toMatchObject({ code: 'unavailable' });
      expect(isDatabaseUnavailable(failed)).toBe(true);
      expect(await find(own, 'top')).toEqual([{ name: 'top' }]);
    }),
  );

  test('a transaction in which that happens is rolled back, and the next one goes through', () =>
    withOneConnection(async (own) => {
      await find(own, 'top');
      await own.query('deallocate all');
      const write = () =>
        own.transaction(async (db) => {
          await db.query(`insert into shelf values ('cellar')`);
          await runPrepared(db, FIND, ['cellar']);
        });
      await expect(write()).rejects.toMatchObject({ code: 'unavailable' });
      expect(await find(own, 'cellar')).toEqual([]);
      await write();
      expect(await find(own, 'cellar')).toEqual([{ name: 'cellar' }]);
    }));
});
