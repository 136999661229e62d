import { HeksherError } from '@heksher/core';

export const UNIQUE_VIOLATION = '23505';
export const FOREIGN_KEY_VIOLATION = '23503';
export const NOT_NULL_VIOLATION = '23502';
export const CHECK_VIOLATION = '23514';
export const SERIALIZATION_FAILURE = '40001';
export const DEADLOCK = '40P01';
export const LOCK_NOT_AVAILABLE = '55P03';
export const QUERY_CANCELED = '57014';
export const ADMIN_SHUTDOWN = '57P01';
export const CRASH_SHUTDOWN = '57P02';
export const CANNOT_CONNECT_NOW = '57P03';
export const DATABASE_DROPPED = '57P04';
export const IDLE_SESSION_TIMEOUT = '57P05';
export const IDLE_IN_TRANSACTION_TIMEOUT = '25P03';
export const TOO_MANY_CONNECTIONS = '53300';
export const READ_ONLY_TRANSACTION = '25006';
export const OBJECT_NOT_IN_PREREQUISITE_STATE = '55000';
export const UNDEFINED_TABLE = '42P01';
export const INSUFFICIENT_PRIVILEGE = '42501';
export const INVALID_CATALOG_NAME = '3D000';
export const INVALID_SCHEMA_NAME = '3F000';

const UNAVAILABLE_CODES: ReadonlySet<string> = new Set([
  SERIALIZATION_FAILURE,
  DEADLOCK,
  LOCK_NOT_AVAILABLE,
  QUERY_CANCELED,
  ADMIN_SHUTDOWN,
  CRASH_SHUTDOWN,
  CANNOT_CONNECT_NOW,
  DATABASE_DROPPED,
  IDLE_SESSION_TIMEOUT,
  IDLE_IN_TRANSACTION_TIMEOUT,
  READ_ONLY_TRANSACTION,
  OBJECT_NOT_IN_PREREQUISITE_STATE,
  UNDEFINED_TABLE,
  INSUFFICIENT_PRIVILEGE,
  INVALID_CATALOG_NAME,
  INVALID_SCHEMA_NAME,
]);

/** Connection exceptions, refused credentials, insufficient resources (disk, memory, connections), system errors. */
const UNAVAILABLE_CLASSES: ReadonlySet<string> = new Set(['08', '28', '53', '58']);

/** What node says of sockets and names; ENOENT and EACCES are a unix socket that is not there or not for us. */
const NETWORK_CODE =
  /^(ECONN(REFUSED|RESET|ABORTED)|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_\w+|EHOSTUNREACH|EHOSTDOWN|ENET\w+|EADDRNOTAVAIL|ENOENT|EACCES|ERR_TLS_\w+|ERR_SSL_\w+)$/;

/** What pg, its pool and TypeORM say of a connection without giving a code. */
const CONNECTION_MESSAGE =
  /^(connection terminated|timeout exceeded when trying to connect|query read timeout|client (has encountered a connection error|was closed)|client has already been|cannot use a pool after calling end|the server does not support ssl|driver not connected|query runner already released)|not connected|connection is not (set|established)/i;

/** The SQLSTATE of an error of pg or of TypeORM's wrapping of one; undefined for any other error. */
export function pgErrorCode(error: unknown): string | undefined {
  const code = member(error, 'code');
  if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !NETWORK_CODE.test(code)) return code;
  const wrapped = member(error, 'driverError');
  return wrapped === undefined || wrapped === error ? undefined : pgErrorCode(wrapped);
}

/**
 * Whether it is the database's condition and not the request that failed: unreachable, overloaded, shutting down,
 * read-only, a wait too long, or not (yet) holding our tables since it was swapped. Trying again later may work.
 */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (error instanceof HeksherError) return error.code === 'unavailable';
  const state = pgErrorCode(error);
  if (state !== undefined) return UNAVAILABLE_CODES.has(state) || UNAVAILABLE_CLASSES.has(state.slice(0, 2));
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(isDatabaseUnavailable);
  const code = member(error, 'code') ?? member(member(error, 'driverError'), 'code');
  if (typeof code === 'string' && NETWORK_CODE.test(code)) return true;
  return error instanceof Error && CONNECTION_MESSAGE.test(error.message);
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return name in value ? Reflect.get(value, name) : undefined;
}
