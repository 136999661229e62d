import { type Revision } from '@heksher/ruleset';
import { querySnapshot, revisionOf, type SnapshotReader } from '../ruleset/loading.js';
import {
  DESCRIBED,
  loggedTransaction,
  type LoggedTransaction,
  MARK,
  ROW,
  ROWS_OF_EACH,
  transaction,
  type TransactionRow,
} from './transactions.store.js';

/** The present revision, and whether the state that a cursor names is one of this history that the log reaches back to. */
export type Standing = Readonly<{ now: Revision; isKnown: boolean }>;

/** @param token the beginning of the token of the revision `seq` */
export async function readStanding(snapshot: SnapshotReader, seq: number, token: string): Promise<Standing> {
  const [row] = await querySnapshot<[seq: string, token: string, isKnown: boolean]>(
    snapshot,
    `select r.seq, r.token,
            r.seq = $1 and starts_with(r.token::text, $2)
            or exists (select from heksher_changes m where m.seq = $1 and m.${MARK} and starts_with(m.token::text, $2))
       from heksher_revision r
      limit 1`,
    [seq, token],
  );
  const [newest, ofNewest, isKnown] = row ?? [];
  return { now: revisionOf([newest, ofNewest]), isKnown: isKnown === true };
}

/** A place in some history: a revision, and the beginning of its token. */
type Cursor = Readonly<{ seq: number; token: string }>;

/** Those that this history has, as far back as the log reaches. */
export async function readKnown<C extends Cursor>(
  snapshot: SnapshotReader,
  cursors: readonly C[],
): Promise<readonly C[]> {
  const rows = await querySnapshot<[place: number]>(
    snapshot,
    `select c.n::integer
       from unnest($1::bigint[], $2::text[]) with ordinality c (seq, token, n)
      where exists (select from heksher_changes m where m.seq = c.seq and m.${MARK} and starts_with(m.token::text, c.token))
         or exists (select from heksher_revision r where r.seq = c.seq and starts_with(r.token::text, c.token))`,
    [cursors.map(({ seq }) => seq), cursors.map(({ token }) => token)],
  );
  const places = new Set(rows.map(([place]) => place));
  return cursors.filter((_, index) => places.has(index + 1));
}

const next = (after: string): string =>
  transaction(`select m.seq from heksher_changes m where m.${MARK} and m.seq > ${after} order by m.seq limit 1`);

const FOLLOWING = `
  with recursive found (n, first, last) as (
    (select 1, t.first, t.last from (${next('$1::bigint')}) t limit 1)
     union all
    select f.n + 1, t.first, t.last
      from found f
     cross join lateral (${next('f.last')}) t
     where f.n < $2::integer)
  ${DESCRIBED}
   order by f.last`;

/** The transactions behind a revision, oldest first; the one that it is in the middle of as a whole. */
export async function readFollowing(
  snapshot: SnapshotReader,
  after: number,
  limit: number,
): Promise<readonly LoggedTransaction[]> {
  const rows = await querySnapshot<TransactionRow>(snapshot, FOLLOWING, [after, limit]);
  return rows.map(loggedTransaction);
}

/** What a transaction touches: settings by all names that they had in it, sorted; and whether context features. */
export type TouchedNames = Readonly<{
  settings: readonly string[];
  hasFeatures: boolean;
  /** How many rows, and how much text of them; counted up to many. */
  rows: number;
  bytes: number;
}>;

const NONE: TouchedNames = { settings: [], hasFeatures: false, rows: 0, bytes: 0 };

/** More rows of a transaction are not counted. */
const MANY_ROWS = 10_000;

type NamesRow = [place: number, settings: string[] | null, hasFeatures: boolean, rows: number, bytes: number];

/** For each of the transactions. */
export async function readTouchedNames(
  snapshot: SnapshotReader,
  transactions: readonly LoggedTransaction[],
): Promise<readonly TouchedNames[]> {
  const found = await querySnapshot<NamesRow>(
    snapshot,
    `select t.n::integer, array_agg(distinct n.name collate "C") filter (where n.name is not null),
            bool_or(c."table" = 'context_features'), size.rows::integer, size.bytes::float8
       from unnest($1::bigint[], $2::bigint[]) with ordinality t (first, last, n)
      cross join lateral (
              select count(*) as rows, coalesce(sum(coalesce(octet_length(r.old::text), 0) + coalesce(octet_length(r.new::text), 0)), 0) as bytes
                from (select c.old, c.new from heksher_changes c
                       where c.seq between t.first and t.last and c.${ROW} limit ${MANY_ROWS}) r) size
      cross join lateral (${ROWS_OF_EACH}) c
      cross join lateral (
              values (c.setting),
                     (case c."table" when 'settings' then c.old ->> 'name' else c.old ->> 'setting' end)) n (name)
      group by t.n, size.rows, size.bytes`,
    [transactions.map(({ first }) => first), transactions.map(({ last }) => last)],
  );
  const byPlace = new Map(
    found.map(([place, settings, hasFeatures, rows, bytes]) => {
      return [place, { settings: settings ?? [], hasFeatures, rows, bytes }];
    }),
  );
  return transactions.map((_, index) => byPlace.get(index + 1) ?? NONE);
}
