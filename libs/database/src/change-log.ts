import { setTimeout as sleep } from 'node:timers/promises';
import { type EntityManager } from 'typeorm';

/** So many entries are deleted by one statement: some tens of milliseconds, in which it holds no lock that others wait for. */
const BATCH = 10_000;
const PAUSE_MS = 100;

const MARK = `op in ('statement', 'truncate')`;

/** The last revision of the newest transaction that is old enough; the newest of all never is. */
const FIND_BOUND = `
  with oldest_kept as (
    select m.seq, m.tx from heksher_changes m
     where m.${MARK}
       and m.seq <= coalesce((select o.seq + 1 from heksher_changes o
                               where o.${MARK} and o.at < clock_timestamp() - make_interval(secs => $1 * 86400.0)
                               order by o.seq desc limit 1), 0)
     order by m.seq desc limit 1)
  select coalesce((select b.seq from heksher_changes b
                    where b.${MARK} and b.seq < k.seq and (k.tx is null or b.tx is distinct from k.tx)
                    order by b.seq desc limit 1), 0) as bound
    from oldest_kept k`;

/**
 * Deletes the entries of transactions that are older than `olderThanDays` days, in batches, and returns how many they were; and what became
 * of change sets before that.
 * Transactions go as a whole, and the newest one always stays, so that a reader who stands there goes on without reloading.
 */
export async function pruneChanges(db: EntityManager, olderThanDays: number): Promise<number> {
  const [found] = await db.query<readonly { bound: string }[]>(FIND_BOUND, [olderThanDays]);
  if (found === undefined) return 0;
  await db.query('delete from heksher_changeset_events e where e.seq <= $1', [found.bound]);
  for (let count = 0; ;) {
    const [result] = await db.query<readonly [{ count: number }]>(
      `with pruned as (
         delete from heksher_changes c
          where c.id = any (array(select o.id from heksher_changes o where o.seq <= $1 order by o.id limit ${BATCH}))
          returning 1)
       select count(*)::integer as count from pruned`,
      [found.bound],
    );
    count += result.count;
    if (result.count < BATCH) return count;
    await sleep(PAUSE_MS);
  }
}
