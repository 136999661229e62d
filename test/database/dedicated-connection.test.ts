import { setTimeout as sleep } from 'node:timers/promises';
import { type DatabaseAddress } from '../../libs/database/src/connection-string.js';
import { DedicatedConnection, type Session } from '../../libs/database/src/dedicated-connection.js';
import { FixedQuery } from '../../libs/database/src/fixed-query.js';
import { type DatabaseServer, execute, startDatabaseServer, TEST_POOL } from '../support/database/database-server.js';

const TIMEOUT_MS = 5_000;

let server: DatabaseServer;
beforeAll(async () => {
  server = await startDatabaseServer();
});
afterAll(() => server.stop());

const POOL = { ...TEST_POOL, lockTimeoutMs: 100 };

async function withConnection(
  work: (connection: DedicatedConnection, address: DatabaseAddress) => Promise<void>,
): Promise<void> {
  const address = await server.create();
  const connection = new DedicatedConnection(address, POOL);
  try {
    await work(connection, address);
  } finally {
    await connection.close();
  }
}

/** Ends a session as an administrator does, and waits until its client must have heard of it. */
async function end(address: DatabaseAddress, pid: number): Promise<void> {
  await execute(
    address,
    `do $$ begin
       perform pg_terminate_backend(${pid});
       while exists (select from pg_stat_activity where pid = ${pid}) loop
         perform pg_sleep(0.01), pg_stat_clear_snapshot();
       end loop;
     end $$`,
  );
  await sleep(50);
}

async function pidOf(session: Session): Promise<number> {
  const [row] = await session.query<[number]>({ text: 'select pg_backend_pid()' }, TIMEOUT_MS);
  return row?.[0] ?? NaN;
}

test('statements share one session, prepared once by name', () =>
  withConnection(async (connection) => {
    const pid = await pidOf(connection);
    for (const value of [1, 2]) {
      const statement = { name: 'double', text: 'select $1::int * 2, $1', values: [value] };
      expect(await connection.query(statement, TIMEOUT_MS)).toEqual([[value * 2, value]]);
    }
    const prepared = { text: 'select name from pg_prepared_statements' };
    expect(await connection.query(prepared, TIMEOUT_MS)).toEqual([['double']]);
    expect(await pidOf(connection)).toBe(pid);
  }));

test('a session that cannot be prepared is not left open', async () => {
  const address = await server.create();
  const connection = new DedicatedConnection(address, { ...POOL, statementTimeoutMs: 2 ** 40 });
  await expect(connection.query({ text: 'select 1' }, TIMEOUT_MS)).rejects.toThrow('statement_timeout');
  await execute(
    address,
    `do $$ begin
       for attempt in 1..3000 loop
         exit when not exists (select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid());
         perform pg_sleep(0.01), pg_stat_clear_snapshot();
         if attempt = 3000 then raise 'it is still open'; end if;
       end loop;
     end $$`,
  );
  await connection.close();
});

test('a session that was ended is replaced at the next statement', () =>
  withConnection(async (connection, address) => {
    const pid = await pidOf(connection);
    await end(address, pid);
    expect(await pidOf(connection)).not.toBe(pid);
  }));

test('what belongs together stays in one session: where that is ended in between, the rest fails', () =>
  withConnection(async (connection, address) => {
    const together = connection.inOneSession(TIMEOUT_MS, async (session) => {
      await session.query({ text: 'begin' }, TIMEOUT_MS);
      await end(address, await pidOf(session));
      return pidOf(session);
    });
    await expect(together).rejects.toThrow();
    expect(await pidOf(connection)).toBeGreaterThan(0);
  }));

test('whatever fails in between, the session with its open transaction is given up', () =>
  withConnection(async (connection) => {
    const failing = connection.inOneSession(TIMEOUT_MS, async (session) => {
      await session.query({ text: 'begin isolation level repeatable read' }, TIMEOUT_MS);
      await session.query({ text: 'create table mine ()' }, TIMEOUT_MS);
      throw new Error('not the database');
    });
    await expect(failing).rejects.toThrow('not the database');
    const state = { text: `select to_regclass('mine'), now() = statement_timestamp()` };
    expect(await connection.query(state, TIMEOUT_MS)).toEqual([[null, true]]);
  }));

