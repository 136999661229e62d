import { errorCode, errorMessage, HeksherError, member } from '@heksher/core';

export const UNIQUE_VIOLATION = '23505';
const FOREIGN_KEY_VIOLATION = '23503';
const SERIALIZATION_FAILURE = '40001';
const DEADLOCK = '40P01';
const LOCK_NOT_AVAILABLE = '55P03';
const QUERY_CANCELED = '57014';
const ADMIN_SHUTDOWN = '57P01';
const CRASH_SHUTDOWN = '57P02';
const CANNOT_CONNECT_NOW = '57P03';
const DATABASE_DROPPED = '57P04';
const IDLE_SESSION_TIMEOUT = '57P05';
const IDLE_IN_TRANSACTION_TIMEOUT = '25P03';
export const READ_ONLY_TRANSACTION = '25006';
const OBJECT_NOT_IN_PREREQUISITE_STATE = '55000';
const UNDEFINED_TABLE = '42P01';
const UNDEFINED_FUNCTION = '42883';
export const UNDEFINED_OBJECT = '42704';
export const INSUFFICIENT_PRIVILEGE = '42501';
export const FEATURE_NOT_SUPPORTED = '0A000';
export const INVALID_SQL_STATEMENT_NAME = '26000';
export const TRANSACTION_RESOLUTION_UNKNOWN = '08007';
export const INVALID_CATALOG_NAME = '3D000';
const INVALID_SCHEMA_NAME = '3F000';

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
  UNDEFINED_FUNCTION,
  INSUFFICIENT_PRIVILEGE,
  INVALID_CATALOG_NAME,
  INVALID_SCHEMA_NAME,
]);

/** Connection exceptions, refused credentials, insufficient resources (disk, memory, connections), system errors. */
const UNAVAILABLE_CLASSES: ReadonlySet<string> = new Set(['08', '28', '53', '58']);

/** Error codes of Node for sockets, DNS and certificates. */
const NETWORK_CODE =
  /^(ECONN(REFUSED|RESET|ABORTED)|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_\w+|EHOSTUNREACH|EHOSTDOWN|ENET\w+|EADDRNOTAVAIL|ERR_(TLS|SSL)_\w+|\w*_CERT_?\w*|CERT_\w+|UNABLE_TO_VERIFY_LEAF_SIGNATURE)$/;

/** Messages of pg, its pool and TypeORM about a connection, which have no code. */
const CONNECTION_MESSAGE = new RegExp(
  [
    'connection terminated',
    'no host is what target_session_attrs',
    'timeout exceeded when trying to connect',
    'timeout expired',
    'query read timeout',
    'client has encountered a connection error',
    'client was closed',
    'cannot use a pool after calling end',
    'the server does not support ssl',
    'there was an error establishing an ssl connection',
    'driver not connected',
    'query runner already released',
    'connection with postgres database is not established',
    'cannot execute operation because connection is not yet established',
  ]
    .map((message) => `^${message}`)
    .join('|'),
  'i',
);

/** The SQLSTATE of an error of pg or of TypeORM's wrapping of one; undefined for any other error. */
export function pgErrorCode(error: unknown): string | undefined {
  const code = errorCode(driverError(error));
  return code !== undefined && /^[0-9A-Z]{5}$/.test(code) && !/^E[A-Z]{4}$/.test(code) ? code : undefined;
}

/**
 * Whether it is the database's condition and not the request that failed: unreachable, overloaded, shutting down,
 * read-only, a wait too long, or not (yet) holding our tables since it was swapped. Trying again later may work.
 */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (error instanceof HeksherError) return error.code === 'unavailable';
  const state = pgErrorCode(error);
  if (state !== undefined) return UNAVAILABLE_CODES.has(state) || UNAVAILABLE_CLASSES.has(state.slice(0, 2));
  const cause = driverError(error);
  // A name with several addresses, none of which answered.
  const each = member(cause, 'errors');
  if (Array.isArray(each) && each.length > 0) return each.every(isDatabaseUnavailable);
  const code = errorCode(cause) ?? '';
  // Of a unix socket: it is not there, or not for us. Of any other file this says nothing about the database.
  if (code === 'ENOENT' || code === 'EACCES') return member(cause, 'syscall') === 'connect';
  return NETWORK_CODE.test(code) || CONNECTION_MESSAGE.test(errorMessage(error));
}

const TOO_LONG = '22001';
const RAISED_BY_TRIGGER = 'P0001';
/** Integrity constraints, and conditions of views. */
const REFUSING_CLASSES: ReadonlySet<string> = new Set(['23', '44']);

/**
 * What is said of a write that a constraint, the width of a column or a trigger refuses, which helps nobody to try again; undefined for any other error. Only rows
 * of other writers, and what operators have added to the tables, cause these: writes check all else first, under the lock.
 */
export function refusalByDatabase(error: unknown): HeksherError | undefined {
  const state = pgErrorCode(error);
  if (state === undefined) return undefined;
  if (state === UNIQUE_VIOLATION || state === FOREIGN_KEY_VIOLATION) {
    const message =
      'the request contradicts what is stored: a name it gives is taken, or something it removes is in use';
    return new HeksherError('conflict', message, { cause: error });
  }
  if (state !== TOO_LONG && state !== RAISED_BY_TRIGGER && !REFUSING_CLASSES.has(state.slice(0, 2))) return undefined;
  const message = 'the database refuses this by a constraint or trigger, which the log of the service names';
  return new HeksherError('conflict', message, { cause: error });
}

/** The message for a client whose request failed because of the database: the condition, without internals. */
export function unavailableReason(error: unknown): string {
  const state = pgErrorCode(error) ?? '';
  return `${REASONS.get(state) ?? REASONS.get(state.slice(0, 2)) ?? reasonOfDriver(error)}; try again later`;
}

const TOO_SLOW = 'the database takes too long';
const NOT_OURS = 'the database does not hold the tables of this version';

const REASONS: ReadonlyMap<string, string> = new Map([
  [SERIALIZATION_FAILURE, 'other writes came first'],
  [DEADLOCK, 'other writes came first'],
  [LOCK_NOT_AVAILABLE, 'other writes are taking too long'],
  [QUERY_CANCELED, TOO_SLOW],
  [READ_ONLY_TRANSACTION, 'the database can only be read now'],
  [INSUFFICIENT_PRIVILEGE, 'the database denies the service a right, which its log names'],
  [UNDEFINED_TABLE, NOT_OURS],
  [UNDEFINED_FUNCTION, NOT_OURS],
  [INVALID_SCHEMA_NAME, NOT_OURS],
  [OBJECT_NOT_IN_PREREQUISITE_STATE, NOT_OURS],
  [TRANSACTION_RESOLUTION_UNKNOWN, 'no synchronous standby has confirmed the write, which may be kept or lost'],
  ['53', 'the database has no room for more'],
]);

/** Timeouts of the pool and the driver, without an error of the server. */
function reasonOfDriver(error: unknown): string {
  const isWaiting = /^timeout exceeded when trying to connect/i.test(errorMessage(error));
  return isWaiting
    ? 'all connections to the database are taken, or it does not answer'
    : 'the database does not answer';
}

/** What the driver threw, where TypeORM wrapped it. */
function driverError(error: unknown): unknown {
  return member(error, 'driverError') ?? error;
}
