import { type NamedSpan, type Row, type SettingRenaming } from '@heksher/core';
import { parseStoredJson } from '@heksher/core';
import { traceparentOf } from '../../tracing/trace-context.js';
import { pastTables } from '../ruleset/past-tables.js';
import { type SnapshotReader } from '../ruleset/loading.js';

/** A transaction of the change log, from its first revision to its last. */
export type LoggedTransaction = Readonly<{
  first: number;
  last: number;
  token: string;
  at: string;
  actor: string;
  message: string | null;
  requestId: string | null;
  /** The W3C trace context of the write; null: it is not known. */
  traceparent: string | null;
}>;

/** What is looked for: of these settings, by their names over time; of this actor; older than one revision, newer than another. */
export type TransactionsAsked = Readonly<{
  spans: readonly NamedSpan[] | undefined;
  actor: string | undefined;
  before: number;
  after: number;
  limit: number;
}>;

/** Each statement has a mark, and each row that it touched an entry. */
export const MARK = `op in ('statement', 'truncate')`;
export const ROW = `op in ('insert', 'update', 'delete')`;

/**
 * The entries about rows of the transaction `t`: by the index for each transaction, also where PostgreSQL has not analysed the log yet and would
 * look through all of it for each.
 */
export const ROWS_OF_EACH = `
  select e.* from heksher_changes e where e.seq between t.first and t.last and e.${ROW} offset 0`;

/** The newest revision before a bound that has what is looked for. */
function candidate(bound: string, hasSpans: boolean): string {
  if (!hasSpans) {
    return `select m.seq from heksher_changes m
             where m.${MARK} and m.seq < ${bound} and ($2::text is null or m.actor = $2) order by m.seq desc limit 1`;
  }
  return `select max(p.seq) as seq
            from unnest($5::text[], $6::bigint[], $7::bigint[]) s (name, "from", "to")
           cross join lateral (
                   select c.seq from heksher_changes c
                    where c.setting = s.name and c.seq between s."from" and s."to" and c.seq < ${bound}
                      and ($2::text is null or c.actor = $2)
                    order by c.seq desc limit 1) p`;
}

/** SQL for the `first` and the `last` revision of the transaction that a revision belongs to: its statements follow one another. */
export const transaction = (seq: string): string => `
  select coalesce((select b.seq + 1 from heksher_changes b
                    where b.${MARK} and b.seq < s.seq and (m.tx is null or b.tx is distinct from m.tx)
                    order by b.seq desc limit 1),
                  (select o.seq from heksher_changes o where o.${MARK} order by o.seq limit 1)) as first,
         coalesce((select n.seq - 1 from heksher_changes n
                    where n.${MARK} and n.seq > s.seq and (m.tx is null or n.tx is distinct from m.tx)
                    order by n.seq limit 1),
                  (select r.seq from heksher_revision r limit 1)) as last
    from (${seq}) s
   cross join lateral (select m.tx from heksher_changes m where m.${MARK} and m.seq = s.seq limit 1) m
   limit 1`;

/** Selects what is told of the transactions `found`, by their last statement. */
export const DESCRIBED = `
  select f.first, f.last, m.token, m.at, m.actor, m.message, m.request_id, m.traceparent
    from found f
   cross join lateral (
           select m.token, to_char(m.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, m.actor, m.message, m.request_id, m.traceparent
             from heksher_changes m where m.seq = f.last and m.${MARK} limit 1) m`;

const listTransactions = (hasSpans: boolean): string => `
  with recursive found (n, first, last) as (
    (select 1, t.first, t.last from (${transaction(candidate('$1::bigint', hasSpans))}) t where t.last > $3::bigint limit 1)
     union all
    select f.n + 1, t.first, t.last
      from found f
     cross join lateral (${transaction(candidate('f.first', hasSpans))}) t
     where f.n < $4::integer and t.last > $3::bigint)
  ${DESCRIBED}
   order by f.last desc`;

