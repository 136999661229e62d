import 'reflect-metadata';
import { migrations } from '@heksher/migrations';
import { type ClientBase } from 'pg';
import { DataSource, type Logger } from 'typeorm';
import { type DatabaseAddress } from './connection-string.js';
import { entities } from './entities/index.js';
import { XID8 } from './entities/revision.entity.js';
import { KEEPALIVE_IDLE_MS, prepareSession, type SessionLimits } from './session.js';
import { boundWriters, Turns } from './writer-turns.js';

/** Times in milliseconds; 0 means no limit. */
export type PoolOptions = SessionLimits &
  Readonly<{
    poolSize: number;
    connectTimeoutMs: number;
    applicationName?: string;
  }>;

/** Where TypeORM notes which migrations a database has had. */
export const MIGRATIONS_TABLE = 'heksher_migrations';

/** TypeORM would print failures of migrations by itself; errors are thrown, and whoever catches them logs them. */
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
    host: address.host,
    port: address.port,
    username: address.user,
    password: address.password,
    database: address.database,
    ssl: address.ssl,
    entities: [...entities],
    migrations: [...migrations],
    migrationsTableName: MIGRATIONS_TABLE,
    migrationsRun: false,
    synchronize: false,
    logger: SILENT,
    installExtensions: false,
    poolSize: pool.poolSize,
    connectTimeoutMS: address.connectTimeoutMs ?? pool.connectTimeoutMs,
    applicationName: address.applicationName ?? pool.applicationName,
    // An idle connection that breaks is replaced at its next use; nothing is to be done or said here.
    poolErrorHandler: () => undefined,
    extra: {
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEPALIVE_IDLE_MS,
      onConnect: (client: ClientBase) => prepareSession(client, pool),
    },
  });
  dataSource.driver.supportedDataTypes.push(XID8);
  // Half of the pool is for reads, which must not wait for writers that wait for a lock.
  boundWriters(dataSource, new Turns(Math.max(1, Math.floor(pool.poolSize / 2)), pool.lockTimeoutMs));
  return dataSource;
}
