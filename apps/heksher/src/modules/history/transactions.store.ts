import { type NamedSpan } from '@heksher/core';
import { traceparentOf, tracestateOf } from '../../tracing/trace-context.js';
import { querySnapshot, type SnapshotReader } from '../ruleset/loading.js';

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
  tracestate: string | null;
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
  select f.first, f.last, m.token, m.at, m.actor, m.message, m.request_id, m.traceparent, m.tracestate
    from found f
   cross join lateral (
           select m.token, to_char(m.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, m.actor, m.message, m.request_id, m.traceparent, m.tracestate
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
  tracestate: string | null,
];

/** Newest first. Each is found from the one after it by an index, however large they are. */
export async function readTransactions(
  snapshot: SnapshotReader,
  { spans, actor, before, after, limit }: TransactionsAsked,
): Promise<readonly LoggedTransaction[]> {
  const common = [before, actor ?? null, after, limit];
  const columns = (spans ?? []).map(({ name, from, to }) => [name, from, to] as const);
  const named = spans === undefined ? [] : [0, 1, 2].map((place) => columns.map((column) => column[place]));
  const rows = await querySnapshot<TransactionRow>(snapshot, listTransactions(spans !== undefined), [
    ...common,
    ...named,
  ]);
  return rows.map(loggedTransaction);
}

export function loggedTransaction(row: TransactionRow): LoggedTransaction {
  const [first, last, token, at, actor, message, requestId, givenParent, givenState] = row;
  // Whoever writes by SQL may say what they like.
  const traceparent = traceparentOf(givenParent) ?? null;
  const tracestate = traceparent === null ? null : (tracestateOf(givenState) ?? null);
  return { first: Number(first), last: Number(last), token, at, actor, message, requestId, traceparent, tracestate };
}

/** The number of the newest revision. */
export async function readNewest(snapshot: SnapshotReader): Promise<number> {
  const [row] = await querySnapshot<[seq: string]>(snapshot, 'select r.seq from heksher_revision r limit 1', []);
  return Number(row?.[0] ?? 0);
}
