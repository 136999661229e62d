import { HeksherError } from '@heksher/core';
import { type DataSource, type EntityManager } from 'typeorm';
import { pgErrorCode, READ_ONLY_TRANSACTION } from './pg-errors.js';
import { runPrepared } from './prepared-statement.js';
import { writerTurn } from './writer-turns.js';

/** Where a write comes from, for the change log. Without an actor it is the user of the database. */
export type WriteOrigin = Readonly<{
  actor?: string | undefined;
  request_id?: string | undefined;
  message?: string | undefined;
  /** The W3C trace context that the events of the write carry; that of the span where there is one. */
  traceparent?: string | undefined;
  /** What others in the trace have said of it, handed on as it came. */
  tracestate?: string | undefined;
  /** What its statements are parts of, where it is traced. */
  span?: StatementSpan | undefined;
}>;

/** A piece of work in a trace. */
export type StatementSpan = Readonly<{
  traceparent: string;
  /** @param summary such as `SELECT heksher_revision` */
  statement<T>(summary: string, work: () => Promise<T>): Promise<T>;
}>;

/** Takes the row that all writers queue for, and says where the write comes from, in a single round trip. */
const TAKE_REVISION = {
  name: 'take_revision',
  text: `
  select r.seq, r.token, set_config('heksher.actor', $1::text, true), set_config('heksher.request_id', $2::text, true),
         set_config('heksher.message', $3::text, true), set_config('heksher.traceparent', $4::text, true),
         set_config('heksher.tracestate', $5::text, true)
    from heksher_revision r
   where r.one_row
     for update of r`,
};

/**
 * One write: takes the revision row first (SELECT … FOR UPDATE), so that writers stand in one order and what `work` reads
 * cannot change under it. Throws `unavailable` where the revision row is missing: the database was swapped for one that
 * is not ours (yet). `work` is given the token of the newest revision. Only a share of the pool writes at once, so that reads always find a connection.
 */
export async function inWriteTransaction<T>(
  dataSource: DataSource,
  origin: WriteOrigin,
  work: (db: EntityManager, token: string) => Promise<T>,
): Promise<T> {
  const endTurn = await writerTurn(dataSource);
  try {
    return await transactionOf(dataSource, origin, work);
  } catch (error) {
    // The session was opened before a failover and is closed now. The first statement only locks, so a retry is safe.
    if (pgErrorCode(error) !== READ_ONLY_TRANSACTION) throw error;
    return await transactionOf(dataSource, origin, work);
  } finally {
    endTurn();
  }
}

/** The isolation is the session's, which every session of ours sets to READ COMMITTED. */
function transactionOf<T>(
  dataSource: DataSource,
  { actor, request_id, message, traceparent, tracestate, span }: WriteOrigin,
  work: (db: EntityManager, token: string) => Promise<T>,
): Promise<T> {
  return dataSource.transaction(async (db) => {
    const trace = [span?.traceparent ?? traceparent ?? '', tracestate ?? ''];
    const values = [actor ?? '', request_id ?? '', message ?? '', ...trace];
    const take = () => runPrepared<{ token: string }>(db, TAKE_REVISION, values);
    const [row] = await (span === undefined ? take() : span.statement('SELECT heksher_revision', take));
    if (row === undefined) throw new HeksherError('unavailable', 'the database holds no revision row');
    return work(db, row.token);
  });
}
