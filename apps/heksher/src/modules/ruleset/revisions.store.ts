import { runPrepared } from '@heksher/database';
import { type Revision } from '@heksher/ruleset';
import { type EntityManager } from 'typeorm';
import { type AsOf } from '../../as-of.js';

/** A committed state of the database: the last revision of a transaction, and when its last statement began. */
export type CommittedRevision = Revision & Readonly<{ atMs: number }>;

/** What was asked for, among what the log has. */
export type FoundRevision = Readonly<{
  /** Undefined: the log does not reach back to it. */
  found: CommittedRevision | undefined;
  /** The oldest and the newest state there are. */
  oldest: Readonly<{ seq: string; atMs: number }>;
  newest: Readonly<{ seq: string; nowMs: number }>;
}>;

/** Each statement has a mark; those of a transaction follow one another. Entries without a transaction are older than its record. */
const MARK = `op in ('statement', 'truncate')`;

/**
 * In the middle of a transaction, the state is that before it; and the oldest is that after the oldest transaction, of which
 * part may be gone. Where the log is empty, the present state is all there is. The limits have the planner expect one row.
 */
const findRevision = (asked: string): string => `
  with present as materialized (select r.seq, r.token from heksher_revision r limit 1),
  asked as (
    select m.seq, m.tx from heksher_changes m where m.${MARK} and ${asked} order by m.seq desc limit 1),
  committed as materialized (
    select case when exists (select from heksher_changes n
                              where n.${MARK} and n.seq = a.seq + 1 and n.tx = a.tx)
                then (select b.seq from heksher_changes b
                       where b.${MARK} and b.seq < a.seq and b.tx is distinct from a.tx order by b.seq desc limit 1)
                else a.seq end as seq
      from asked a),
  first as (
    select m.seq, m.tx from heksher_changes m where m.${MARK} order by m.seq limit 1),
  oldest as materialized (
    select coalesce((select n.seq - 1 from heksher_changes n
                      where n.${MARK} and n.seq > f.seq and (f.tx is null or n.tx is distinct from f.tx)
                      order by n.seq limit 1),
                    p.seq) as seq
      from present p left join first f on true
     limit 1)
  select m.seq, m.token, (extract(epoch from m.at) * 1000)::float8 as at,
         o.seq as oldest_seq,
         (extract(epoch from coalesce((select k.at from heksher_changes k where k.seq = o.seq and k.${MARK}),
                                      clock_timestamp())) * 1000)::float8 as oldest_at,
         p.seq as newest_seq, (extract(epoch from clock_timestamp()) * 1000)::float8 as now
    from present p
   cross join oldest o
    left join committed c on c.seq >= o.seq
    left join heksher_changes m on m.seq = c.seq and m.${MARK}`;

const BY_SEQ = { name: 'find_revision_by_seq', text: findRevision('m.seq <= $1::bigint') };
const BY_TIME = { name: 'find_revision_by_time', text: findRevision('m.at <= to_timestamp($1::float8 / 1000)') };

type Row = {
  seq: string | null;
  token: string | null;
  at: number | null;
  oldest_seq: string;
  oldest_at: number;
  newest_seq: string;
  now: number;
};

/** The newest committed state not after a revision or a time. */
export async function findCommitted(db: EntityManager, asOf: AsOf): Promise<FoundRevision | undefined> {
  const [row] =
    'seq' in asOf ? await runPrepared<Row>(db, BY_SEQ, [asOf.seq]) : await runPrepared<Row>(db, BY_TIME, [asOf.atMs]);
  if (row === undefined) return undefined;
  const { seq, token, at, oldest_seq, oldest_at, newest_seq, now } = row;
  const found = seq === null || token === null || at === null ? undefined : { seq, token, atMs: at };
  return { found, oldest: { seq: oldest_seq, atMs: oldest_at }, newest: { seq: newest_seq, nowMs: now } };
}
