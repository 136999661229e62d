import { randomBytes } from 'node:crypto';
import { type DataSource } from 'typeorm';
import { type DatabaseAddress } from '../../../libs/database/src/connection-string.js';
import { createDataSource, type PoolOptions } from '../../../libs/database/src/data-source.js';
import { execute, SERVER } from './database.js';

export { execute } from './database.js';

/** Databases for one test file. */
export type DatabaseServer = Readonly<{
  /** Makes a database: empty, or a copy of `template`, to which nobody may be connected. */
  create(template?: DatabaseAddress): Promise<DatabaseAddress>;
  /** Drops them all. */
  stop(): Promise<void>;
}>;

export const TEST_POOL: PoolOptions = {
  poolSize: 5,
  connectTimeoutMs: 10_000,
  statementTimeoutMs: 30_000,
  lockTimeoutMs: 20_000,
};

/** On the server of all tests. */
export function startDatabaseServer(): Promise<DatabaseServer> {
  const made: string[] = [];
  return Promise.resolve({
    create: async (template) => {
      const database = `heksher_test_${randomBytes(6).toString('hex')}`;
      made.push(database);
      await execute(SERVER, `create database ${database} template ${template?.database ?? 'template0'}`);
      return { ...SERVER, database };
    },
    stop: async () => {
      // All at once: each waits for a checkpoint, which they then share.
      await Promise.all(made.map((database) => execute(SERVER, `drop database if exists ${database} with (force)`)));
    },
  });
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
