import { parseStoredJson, type Row } from '@heksher/core';
import { pastTables } from '../ruleset/past-tables.js';
import { querySnapshot, type SnapshotReader } from '../ruleset/loading.js';
import { ROW } from './transactions.store.js';

/** Things by what finds their rows. */
export type ResourceKeys = Readonly<{
  settings: readonly string[];
  rules: readonly number[];
  rollouts: readonly number[];
}>;

/** An entry of the log about a row, with its images as JSON. */
export type LoggedRow = Readonly<{ seq: number; table: string; old: string | null; new: string | null }>;

/** As a query PostgreSQL makes a hash table of them, where it looks through a list for each row. */
const RULES = 'select unnest($2::text[])';
const ROLLOUTS = 'select unnest($3::text[])';

/** The entries about these things, and about context features, from one revision to another, both included; members apart. */
export async function readEntries(
  snapshot: SnapshotReader,
  { settings, rules, rollouts }: ResourceKeys,
  from: number,
  to: number,
): Promise<readonly LoggedRow[]> {
  const rows = await querySnapshot<[seq: string, table: string, old: string | null, now: string | null]>(
    snapshot,
    `select c.seq, c."table", c.old::text, c.new::text
       from heksher_changes c
      where c.seq between $4 and $5 and c.${ROW} and c."table" <> 'rollout_members'
        and (c.setting is null or c.setting in (select unnest($1::text[])))
        and case when c."table" = 'rules' then c.old ->> 'id' in (${RULES}) or c.new ->> 'id' in (${RULES})
                 when c."table" in ('conditions', 'rule_metadata') then coalesce(c.new, c.old) ->> 'rule' in (${RULES})
                 when c."table" = 'rollouts' then c.old ->> 'id' in (${ROLLOUTS}) or c.new ->> 'id' in (${ROLLOUTS})
                 when c."table" like 'rollout\\_%' then coalesce(c.new, c.old) ->> 'rollout' in (${ROLLOUTS})
                 else true end
      order by c.id`,
    [settings, rules.map(String), rollouts.map(String), from, to],
  );
  return rows.map(([seq, table, old, now]) => ({ seq: Number(seq), table, old, new: now }));
}

const OF_SETTING = 't.setting in (select unnest($2::text[]))';
const OF_RULE = 't.rule in (select unnest($3::integer[]))';
const OF_ROLLOUT = 't.rollout in (select unnest($4::integer[]))';

const WANTED = {
  context_features: 'true',
  settings: 't.name in (select unnest($2::text[]))',
  configurable: OF_SETTING,
  setting_aliases: OF_SETTING,
  setting_metadata: OF_SETTING,
  rules: 't.id in (select unnest($3::integer[]))',
  conditions: OF_RULE,
  rule_metadata: OF_RULE,
  rollouts: 't.id in (select unnest($4::integer[]))',
  rollout_conditions: OF_ROLLOUT,
  rollout_metadata: OF_ROLLOUT,
} as const;

const STATE = `
  ${pastTables(WANTED)}
  ${Object.keys(WANTED)
    .map((table) => `select '${table}', to_jsonb(t)::text from ${table} t`)
    .join(' union all ')}`;

/** The same of the present, in a fourth of the time: most that is told of is told as it is committed. */
const PRESENT_STATE = `
  with asked as (select $1::bigint)
  ${Object.entries(WANTED)
    .map(([table, condition]) => `select '${table}', to_jsonb(t)::text from "${table}" t where ${condition}`)
    .join(' union all ')}`;

/**
 * The rows of these things, and all context features, as of a revision, as JSON; members apart.
 * @param isNewest whether the snapshot is as of that very revision
 */
export function readState(
  snapshot: SnapshotReader,
  { settings, rules, rollouts }: ResourceKeys,
  asOf: number,
  isNewest: boolean,
): Promise<readonly (readonly [table: string, row: string])[]> {
  const text = isNewest ? PRESENT_STATE : STATE;
  return querySnapshot<[table: string, row: string]>(snapshot, text, [asOf, settings, rules, rollouts]);
}

/** A row from its image in JSON. */
export function rowOf(text: string | null): Row | null {
  const json = text === null ? null : parseStoredJson(text);
  return json?.kind === 'object' ? json.members : null;
}
