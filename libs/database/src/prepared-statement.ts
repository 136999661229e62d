import { HeksherError } from '@heksher/core';
import { type Client, type ClientBase } from 'pg';
import { type EntityManager } from 'typeorm';
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
export async function runPrepared<Row extends object>(
  db: EntityManager,
  statement: PreparedStatement,
  values: readonly unknown[],
): Promise<readonly Row[]> {
  if (db.queryRunner !== undefined) return runOn((await db.queryRunner.connect()) as Client, statement, values);
  const client = await poolOf(db.dataSource).connect();
  client.on('error', ignoreError);
  try {
    return await runOn<Row>(client, statement, values);
  } finally {
    client.off('error', ignoreError);
    client.release();
  }
}

async function runOn<Row extends object>(
  client: ClientBase,
  { name, text }: PreparedStatement,
  values: readonly unknown[],
): Promise<readonly Row[]> {
  try {
    return (await client.query<Row>({ name, text, values: [...values] })).rows;
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
