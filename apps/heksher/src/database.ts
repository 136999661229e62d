import { accepts, HeksherError, parseSettingType, parseStoredJson } from '@heksher/core';
import {
  createDataSource,
  type DatabaseAddress,
  DedicatedConnection,
  isDatabaseUnavailable,
  migrate,
  pendingMigrations,
  pruneChanges,
} from '@heksher/database';
import { startEmbeddedPostgres } from '@heksher/embedded-postgres';
import { type DataSource } from 'typeorm';
import { limitCheckouts } from './checkout-limit.js';
import { type Config } from './config.js';
import { type Logger } from './modules/logging/index.js';

/** A connected database at the current schema, and how to leave it. */
export type Database = Readonly<{
  dataSource: DataSource;
  /** A session of its own for the checks that reads wait for. */
  connection: DedicatedConnection;
  close(): Promise<void>;
}>;

const RETRY_MS = 500;
const CHECKOUT_GRACE_MS = 1_000;
const PRUNE_INTERVAL_MS = 3_600_000;
const SHOWN_FINDINGS = 20;

/**
 * Connect to the database that is configured, or to the embedded server started for it, and bring it to the schema.
 * @param signal ends the wait for a database that does not answer yet
 */
export async function openDatabase(config: Config, log: Logger, signal?: AbortSignal): Promise<Database> {
  const embedded = config.database === undefined ? await startEmbedded(config.dataDir, log) : undefined;
  const address = embedded?.address ?? config.database;
  if (address === undefined) throw new HeksherError('invalid', 'no database is configured');
  const dataSource = createDataSource(address, config.pool);
  const close = async (): Promise<void> => {
    if (dataSource.isInitialized) await dataSource.destroy();
    await embedded?.stop();
  };
  try {
    await connect(dataSource, address, { waitMs: config.databaseWaitMs, signal }, log);
    await bringToSchema(dataSource, config.migrateOnStart, log);
    // From here on only: a migration may take its time.
    limitCheckouts(dataSource, config.pool.statementTimeoutMs + config.pool.lockTimeoutMs + CHECKOUT_GRACE_MS);
  } catch (error) {
    await close();
    throw error;
  }
  const pruning = startPruning(dataSource, config.changeLogDays, log);
  return {
    dataSource,
    connection: new DedicatedConnection(address, config.pool),
    async close() {
      clearInterval(pruning);
      await close();
    },
  };
}

async function startEmbedded(dataDir: string, log: Logger) {
  const embedded = await startEmbeddedPostgres({
    dataDir,
    log: (line) => log.debug('embedded PostgreSQL', { line }),
  });
  log.info('no HEKSHER_DB_CONNECTION_STRING: using the embedded PostgreSQL, which is for trying out and tests', {
    data_dir: dataDir,
    port: embedded.address.port,
  });
  return embedded;
}

async function connect(
  dataSource: DataSource,
  address: DatabaseAddress,
  { waitMs, signal }: Readonly<{ waitMs: number; signal: AbortSignal | undefined }>,
  log: Logger,
): Promise<void> {
  const deadline = Date.now() + waitMs;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await dataSource.initialize();
      return;
    } catch (error) {
      if (!isDatabaseUnavailable(error) || Date.now() >= deadline || signal?.aborted === true) {
        const where = `${address.host}:${address.port}, database "${address.database}"`;
        throw new HeksherError('unavailable', `cannot connect to PostgreSQL at ${where}`, { cause: error });
      }
      if (attempt === 1) log.warn('waiting for the database', { host: address.host, port: address.port, error });
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

async function bringToSchema(dataSource: DataSource, migrateOnStart: boolean, log: Logger): Promise<void> {
  if (!migrateOnStart) {
    const pending = await pendingMigrations(dataSource);
    if (pending.length === 0) return;
    const names = pending.join(', ');
    throw new HeksherError('invalid', `the database lacks the migrations ${names}; run "heksher migrate" first`);
  }
  const { applied, adopted, findings } = await migrate(dataSource);
  if (applied.length > 0) log.info('the database was brought to the current schema', { migrations: applied });
  if (!adopted) return;
  const misfits = await listMisfits(dataSource);
  log.info('the database of an earlier Heksher was taken over', { findings: findings.length + misfits.length });
  for (const finding of [...findings, ...misfits]) log.warn('noticed while taking over', { finding });
}

/** Defaults and values that do not fit the types of their settings: served as they are, for somebody to repair. */
async function listMisfits(dataSource: DataSource): Promise<readonly string[]> {
  const rows: { owner: string; type: string; value: string }[] = await dataSource.query(
    `select 'the default value of the setting ' || s.name as owner, s.type, s.default_value as value from settings s
     union all
     select 'the value of rule ' || r.id || ' of the setting ' || s.name, s.type, r.value
       from rules r
       join settings s on s.name = r.setting`,
  );
  const misfits = rows.filter(({ type, value }) => !fits(type, value));
  const shown = misfits
    .slice(0, SHOWN_FINDINGS)
    .map(({ owner, type, value }) => `${owner} is ${value}, not of ${type}`);
  const hidden = misfits.length - shown.length;
  return hidden === 0 ? shown : [...shown, `${hidden} more values do not fit the types of their settings`];
}

function fits(typeText: string, text: string): boolean {
  const value = parseStoredJson(text);
  try {
    return value !== null && accepts(parseSettingType(typeText), value);
  } catch (error) {
    if (error instanceof HeksherError) return false;
    throw error;
  }
}

function startPruning(dataSource: DataSource, days: number, log: Logger): NodeJS.Timeout {
  const prune = (): void => {
    pruneChanges(dataSource.manager, days).catch((error: unknown) => {
      log.warn('the change log was not pruned; it will be tried again in an hour', { error });
    });
  };
  return setInterval(prune, PRUNE_INTERVAL_MS).unref();
}
