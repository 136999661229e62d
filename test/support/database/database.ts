import { randomBytes } from 'node:crypto';
import { type DatabaseAddress } from '@heksher/database';
import pg from 'pg';

/** A database of a test's own, and SQL on it as an operator in psql would write it. */
export type TestDatabase = Readonly<{
  name: string;
  address: DatabaseAddress;
  connectionString: string;
  sql<Row extends pg.QueryResultRow = pg.QueryResultRow>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** A connection to hold open: for transactions, for instance. The caller ends it. */
  connect(): Promise<pg.Client>;
  drop(): Promise<void>;
}>;

/** The server of all tests, and on it a database at the current schema (test/support/global-setup.js). */
export const { address: SERVER, template: TEMPLATE } = JSON.parse(process.env['HEKSHER_TEST_SERVER'] ?? '{}') as {
  address: DatabaseAddress;
  template: string;
};

/** A clone of the migrated template, or with `from: 'nothing'` an empty database. */
export async function createDatabase({
  from = 'template',
}: { from?: 'template' | 'nothing' } = {}): Promise<TestDatabase> {
  const name = `heksher_test_${randomBytes(6).toString('hex')}`;
  await onServer(`create database "${name}" template "${from === 'template' ? TEMPLATE : 'template0'}"`);
  const address = { ...SERVER, database: name };
  const pool = new pg.Pool({ ...address, max: 4, allowExitOnIdle: true });
  pool.on('error', () => undefined);
  return {
    name,
    address,
    connectionString: connectionStringOf(address),
    sql: async <Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []) =>
      (await pool.query<Row>(text, [...values])).rows,
    async connect() {
      const client = new pg.Client({ ...address });
      await client.connect();
      return client;
    },
    async drop() {
      await pool.end();
      await onServer(`drop database if exists "${name}" with (force)`);
    },
  };
}

/** A statement on the server's own database: creating or dropping others, for instance. */
export function onServer(sql: string): Promise<void> {
  return execute(SERVER, sql);
}

/** Runs SQL text of one or more statements as psql would, on a connection of its own. */
export async function execute(on: DatabaseAddress, sql: string): Promise<void> {
  const client = new pg.Client({ ...on });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

export function connectionStringOf({ host, port, user, password, database }: DatabaseAddress): string {
  const credentials = [user ?? 'postgres', ...(password === undefined ? [] : [password])].map(encodeURIComponent);
  return `postgresql://${credentials.join(':')}@${host}:${port}/${database}`;
}
