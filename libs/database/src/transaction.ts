import { HeksherError } from '@heksher/core';
import { type DataSource, type EntityManager } from 'typeorm';
import { runPrepared } from './prepared-statement.js';

/** Takes the one row all writers queue for, and names who writes, in a single round trip. */
const TAKE_REVISION = {
  name: 'take_revision',
  text: `
  select r.seq, case when $1::text is not null then set_config('heksher.actor', $1::text, true) end
    from heksher_revision r
   where r.one_row
     for update of r`,
};

/**
 * One write: takes the revision row first (SELECT … FOR UPDATE), so writers stand in one order and what `work` reads
 * cannot change under it; sets `heksher.actor` for the transaction when given. Throws `unavailable` where the revision
 * row is missing: the database was swapped for one that is not ours (yet).
 */
export async function inWriteTransaction<T>(
  dataSource: DataSource,
  work: (db: EntityManager) => Promise<T>,
  actor?: string,
): Promise<T> {
  return dataSource.transaction(async (db) => {
    const rows = await runPrepared(db, TAKE_REVISION, [actor ?? null]);
    if (rows.length === 0) throw new HeksherError('unavailable', 'the database holds no revision row');
    return work(db);
  });
}
