import { HeksherError } from '@heksher/core';
import { type Client } from 'pg';
import { type EntityManager } from 'typeorm';
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
  { name, text }: PreparedStatement,
  values: readonly unknown[],
): Promise<readonly Row[]> {
  const runner = db.queryRunner ?? db.dataSource.createQueryRunner();
  try {
    const client = (await runner.connect()) as Client;
    try {
      return (await client.query<Row>({ name, text, values: [...values] })).rows;
    } catch (error) {
      if (!isOutdated(error)) throw error;
      // The pool keeps no client that is ending.
      client.end().catch(() => undefined);
      throw new HeksherError('unavailable', 'the database is changing; try again', { cause: error });
    }
  } finally {
    if (runner !== db.queryRunner) await runner.release();
  }
}

/** PostgreSQL refuses a plan whose columns have changed as a feature that it does not support. */
function isOutdated(error: unknown): boolean {
  const code = pgErrorCode(error);
  return code === FEATURE_NOT_SUPPORTED || code === INVALID_SQL_STATEMENT_NAME;
}
