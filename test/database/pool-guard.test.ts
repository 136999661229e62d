import { guardPool } from '../../libs/database/src/pool-guard.js';
import { type DatabaseServer, startDatabaseServer, withDataSource } from '../support/database/database-server.js';

const LIMIT_MS = 1_500;

let server: DatabaseServer;
beforeAll(async () => {
  server = await startDatabaseServer();
});
afterAll(() => server.stop());

test('a transaction may take longer than the limit where each of its statements is answered within it', async () => {
  await withDataSource(await server.create(), async (own) => {
    guardPool(own, LIMIT_MS);
    const slept = await own.transaction(async (db) => {
      let count = 0;
      for (; count < 6; count += 1) await db.query('select pg_sleep(0.3)');
      return count;
    });
    expect(slept).toBe(6);
  });
});

test('a session that answers nothing is given up, in the first statement and in a later one', async () => {
  await withDataSource(await server.create(), async (own) => {
    guardPool(own, LIMIT_MS);
    await expect(own.query('select pg_sleep(20)')).rejects.toThrow('Connection terminated');
    const later = own.transaction(async (db) => {
      await db.query('select 1');
      await db.query('select pg_sleep(20)');
    });
    await expect(later).rejects.toThrow('Connection terminated');
    expect(await own.query('select 1 as one')).toEqual([{ one: 1 }]);
  });
});
