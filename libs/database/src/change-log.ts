import { type EntityManager } from 'typeorm';

/**
 * Deletes the entries of the change log that are older than `olderThanDays` days and returns how many they were. The
 * newest revision's entries always stay, so that a reader who stands there goes on without reloading.
 */
export async function pruneChanges(db: EntityManager, olderThanDays: number): Promise<number> {
  const [result] = await db.query<readonly [{ count: string }]>(
    `with pruned as (
       delete from heksher_changes c
        where c.at < clock_timestamp() - make_interval(secs => $1 * 86400.0)
          and c.seq < (select max(newest.seq) from heksher_changes newest where newest.op in ('statement', 'truncate'))
        returning 1)
     select count(*) from pruned`,
    [olderThanDays],
  );
  return Number(result.count);
}
