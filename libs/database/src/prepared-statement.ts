import { HeksherError } from '@heksher/core';
import { type Client, type ClientBase } from 'pg';
import { type EntityManager } from 'typeorm';
import { FixedQuery, FixedQueryRun } from './fixed-query.js';
import { poolOf } from './pool-guard.js';
import { FEATURE_NOT_SUPPORTED, INVALID_SQL_STATEMENT_NAME, pgErrorCode } from './pg-errors.js';

/** SQL under a unique name. */
export type PreparedStatement = Readonly<{ name: string; text: string }>;

/**
 * Runs SQL that each connection prepares once and then only executes: for frequent queries by key, where planning takes
 * longer than running and one plan fits all keys (docs/decisions/prepared-statements.md).
 *
 * A session on which the statement is no longer what it was (a column has got another type, a pooler in between has
 * changed sessions) is closed, so that the next one prepares it again: HeksherError `unavailable`.
 */
export function runPrepared<Row extends object>(
  db: EntityManager,
  { name, text }: PreparedStatement,
  values: readonly unknown[],
): Promise<readonly Row[]> {
  return onClient(db, async (client) => (await client.query<Row>({ name, text, values: [...values] })).rows);
}

/** The same of a statement that gives one row at most, whose columns come as texts: the cheapest way (see `FixedQueryRun`). */
export function runPreparedRow(
  db: EntityManager,
  { name, text }: PreparedStatement,
  values: readonly string[],
): Promise<readonly (string | null)[] | undefined> {
  const query = new FixedQuery(name, text, values);
  return onClient(
    db,
    (client) =>
      new Promise((resolve, reject) => {
        const done = (error: Error | undefined, row: readonly (string | null)[] | undefined): void =>
          error === undefined ? resolve(row) : reject(error);
        client.query(new FixedQueryRun(query, done, true));
      }),
  );
}

/** Runs a statement in the transaction under way, else on a client of the pool. */
async function onClient<T>(db: EntityManager, run: (client: ClientBase) => Promise<T>): Promise<T> {
  if (db.queryRunner !== undefined) return endOutdated((await db.queryRunner.connect()) as ClientBase, run);
  const client = await poolOf(db.dataSource).connect();
  client.on('error', ignoreError);
  try {
    return await endOutdated(client, run);
  } finally {
    client.off('error', ignoreError);
    client.release();
  }
}

async function endOutdated<T>(client: ClientBase, run: (client: ClientBase) => Promise<T>): Promise<T> {
  try {
    return await run(client);
  } catch (error) {
    if (!isOutdated(error)) throw error;
    // The pool keeps no client that is ending.
    (client as Client).end().catch(() => undefined);
    throw new HeksherError('unavailable', 'the database is changing; try again', { cause: error });
  }
}

/** The statement under way fails with the session; there is nothing else to be done. */
function ignoreError(): void {}

/** PostgreSQL refuses a plan whose columns have changed as a feature that it does not support. */
function isOutdated(error: unknown): boolean {
  const code = pgErrorCode(error);
  return code === FEATURE_NOT_SUPPORTED || code === INVALID_SQL_STATEMENT_NAME;
}
