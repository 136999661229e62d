import { querySnapshot, type SnapshotReader } from '../ruleset/loading.js';
import { type LoggedTransaction, ROW, ROWS_OF_EACH } from './transactions.store.js';

/** What a transaction touches: one thing that the API shows, with how many members of a rollout came and went. */
export type TouchedResource = Readonly<{
  transaction: number;
  kind: 'context_features' | 'setting' | 'rule' | 'rollout';
  key: string;
  setting: string | null;
  added: number;
  removed: number;
  /** How many things the transaction touches in all. */
  total: number;
}>;

type TouchedRow = [
  transaction: number,
  kind: TouchedResource['kind'],
  key: string,
  setting: string | null,
  added: number,
  removed: number,
  total: number,
];

/**
 * Counts what transactions touch, and gives the first `most` things of each in the order in which they were touched. What only
 * followed its setting to another name is left out. With `settings`, only what is theirs counts: what names no setting is
 * theirs where the rule or rollout is that it belongs to.
 */
export async function readTouched(
  snapshot: SnapshotReader,
  transactions: readonly LoggedTransaction[],
  settings: readonly string[] | undefined,
  { most, skipped = 0 }: Readonly<{ most: number; skipped?: number }>,
): Promise<readonly TouchedResource[]> {
  const text = `
    with asked as (
      select * from unnest($1::bigint[], $2::bigint[]) with ordinality t (first, last, n)),
    entries as (
      select t.n, c.id, c."table", c.op, c.setting,
             case when c."table" = 'context_features' then 'context_features'
                  when c."table" in ('settings', 'configurable', 'setting_aliases', 'setting_metadata') then 'setting'
                  when c."table" in ('rules', 'conditions', 'rule_metadata') then 'rule'
                  else 'rollout' end as kind,
             case when c."table" = 'context_features' then ''
                  when c."table" = 'settings' then coalesce(c.new, c.old) ->> 'name'
                  when c."table" in ('configurable', 'setting_aliases', 'setting_metadata') then coalesce(c.new, c.old) ->> 'setting'
                  when c."table" in ('rules', 'rollouts') then coalesce(c.new, c.old) ->> 'id'
                  when c."table" in ('conditions', 'rule_metadata') then coalesce(c.new, c.old) ->> 'rule'
                  else coalesce(c.new, c.old) ->> 'rollout' end as key
        from asked t
       cross join lateral (${ROWS_OF_EACH}) c
       where not (c.op = 'update' and c."table" in ('configurable', 'setting_aliases', 'setting_metadata', 'rules', 'rollouts')
                  and c.old - 'setting' = c.new - 'setting'
                  and exists (select from heksher_changes r
                               where r."table" = 'settings' and r.op = 'update' and r.old ->> 'name' <> r.new ->> 'name'
                                 and r.seq between t.first and t.last
                                 and r.old ->> 'name' = c.old ->> 'setting' and r.new ->> 'name' = c.new ->> 'setting'))),
    resources as (
      select e.n, e.kind, e.key, max(e.setting) as setting, min(e.id) as first_id,
             (count(*) filter (where e."table" = 'rollout_members' and e.op in ('insert', 'update')))::integer as added,
             (count(*) filter (where e."table" = 'rollout_members' and e.op in ('delete', 'update')))::integer as removed
        from entries e
       group by e.n, e.kind, e.key),
    placed as (
      select r.*, row_number() over (partition by r.n order by r.first_id) as place, count(*) over (partition by r.n) as total
        from resources r
       where $3::text[] is null or r.setting = any ($3))
  select p.n::integer, p.kind, p.key, p.setting, p.added, p.removed, p.total::integer
    from placed p
   where p.place > $5::integer and p.place <= $4::integer
   order by p.n, p.place`;
  const firsts = transactions.map(({ first }) => first);
  const lasts = transactions.map(({ last }) => last);
  const values = [firsts, lasts, settings ?? null, skipped + most, skipped];
  const rows = await querySnapshot<TouchedRow>(snapshot, text, values);
  return rows.map(([place, kind, key, setting, added, removed, total]) => {
    return { transaction: place - 1, kind, key, setting, added, removed, total };
  });
}

/** How often units came within the revisions $1 to $2, less how often they went. */
const netMembers = (condition: string): string => `
  select (k.image ->> 'rollout')::integer as rollout, k.image ->> 'unit' collate "C" as unit,
         sum(case k.which when 'new' then 1 else -1 end) as net
    from heksher_changes c
   cross join lateral (values ('old', c.old), ('new', c.new)) k (which, image)
   where c.seq between $1 and $2 and c."table" = 'rollout_members' and k.image is not null ${condition}
   group by 1, 2`;

/** Members of a rollout that came or went within a transaction, in the order of their bytes, after one. */
export async function readMembers(
  snapshot: SnapshotReader,
  { first, last }: LoggedTransaction,
  asked: Readonly<{ rollout: number; after: string; limit: number }>,
): Promise<readonly Readonly<{ unit: string; isAdded: boolean }>[]> {
  const rows = await querySnapshot<[unit: string, isAdded: boolean]>(
    snapshot,
    `select u.unit, u.net > 0
       from (${netMembers(`and k.image ->> 'rollout' = $3 and k.image ->> 'unit' collate "C" > $4`)}) u
      where u.net <> 0
      order by u.unit
      limit $5`,
    [first, last, String(asked.rollout), asked.after, asked.limit],
  );
  return rows.map(([unit, isAdded]) => ({ unit, isAdded }));
}

/** Units of a rollout that became members, and those that are none any more, each in the order of their bytes. */
export type ChangedUnits = Readonly<{ added: readonly string[]; removed: readonly string[] }>;

/** All members that came or went within a transaction, by the ids of their rollouts. */
export async function readUnits(
  snapshot: SnapshotReader,
  { first, last }: LoggedTransaction,
): Promise<ReadonlyMap<number, ChangedUnits>> {
  const rows = await querySnapshot<[rollout: number, unit: string, isAdded: boolean]>(
    snapshot,
    `select u.rollout, u.unit, u.net > 0 from (${netMembers('')}) u where u.net <> 0 order by u.rollout, u.unit`,
    [first, last],
  );
  const units = new Map<number, { added: string[]; removed: string[] }>();
  for (const [rollout, unit, isAdded] of rows) {
    const of = units.get(rollout) ?? { added: [], removed: [] };
    units.set(rollout, of);
    of[isAdded ? 'added' : 'removed'].push(unit);
  }
  return units;
}

/** How much a transaction touched, counted up to one more than `most` rows, and of which settings these rows are. */
export async function readExtent(
  snapshot: SnapshotReader,
  { first, last }: LoggedTransaction,
  most: number,
): Promise<Readonly<{ names: readonly (string | null)[]; rows: number }>> {
  const [row] = await querySnapshot<[rows: number, names: string[] | null, hasFeatures: boolean | null]>(
    snapshot,
    `select count(*)::integer, array_agg(distinct r.setting) || array_agg(distinct r.old_name), bool_or(r.is_feature)
       from (select c.setting, case c."table" when 'settings' then c.old ->> 'name' end as old_name,
                    c."table" = 'context_features' as is_feature
               from heksher_changes c
              where c.seq between $1 and $2 and c.${ROW}
              limit $3) r`,
    [first, last, most + 1],
  );
  const [rows = 0, names, hasFeatures] = row ?? [];
  const settings = new Set(names?.filter((name) => name !== null));
  return { names: [...settings, ...(hasFeatures === true ? [null] : [])], rows };
}
