import { errorMessage, HeksherError } from '@heksher/core';
import { type DataSource, type EntityManager, MigrationExecutor, type QueryRunner } from 'typeorm';
import { findAdoptionOddities } from './adoption-findings.js';
import { MIGRATIONS_TABLE } from './data-source.js';
import { isDatabaseUnavailable, pgErrorCode } from './pg-errors.js';

/** What a run did. `findings` are sentences for the log: what an adopted database holds that this service would not have let in. */
export type MigrationReport = Readonly<{ applied: readonly string[]; adopted: boolean; findings: readonly string[] }>;

/** The key of the advisory lock: arbitrary, but unique in the database. */
const ADVISORY_LOCK = 4_839_072_615;

/** Lock timeout: if another session holds a table, fail rather than block everyone who queues behind us. */
const TABLE_LOCK_TIMEOUT = '2min';

/**
 * Brings the database to the schema, in one transaction: all pending migrations or, after an error, none and no trace.
 * Under an advisory lock that waits its turn, so that many processes may start at once. Needs an initialized data source.
 * Throws `conflict` where a migration refuses what it finds.
 */
export async function migrate(dataSource: DataSource): Promise<MigrationReport> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.startTransaction();
    // The session's limits are for requests.
    await runner.query(
      'set local statement_timeout = 0; set local lock_timeout = 0; set local idle_in_transaction_session_timeout = 0',
    );
    await runner.query('select pg_advisory_xact_lock($1)', [ADVISORY_LOCK]);
    await runner.query(`set local lock_timeout = '${TABLE_LOCK_TIMEOUT}'`);
    const report = await runPending(dataSource, runner);
    await runner.commitTransaction();
    return report;
  } catch (error) {
    await runner.rollbackTransaction().catch(() => undefined);
    throw asRefusal(error);
  } finally {
    await runner.release();
  }
}

/**
 * The names of the migrations that this version has and the database has not had, oldest first. Only reads, so that a
 * service whose migrations another user runs needs no right to create anything. Throws `conflict` where the database has
 * had migrations that this version does not know, and that break it.
 */
export async function pendingMigrations(dataSource: DataSource): Promise<readonly string[]> {
  const had = new Set((await readHad(dataSource.manager)).map(({ name }) => name));
  return knownMigrations(dataSource).filter((name) => !had.has(name));
}

/** The names of those that the database has had and this version does not know: they only added. Throws as {@link pendingMigrations}. */
export async function newerMigrations(dataSource: DataSource): Promise<readonly string[]> {
  const known = knownMigrations(dataSource);
  return (await readHad(dataSource.manager)).map(({ name }) => name).filter((name) => !known.includes(name));
}

type Had = Readonly<{ name: string; breaking: boolean }>;

async function readHad(db: EntityManager): Promise<readonly Had[]> {
  const [{ made }] = await db.query<readonly [{ made: boolean }]>(
    `select to_regclass('${MIGRATIONS_TABLE}') is not null as made`,
  );
  if (!made) return [];
  // The column is not there in a database of before it.
  const had = await db.query<readonly Had[]>(
    `select m.name, coalesce((to_jsonb(m) ->> 'breaking')::boolean, true) as breaking from ${MIGRATIONS_TABLE} m order by m.id`,
  );
  const known = knownMigrations(db.dataSource);
  const breaking = had.filter((migration) => migration.breaking && !known.includes(migration.name));
  if (breaking.length === 0) return had;
  throw new HeksherError(
    'conflict',
    `the database is newer than this Heksher, which does not know its migrations ${breaking.map(({ name }) => name).join(', ')}; run the version that made them, or a newer one`,
  );
}

function knownMigrations(dataSource: DataSource): readonly string[] {
  return dataSource.migrations.map((migration) => migration.name ?? migration.constructor.name);
}

async function runPending(dataSource: DataSource, runner: QueryRunner): Promise<MigrationReport> {
  const [{ found }] = await runner.manager.query<readonly [{ found: boolean }]>(
    `select to_regclass('settings') is not null as found`,
  );
  const executor = new MigrationExecutor(dataSource, runner);
  executor.transaction = 'all';
  const had = await readHad(runner.manager);
  const applied = await executor.executePendingMigrations();
  for (const { name, instance } of applied)
    if (instance !== undefined && 'breaking' in instance)
      await runner.query(`update ${MIGRATIONS_TABLE} set breaking = true where name = $1`, [name]);
  const adopted = found && had.length === 0;
  const findings = adopted ? await findAdoptionOddities(runner.manager) : [];
  return { applied: applied.map((migration) => migration.name), adopted, findings };
}

/** A migration imports nothing of ours, so its refusals are plain errors; those of the database and its driver stay as they are. */
function asRefusal(error: unknown): unknown {
  if (error instanceof HeksherError) return error;
  if (pgErrorCode(error) !== undefined || isDatabaseUnavailable(error)) return error;
  return new HeksherError('conflict', errorMessage(error), { cause: error });
}
