import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type DataSource } from 'typeorm';
import { type DatabaseAddress, parseConnectionString } from '../../../libs/database/src/connection-string.js';
import { createDataSource, type PoolOptions } from '../../../libs/database/src/data-source.js';
import { startEmbeddedPostgres } from '../../../libs/embedded-postgres/src/embedded-postgres.js';

/** A server for one test file, and the databases made on it. */
export type DatabaseServer = Readonly<{
  /** Makes a database: empty, or a copy of `template`, to which nobody may be connected. */
  create(template?: DatabaseAddress): Promise<DatabaseAddress>;
  stop(): Promise<void>;
}>;

export const TEST_POOL: PoolOptions = {
  poolSize: 5,
  connectTimeoutMs: 10_000,
  statementTimeoutMs: 30_000,
  lockTimeoutMs: 20_000,
};

/** The server that HEKSHER_TEST_DB_CONNECTION_STRING names, else an embedded one in a directory that `stop` removes. */
export async function startDatabaseServer(): Promise<DatabaseServer> {
  const given = process.env['HEKSHER_TEST_DB_CONNECTION_STRING'];
  const { address, stop } =
    given === undefined
      ? await startTemporary()
      : { address: parseConnectionString(given), stop: () => Promise.resolve() };
  const made: string[] = [];
  return {
    create: async (template) => {
      const database = `heksher_unit_${String(process.pid)}_${String(Date.now())}_${String(made.push(''))}`;
      made[made.length - 1] = database;
      await execute(address, `create database ${database} template ${template?.database ?? 'template1'}`);
      return { ...address, database };
    },
    stop: async () => {
      // All at once: each waits for a checkpoint, which they then share.
      if (given !== undefined)
        await Promise.all(made.map((database) => execute(address, `drop database if exists ${database} with (force)`)));
      await stop();
    },
  };
}

async function startTemporary(): Promise<{ address: DatabaseAddress; stop: () => Promise<void> }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'heksher-unit-'));
  const { address, stop } = await startEmbeddedPostgres({ dataDir });
  // Nothing here outlives the test, so nothing need wait for a disk.
  await execute(address, 'alter system set fsync = off');
  await execute(address, 'select pg_reload_conf()');
  return {
    address,
    stop: async () => {
      await stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Runs SQL text of one or more statements as psql would, beside any pool. */
export async function execute(address: DatabaseAddress, sql: string): Promise<void> {
  const client = new pg.Client({ ...address, ssl: address.ssl });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** A connected data source, which `work` has to itself. */
export async function withDataSource<T>(
  address: DatabaseAddress,
  work: (dataSource: DataSource) => Promise<T>,
  pool: PoolOptions = TEST_POOL,
): Promise<T> {
  const dataSource = await createDataSource(address, pool).initialize();
  try {
    return await work(dataSource);
  } finally {
    await dataSource.destroy();
  }
}
