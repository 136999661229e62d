import { runPrepared } from '@heksher/database';
import { type EntityManager } from 'typeorm';
import { type AsOf } from '../../as-of.js';

/** The newest entry of the change log about a setting, its rules or rollouts. */
export type LastChange = Readonly<{ seq: number; atMs: number; actor: string }>;

/** By name; a setting is not there if it was not changed since the log begins. */
export type LastChanges = ReadonlyMap<string, LastChange>;

/** One probe of an index for each name. */
const LAST_CHANGES = {
  name: 'last_changes',
  text: `
  select n.name, c.seq, (extract(epoch from c.at) * 1000)::float8 as at, c.actor
    from unnest($1::text[]) n (name)
   cross join lateral (
           select k.seq, k.at, k.actor from heksher_changes k
            where k.setting = n.name and k.seq <= $2::bigint
            order by k.seq desc limit 1) c`,
};

/** So many are asked for at once: rows of a thousand are read in some milliseconds. */
const NAMES_AT_ONCE = 1_000;

/** When settings were changed last as of a revision, by whatever program. */
export async function readLastChanges(db: EntityManager, names: readonly string[], asOf: string): Promise<LastChanges> {
  const changes = new Map<string, LastChange>();
  for (let from = 0; from < names.length; from += NAMES_AT_ONCE) {
    const rows = await runPrepared<{ name: string; seq: string; at: number; actor: string }>(db, LAST_CHANGES, [
      names.slice(from, from + NAMES_AT_ONCE),
      asOf,
    ]);
    for (const { name, seq, at, actor } of rows) changes.set(name, { seq: Number(seq), atMs: at, actor });
  }
  return changes;
}

/** What is not known is as old as can be. */
export function isAfter(change: LastChange | undefined, asOf: AsOf): boolean {
  if (change === undefined) return false;
  return 'seq' in asOf ? change.seq > Number(asOf.seq) : change.atMs > asOf.atMs;
}
