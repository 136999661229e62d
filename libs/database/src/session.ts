import { HeksherError } from '@heksher/core';
import { type ClientBase } from 'pg';
import { pgErrorCode, UNDEFINED_OBJECT } from './pg-errors.js';

/** Times in milliseconds; 0 means no limit. */
export type SessionLimits = Readonly<{ statementTimeoutMs: number; lockTimeoutMs: number }>;

/**
 * Idle timeout of a transaction: a client that vanished would hold the lock that all writers queue for.
 */
export const IDLE_IN_TRANSACTION_MS = 5_000;

/** TCP keep-alive of both sides, and how long sent data may stay unacknowledged. */
export const KEEPALIVE_IDLE_MS = 5_000;
const KEEPALIVE_INTERVAL_S = 2;
const KEEPALIVE_COUNT = 3;
const UNACKNOWLEDGED_MS = 10_000;

/**
 * A statement that waits for a lock ends within a second after its client has gone, where the server can do so (PostgreSQL 14): else
 * a write that was cut off would be carried out later.
 */
const CHECK_CLIENT = `
  select set_config(s.name, '1000', false) from pg_settings s where s.name = 'client_connection_check_interval'`;

/**
 * Prepares a new session, in one round trip. Statements and not parameters of the connection's start, which poolers such
 * as PgBouncer refuse. Isolation is said here once for all, whatever the database's default is.
 * @param more settings of ours, by name, that only this session has
 */
export async function prepareSession(
  client: ClientBase,
  { statementTimeoutMs, lockTimeoutMs }: SessionLimits,
  more: Readonly<Record<string, string | number>> = {},
): Promise<void> {
  const settings: Readonly<Record<string, string | number>> = {
    statement_timeout: statementTimeoutMs,
    lock_timeout: lockTimeoutMs,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    default_transaction_isolation: 'read committed',
    tcp_keepalives_idle: KEEPALIVE_IDLE_MS / 1_000,
    tcp_keepalives_interval: KEEPALIVE_INTERVAL_S,
    tcp_keepalives_count: KEEPALIVE_COUNT,
    tcp_user_timeout: UNACKNOWLEDGED_MS,
    ...more,
  };
  const statements = Object.entries(settings).map(([name, value]) => `set ${name} = '${String(value)}'`);
  statements.push(CHECK_CLIENT);
  try {
    await client.query(statements.join('; '));
  } catch (error) {
    if (pgErrorCode(error) !== UNDEFINED_OBJECT) throw error;
    throw new HeksherError('invalid', 'the server is no PostgreSQL 13 or newer', { cause: error });
  }
}
