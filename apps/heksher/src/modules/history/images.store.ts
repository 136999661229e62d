import { parseStoredJson, type Row } from '@heksher/core';
import { pastTables } from '../ruleset/past-tables.js';
import { querySnapshot, type SnapshotReader } from '../ruleset/loading.js';
import { ROW, ROWS_OF_EACH } from './transactions.store.js';

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

/** Which rows `t` of each table are those of some things, given what SQL compares their keys with. */
function wanted({ settings, rules, rollouts }: Readonly<Record<keyof ResourceKeys, string>>) {
  return {
    context_features: 'true',
    settings: `t.name ${settings}`,
    configurable: `t.setting ${settings}`,
    setting_aliases: `t.setting ${settings}`,
    setting_metadata: `t.setting ${settings}`,
    rules: `t.id ${rules}`,
    conditions: `t.rule ${rules}`,
    rule_metadata: `t.rule ${rules}`,
    rollouts: `t.id ${rollouts}`,
    rollout_conditions: `t.rollout ${rollouts}`,
    rollout_metadata: `t.rollout ${rollouts}`,
  } as const;
}

function presentState(conditions: ReturnType<typeof wanted>): string {
  return Object.entries(conditions)
    .map(([table, condition]) => `select '${table}', to_jsonb(t)::text from "${table}" t where ${condition}`)
    .join(' union all ');
}

const WANTED = wanted({
  settings: 'in (select unnest($2::text[]))',
  rules: 'in (select unnest($3::integer[]))',
  rollouts: 'in (select unnest($4::integer[]))',
});

const STATE = `
  ${pastTables(WANTED)}
  ${Object.keys(WANTED)
    .map((table) => `select '${table}', to_jsonb(t)::text from ${table} t`)
    .join(' union all ')}`;

/** The same of the present, in a fourth of the time: most that is told of is told as it is committed. */
const PRESENT_STATE = `
  with asked as (select $1::bigint)
  ${presentState(WANTED)}`;

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

/** Few entries, and the present rows of what they are about, with all context features. */
export type FewEntries = Readonly<{
  entries: readonly LoggedRow[];
  state: Awaited<ReturnType<typeof readState>>;
}>;

/** More entries are not few, nor are longer ones. */
const FEW_ENTRIES = 100;
const FEW_BYTES = 100_000;

const KEYS = {
  settings: 'c.setting',
  rules: `(case when c."table" = 'rules' then coalesce(c.new, c.old) ->> 'id'
                when c."table" in ('conditions', 'rule_metadata') then coalesce(c.new, c.old) ->> 'rule' end)::integer`,
  rollouts: `(case when c."table" = 'rollouts' then coalesce(c.new, c.old) ->> 'id'
                   when c."table" like 'rollout\\_%' then coalesce(c.new, c.old) ->> 'rollout' end)::integer`,
};

/**
 * Common table expressions down to `few`: the entries about rows of the transactions `found (first, last)`, and the present rows of what they are
 * about, each a list in JSON. It is empty where they are not few.
 */
export const FEW = `
  newest as materialized (
    select c.id, c.seq, c."table", c.setting, c.old, c.new
      from found t
     cross join lateral (${ROWS_OF_EACH}) c
     limit ${FEW_ENTRIES + 1}),
  keys as materialized (
    select ${Object.entries(KEYS)
      .map(([name, key]) => `array_agg(distinct ${key}) as ${name}`)
      .join(', ')}
      from newest c
    having count(*) <= ${FEW_ENTRIES}
       and coalesce(sum(coalesce(octet_length(c.old::text), 0) + coalesce(octet_length(c.new::text), 0)), 0) <= ${FEW_BYTES}),
  few (entries, state) as (
    select (select coalesce(json_agg(json_build_array(c.seq, c."table", c.old::text, c.new::text) order by c.id), '[]')
              from newest c),
           (select json_agg(json_build_array(s."table", s.row))
              from (${presentState(
                wanted({
                  settings: '= any ((select k.settings from keys k)::text[])',
                  rules: '= any ((select k.rules from keys k)::integer[])',
                  rollouts: '= any ((select k.rollouts from keys k)::integer[])',
                }),
              )}) s ("table", row))
      from keys)`;

/** As `few` has them. */
export type FewColumns = [
  entries: readonly (readonly [seq: number, table: string, old: string | null, now: string | null])[] | null,
  state: FewEntries['state'] | null,
];

/** Undefined: there are too many. */
export function fewOf([entries, state]: FewColumns): FewEntries | undefined {
  if (entries === null) return undefined;
  return { entries: entries.map(([seq, table, old, now]) => ({ seq, table, old, new: now })), state: state ?? [] };
}
