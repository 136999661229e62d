import { accepts, errorMessage, HeksherError, parseStoredJson, parseStoredSettingType } from '@heksher/core';
import {
  checkServer,
  connectionProblem,
  ContextFeatureEntity,
  createDataSource,
  type DatabaseAddress,
  DedicatedConnection,
  guardPool,
  IDLE_IN_TRANSACTION_MS,
  INSUFFICIENT_PRIVILEGE,
  migrate,
  missingRights,
  newerMigrations,
  pendingMigrations,
  pgErrorCode,
  pruneChanges,
  READ_ONLY_TRANSACTION,
  type ServerFacts,
} from '@heksher/database';
import { startEmbeddedPostgres } from '@heksher/embedded-postgres';
import { type DataSource } from 'typeorm';
import { type Config } from './config.js';
import { type Logger } from './modules/logging/index.js';
import { repeatedly } from './repeatedly.js';

/** A connected database at the current schema. */
export type Database = Readonly<{
  dataSource: DataSource;
  /** A session of its own for the checks that reads wait for. */
  connection: DedicatedConnection;
  /** Another one, for past states. */
  pastConnection: DedicatedConnection;
  /** Another one, for the feed of changes. */
  feedConnection: DedicatedConnection;
  /** Whether the server is our own and has ended; it is being started again. */
  isEmbeddedDown(): boolean;
  close(): Promise<void>;
}>;

const RETRY_MS = 500;
const SILENCE_GRACE_MS = 1_000;
/** Soon, since a process may be restarted more often than hourly; not all replicas at once. */
const FIRST_PRUNE_MS = 60_000;
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
    const facts = await checkServer(dataSource, address, config.pool);
    await bringToSchema(dataSource, config.migrateOnStart, facts, log);
    await checkRights(dataSource, facts, log);
    await checkTargetingFeature(dataSource, config, log);
    // Only from here on: a migration may take long.
    guardPool(dataSource, config.pool.statementTimeoutMs + IDLE_IN_TRANSACTION_MS + SILENCE_GRACE_MS);
  } catch (error) {
    await close();
    throw asRefusal(error, address);
  }
  const stopPruning = startPruning(dataSource, config.changeLogDays, log);
  return {
    dataSource,
    connection: new DedicatedConnection(address, config.pool),
    pastConnection: new DedicatedConnection(address, config.pool),
    feedConnection: new DedicatedConnection(address, config.pool, { pipelines: true }),
    isEmbeddedDown: () => embedded?.isUp() === false,
    async close() {
      stopPruning();
      await close();
    },
  };
}

async function startEmbedded(dataDir: string, log: Logger) {
  const embedded = await startEmbeddedPostgres({
    dataDir,
    log: (line) => log.debug('embedded PostgreSQL', { line }),
    onFailure: (problem) => log.error('the embedded PostgreSQL failed; it is started again', { problem }),
    onRestart: () => log.info('the embedded PostgreSQL is up again'),
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
      const { sentence, isFinal } = connectionProblem(error, address);
      if (isFinal || Date.now() >= deadline || signal?.aborted === true)
        throw new HeksherError(isFinal ? 'invalid' : 'unavailable', sentence);
      if (attempt === 1) log.warn('waiting for the database', { problem: sentence });
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

async function bringToSchema(
  dataSource: DataSource,
  migrateOnStart: boolean,
  { isReadOnly }: ServerFacts,
  log: Logger,
): Promise<void> {
  const pending = await pendingMigrations(dataSource);
  const newer = await newerMigrations(dataSource);
  if (newer.length > 0)
    log.warn('the database has had migrations of a newer version, which keep what this one needs', {
      migrations: newer,
    });
  if (pending.length === 0) return;
  const lack = `the database lacks the migrations ${pending.join(', ')}`;
  if (isReadOnly)
    throw new HeksherError('invalid', `${lack}, and it can only be read; run "heksher migrate" on its primary first`);
  if (!migrateOnStart) throw new HeksherError('invalid', `${lack}; run "heksher migrate" first`);
  const { applied, adopted, findings } = await migrate(dataSource);
  if (applied.length > 0) log.info('the database was brought to the current schema', { migrations: applied });
  if (!adopted) return;
  const misfits = await listMisfits(dataSource);
  log.info('the database of an earlier Heksher was taken over', { findings: findings.length + misfits.length });
  for (const finding of [...findings, ...misfits]) log.warn('noticed while taking over', { finding });
}

/** Without the right to write, reads are served; without the right to read there is nothing to serve. */
async function checkRights(dataSource: DataSource, { isReadOnly }: ServerFacts, log: Logger): Promise<void> {
  const { read, write } = await missingRights(dataSource);
  if (read.length > 0) throw new HeksherError('invalid', `the user of the database lacks rights: ${read.join(', ')}`);
  if (isReadOnly) log.warn('the database can only be read: queries are served, writes are refused');
  else if (write.length > 0)
    log.warn('the user of the database lacks rights: some writes will be refused', { missing: write });
}

/** Features may come later, so that one that is not there yet is a warning. */
async function checkTargetingFeature(dataSource: DataSource, config: Config, log: Logger): Promise<void> {
  const { targetingFeature, startupContextFeatures = [] } = config;
  if (targetingFeature === undefined || startupContextFeatures.includes(targetingFeature)) return;
  if (await dataSource.manager.existsBy(ContextFeatureEntity, { name: targetingFeature })) return;
  log.warn('HEKSHER_TARGETING_FEATURE is no context feature: until it is one, targeting keys say nothing', {
    targeting_feature: targetingFeature,
  });
}

/** Turns a missing right into one sentence for the operator who can grant it. */
function asRefusal(error: unknown, { user }: DatabaseAddress): unknown {
  if (pgErrorCode(error) !== INSUFFICIENT_PRIVILEGE) return error;
  const said = errorMessage(error);
  return new HeksherError(
    'invalid',
    `the user "${user ?? ''}" of the database lacks a right: ${said}; see docs/configuration.md for all that are needed`,
  );
}

/** Defaults and values that do not fit the types of their settings: served as they are, to be repaired by an operator. */
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
  const type = parseStoredSettingType(typeText);
  return value !== null && type !== null && accepts(type, value);
}

function startPruning(dataSource: DataSource, days: number, log: Logger): () => void {
  if (days === 0) return () => undefined;
  const prune = (): void => {
    pruneChanges(dataSource.manager, days).catch((error: unknown) => {
      if (pgErrorCode(error) === READ_ONLY_TRANSACTION) return;
      log.warn('the change log was not pruned; it will be tried again in an hour', { error });
    });
  };
  return repeatedly(prune, Math.random() * FIRST_PRUNE_MS, PRUNE_INTERVAL_MS);
}
