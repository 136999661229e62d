import 'reflect-metadata';
import { migrations } from '@heksher/migrations';
import pg, { type ClientBase } from 'pg';
import { DataSource, type Logger } from 'typeorm';
import { clientOptions, DatabaseClient, type StatementObserver } from './client.js';
import { type DatabaseAddress } from './database-address.js';
import { entities } from './entities/index.js';
import { XID8 } from './entities/revision.entity.js';
import { prepareSession, type SessionLimits } from './session.js';
import { boundWriters, Turns } from './writer-turns.js';

/** Times in milliseconds; 0 means no limit. */
export type PoolOptions = SessionLimits &
  Readonly<{
    poolSize: number;
    connectTimeoutMs: number;
    applicationName?: string;
    /** Is told how long statements took, but for fixed queries. */
    observe?: StatementObserver;
  }>;

/** The table in which TypeORM records applied migrations. */
export const MIGRATIONS_TABLE = 'heksher_migrations';

/** TypeORM would print failures of migrations itself; they are thrown as well, and logged where they are caught. */
const SILENT: Logger = {
  logQuery: () => undefined,
  logQueryError: () => undefined,
  logQuerySlow: () => undefined,
  logSchemaBuild: () => undefined,
  logMigration: () => undefined,
  log: () => undefined,
};

/**
 * A data source that connects on `initialize()`, with a pool whose sessions carry the timeouts. It never changes the
 * schema by itself: see {@link migrate}.
 */
export function createDataSource(address: DatabaseAddress, pool: PoolOptions): DataSource {
  const dataSource = new DataSource({
    type: 'postgres',
    // TypeORM would look for it by name, which a bundle has no answer to.
    driver: pg,
    database: address.database,
    entities: [...entities],
    migrations: [...migrations],
    migrationsTableName: MIGRATIONS_TABLE,
    migrationsRun: false,
    synchronize: false,
    logger: SILENT,
    installExtensions: false,
    poolSize: pool.poolSize,
    // An idle connection that breaks is replaced at its next use; nothing is to be done or said here.
    poolErrorHandler: () => undefined,
    extra: {
      ...clientOptions(address, pool),
      Client: DatabaseClient,
      onConnect: (client: ClientBase) => prepareSession(client, pool),
    },
  });
  dataSource.driver.supportedDataTypes.push(XID8);
  // Half of the pool is for reads, which must not wait for writers that wait for a lock.
  const shared = new Turns(Math.max(1, Math.floor(pool.poolSize / 2)), pool.lockTimeoutMs);
  boundWriters(dataSource, { shared, sole: new Turns(1, pool.lockTimeoutMs) });
  return dataSource;
}