export type TransactionRow = [
  first: string,
  last: string,
  token: string,
  at: string,
  actor: string,
  message: string | null,
  requestId: string | null,
  traceparent: string | null,
];

/** Newest first. Each is found from the one after it by an index, however large they are. */
export async function readTransactions(
  snapshot: SnapshotReader,
  { spans, actor, before, after, limit }: TransactionsAsked,
): Promise<readonly LoggedTransaction[]> {
  const common = [before, actor ?? null, after, limit];
  const columns = (spans ?? []).map(({ name, from, to }) => [name, from, to] as const);
  const named = spans === undefined ? [] : [0, 1, 2].map((place) => columns.map((column) => column[place]));
  const rows = await query<TransactionRow>(snapshot, listTransactions(spans !== undefined), [...common, ...named]);
  return rows.map(loggedTransaction);
}

export function loggedTransaction(row: TransactionRow): LoggedTransaction {
  const [first, last, token, at, actor, message, requestId, given] = row;
  // Whoever writes by SQL may say what they like.
  const traceparent = traceparentOf(given) ?? null;
  return { first: Number(first), last: Number(last), token, at, actor, message, requestId, traceparent };
}

/** The newest revision, and whether a setting has that name, or alias, now. */
export async function readNewest(snapshot: SnapshotReader): Promise<number> {
  const [row] = await query<[seq: string]>(snapshot, 'select r.seq from heksher_revision r limit 1', []);
  return Number(row?.[0] ?? 0);
}

/** All times that settings got other names, in their order. */
export async function readRenamings(
  snapshot: SnapshotReader,
  from = 0,
  to?: number,
): Promise<readonly SettingRenaming[]> {
  const rows = await query<[seq: string, from: string, to: string]>(
    snapshot,
    `select c.seq, c.old ->> 'name', c.new ->> 'name'
       from heksher_changes c
      where c."table" = 'settings' and c.op = 'update' and c.old ->> 'name' <> c.new ->> 'name'
        and c.seq >= $1 and ($2::bigint is null or c.seq <= $2)
      order by c.seq, c.id`,
    [from, to ?? null],
  );
  return rows.map(([seq, earlier, later]) => ({ seq: Number(seq), from: earlier, to: later }));
}

/** The canonical name of what has that name or alias now. */
export async function readCanonicalName(snapshot: SnapshotReader, name: string): Promise<string | undefined> {
  const [row] = await query<[name: string | null]>(
    snapshot,
    `select coalesce((select s.name from settings s where s.name = $1), (select a.setting from setting_aliases a where a.alias = $1))`,
    [name],
  );
  return row?.[0] ?? undefined;
}

/** The newest revision that names each of these settings. */
export async function readLastSeen(
  snapshot: SnapshotReader,
  names: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await query<[name: string, seq: string]>(
    snapshot,
    `select n.name, (select c.seq from heksher_changes c where c.setting = n.name order by c.seq desc limit 1)
       from unnest($1::text[]) n (name)`,
    [names],
  );
  return new Map(rows.map(([name, seq]) => [name, Number(seq)]));
}

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
  const rows = await query<TouchedRow>(snapshot, text, values);
  return rows.map(([place, kind, key, setting, added, removed, total]) => {
    return { transaction: place - 1, kind, key, setting, added, removed, total };
  });
}

/** Things by what finds their rows. */
export type ResourceKeys = Readonly<{
  settings: readonly string[];
  rules: readonly number[];
  rollouts: readonly number[];
}>;

/** An entry of the log about a row, with its images as JSON. */
export type LoggedRow = Readonly<{ seq: number; table: string; old: string | null; new: string | null }>;

