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

/** By `rule-7`, `rollout-3`; only those that are among the newest entries of their setting. */
export type LineChanges = ReadonlyMap<string, LastChange>;

/** So many entries of the log are looked through: a rule is one, and each of its conditions and keys of metadata. */
const ENTRIES = 1_000;

/** A row of another setting's name only is none of its own: it followed the setting. */
const LINE_CHANGES = {
  name: 'line_changes',
  text: `
  with newest as (
    select c.*
      from unnest($1::text[]) n (name)
     cross join lateral (
             select k.seq, k.at, k.actor, k."table", k.op, k.old, k.new from heksher_changes k
              where k.setting = n.name and k.seq <= $2::bigint
              order by k.seq desc limit ${ENTRIES}) c
     order by c.seq desc limit ${ENTRIES}),
  lines as (
    select case when "table" in ('rules', 'conditions', 'rule_metadata') then 'rule-' else 'rollout-' end
           || (coalesce(new, old) ->> case when "table" in ('rules', 'rollouts') then 'id'
                                           when "table" in ('conditions', 'rule_metadata') then 'rule'
                                           else 'rollout' end) as line,
           seq, at, actor
      from newest
     where "table" in ('rules', 'conditions', 'rule_metadata',
                       'rollouts', 'rollout_conditions', 'rollout_members', 'rollout_metadata')
       and not (op = 'update' and old - 'setting' = new - 'setting'))
  select distinct on (line) line, seq, (extract(epoch from at) * 1000)::float8 as at, actor
    from lines
   where line is not null
   order by line, seq desc`,
};

/** When the lines of a setting were changed last as of a revision, by whatever program, under any of its names. */
export async function readLineChanges(db: EntityManager, names: readonly string[], asOf: string): Promise<LineChanges> {
  const rows = await runPrepared<{ line: string; seq: string; at: number; actor: string }>(db, LINE_CHANGES, [
    names,
    asOf,
  ]);
  return new Map(rows.map(({ line, seq, at, actor }) => [line, { seq: Number(seq), atMs: at, actor }]));
}

export function changeText(change: LastChange | undefined): string {
  if (change === undefined) return 'null';
  const { seq, atMs, actor } = change;
  return JSON.stringify({ seq, at: new Date(atMs).toISOString(), actor });
}

/** What is not known is as old as can be. */
export function isAfter(change: LastChange | undefined, asOf: AsOf): boolean {
  if (change === undefined) return false;
  return 'seq' in asOf ? change.seq > Number(asOf.seq) : change.atMs > asOf.atMs;
}