test('a statement whose time is up fails then, also where the server would go on', () =>
  withConnection(async (connection) => {
    const startedAt = performance.now();
    await expect(connection.query({ text: 'select pg_sleep(20)' }, 200)).rejects.toThrow('Connection terminated');
    expect(performance.now() - startedAt).toBeLessThan(TIMEOUT_MS);
    expect(await pidOf(connection)).toBeGreaterThan(0);
  }));

test('a lock is waited for no longer than the pool says', () =>
  withConnection(async (connection, address) => {
    const other = new DedicatedConnection(address, POOL);
    await connection.query({ text: 'create table locked ()' }, TIMEOUT_MS);
    await connection.query({ text: 'begin; lock table locked' }, TIMEOUT_MS);
    await expect(other.query({ text: 'select from locked' }, TIMEOUT_MS)).rejects.toMatchObject({ code: '55P03' });
    await other.close();
  }));

describe('a fixed query', () => {
  const double = new FixedQuery('two', `select 1::bigint << 60, null, 'é', count(*) from pg_class where false`);
  const ownPid = new FixedQuery('pid', 'select pg_backend_pid()');

  test('gives its row in texts, again and again, prepared once', () =>
    withConnection(async (connection) => {
      for (let time = 0; time < 3; time += 1) {
        expect(await connection.fixedRow(double, TIMEOUT_MS)).toEqual(['1152921504606846976', null, 'é', '0']);
      }
      expect(await connection.fixedRow(ownPid, TIMEOUT_MS)).toEqual([String(await pidOf(connection))]);
      const prepared = { text: 'select name from pg_prepared_statements order by 1' };
      expect(await connection.query(prepared, TIMEOUT_MS)).toEqual([['pid'], ['two']]);
    }));

  test('goes between other statements of the session', () =>
    withConnection(async (connection) => {
      const pid = String(await pidOf(connection));
      for (const value of [1, 2]) {
        expect(await connection.fixedRow(ownPid, TIMEOUT_MS)).toEqual([pid]);
        expect(await connection.query({ text: 'select $1::int', values: [value] }, TIMEOUT_MS)).toEqual([[value]]);
      }
    }));

  test('without a row gives none', () =>
    withConnection(async (connection) => {
      const none = new FixedQuery('none', 'select 1 where false');
      expect(await connection.fixedRow(none, TIMEOUT_MS)).toBeUndefined();
    }));

  test('that fails says why, and the session is given up', () =>
    withConnection(async (connection) => {
      const pid = await pidOf(connection);
      const failing = new FixedQuery('failing', 'select 1 / (select 0)');
      await expect(connection.fixedRow(failing, TIMEOUT_MS)).rejects.toMatchObject({ code: '22012' });
      expect(await pidOf(connection)).not.toBe(pid);
      expect(await connection.fixedRow(ownPid, TIMEOUT_MS)).toEqual([String(await pidOf(connection))]);
    }));

  test('whose time is up fails then, and one whose session was ended is made on a new one', () =>
    withConnection(async (connection, address) => {
      const slow = new FixedQuery('slow', 'select pg_sleep(20)');
      await expect(connection.fixedRow(slow, 200)).rejects.toThrow('Connection terminated');
      const pid = await pidOf(connection);
      await end(address, pid);
      expect(await connection.fixedRow(ownPid, TIMEOUT_MS)).not.toEqual([String(pid)]);
    }));
});

test('a connection that was closed says so', () =>
  withConnection(async (connection) => {
    await pidOf(connection);
    await connection.close();
    await expect(pidOf(connection)).rejects.toMatchObject({ code: 'unavailable' });
  }));
