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
}>;

/** Takes the row that all writers queue for, and says where the write comes from, in a single round trip. */
const TAKE_REVISION = {
  name: 'take_revision',
  text: `
  select r.seq, set_config('heksher.actor', $1::text, true), set_config('heksher.request_id', $2::text, true),
         set_config('heksher.message', $3::text, true)
    from heksher_revision r
   where r.one_row
     for update of r`,
};

/**
 * One write: takes the revision row first (SELECT … FOR UPDATE), so that writers stand in one order and what `work` reads
 * cannot change under it. Throws `unavailable` where the revision row is missing: the database was swapped for one that
 * is not ours (yet). Only a share of the pool writes at once, so that reads always find a connection.
 */
export async function inWriteTransaction<T>(
  dataSource: DataSource,
  origin: WriteOrigin,
  work: (db: EntityManager) => Promise<T>,
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
  { actor, request_id, message }: WriteOrigin,
  work: (db: EntityManager) => Promise<T>,
): Promise<T> {
  return dataSource.transaction(async (db) => {
    const rows = await runPrepared(db, TAKE_REVISION, [actor ?? '', request_id ?? '', message ?? '']);
    if (rows.length === 0) throw new HeksherError('unavailable', 'the database holds no revision row');
    return work(db);
  });
}