/** The entries about these things, and about context features, from one revision to another, both included; members apart. */
export async function readEntries(
  snapshot: SnapshotReader,
  { settings, rules, rollouts }: ResourceKeys,
  from: number,
  to: number,
): Promise<readonly LoggedRow[]> {
  const rows = await query<[seq: string, table: string, old: string | null, now: string | null]>(
    snapshot,
    `select c.seq, c."table", c.old::text, c.new::text
       from heksher_changes c
      where c.seq between $4 and $5 and c.${ROW} and c."table" <> 'rollout_members'
        and (c.setting = any ($1::text[]) or c.setting is null)
        and case when c."table" in ('rules') then array[c.old ->> 'id', c.new ->> 'id'] && $2::text[]
                 when c."table" in ('conditions', 'rule_metadata') then coalesce(c.new, c.old) ->> 'rule' = any ($2::text[])
                 when c."table" = 'rollouts' then array[c.old ->> 'id', c.new ->> 'id'] && $3::text[]
                 when c."table" like 'rollout\\_%' then coalesce(c.new, c.old) ->> 'rollout' = any ($3::text[])
                 else true end
      order by c.id`,
    [settings, rules.map(String), rollouts.map(String), from, to],
  );
  return rows.map(([seq, table, old, now]) => ({ seq: Number(seq), table, old, new: now }));
}

const OF_SETTING = 't.setting = any ($2::text[])';
const OF_RULE = 't.rule = any ($3::integer[])';
const OF_ROLLOUT = 't.rollout = any ($4::integer[])';

const WANTED = {
  context_features: 'true',
  settings: 't.name = any ($2::text[])',
  configurable: OF_SETTING,
  setting_aliases: OF_SETTING,
  setting_metadata: OF_SETTING,
  rules: 't.id = any ($3::integer[])',
  conditions: OF_RULE,
  rule_metadata: OF_RULE,
  rollouts: 't.id = any ($4::integer[])',
  rollout_conditions: OF_ROLLOUT,
  rollout_metadata: OF_ROLLOUT,
} as const;

const STATE = `
  ${pastTables(WANTED)}
  ${Object.keys(WANTED)
    .map((table) => `select '${table}', to_jsonb(t)::text from ${table} t`)
    .join(' union all ')}`;

/** The rows of these things, and all context features, as of a revision, as JSON; members apart. */
export function readState(
  snapshot: SnapshotReader,
  { settings, rules, rollouts }: ResourceKeys,
  asOf: number,
): Promise<readonly (readonly [table: string, row: string])[]> {
  return query<[table: string, row: string]>(snapshot, STATE, [asOf, settings, rules, rollouts]);
}

/** Members of a rollout that came or went within a transaction, in the order of their bytes, after one. */
export async function readMembers(
  snapshot: SnapshotReader,
  { first, last }: LoggedTransaction,
  asked: Readonly<{ rollout: number; after: string; limit: number }>,
): Promise<readonly Readonly<{ unit: string; isAdded: boolean }>[]> {
  const rows = await query<[unit: string, isAdded: boolean]>(
    snapshot,
    `select u.unit, u.net > 0
       from (select k.image ->> 'unit' collate "C" as unit, sum(case k.which when 'new' then 1 else -1 end) as net
               from heksher_changes c
              cross join lateral (values ('old', c.old), ('new', c.new)) k (which, image)
              where c.seq between $1 and $2 and c."table" = 'rollout_members' and k.image ->> 'rollout' = $3
                and k.image ->> 'unit' collate "C" > $4
              group by 1) u
      where u.net <> 0
      order by u.unit
      limit $5`,
    [first, last, String(asked.rollout), asked.after, asked.limit],
  );
  return rows.map(([unit, isAdded]) => ({ unit, isAdded }));
}

/** A row from its image in JSON. */
export function rowOf(text: string | null): Row | null {
  const json = text === null ? null : parseStoredJson(text);
  return json?.kind === 'object' ? json.members : null;
}

export function query<Row extends unknown[]>(
  { connection, loadTimeoutMs }: SnapshotReader,
  text: string,
  values: readonly unknown[],
): Promise<Row[]> {
  return connection.query<Row>({ text, values }, loadTimeoutMs);
}
