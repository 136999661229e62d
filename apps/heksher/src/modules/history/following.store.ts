import { type Revision } from '@heksher/ruleset';
import { querySnapshot, revisionOf, type SnapshotReader } from '../ruleset/loading.js';
import { FEW, type FewColumns, type FewEntries, fewOf } from './images.store.js';
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

/** What a transaction touches: settings by all names that they had in it, sorted; and whether context features. */
export type TouchedNames = Readonly<{
  settings: readonly string[];
  hasFeatures: boolean;
  /** Whether a setting got another name. */
  hasRenamings: boolean;
  /** How many rows, and how much text of them; counted up to many. */
  rows: number;
  bytes: number;
}>;

/** More rows of a transaction are not counted. */
const MANY_ROWS = 10_000;

/** One statement, since each is a round trip between a commit and who waits to hear of it. */
const following = (hasFew: boolean): string => `
  with recursive found (n, first, last) as (
    (select 1, t.first, t.last from (${next('$1::bigint')}) t limit 1)
     union all
    select f.n + 1, t.first, t.last
      from found f
     cross join lateral (${next('f.last')}) t
     where f.n < $2::integer),
  described as (${DESCRIBED})
  ${hasFew ? `, ${FEW}` : ''}
  select r.seq, r.token,
         r.seq = $1 and starts_with(r.token::text, $3)
         or exists (select from heksher_changes m where m.seq = $1 and m.${MARK} and starts_with(m.token::text, $3)),
         ${hasFew ? 'few.entries, few.state' : 'null::json, null::json'},
         t.*, names.settings, names.has_features, names.has_renamings, size.rows::integer, size.bytes::float8
    from (select r.seq, r.token from heksher_revision r limit 1) r
    left join described t on true
    ${hasFew ? 'left join few on t.first = (select min(f.first) from found f)' : ''}
    left join lateral (
            select count(*) as rows, coalesce(sum(coalesce(octet_length(r.old::text), 0) + coalesce(octet_length(r.new::text), 0)), 0) as bytes
              from (select c.old, c.new from heksher_changes c
                     where c.seq between t.first and t.last and c.${ROW} limit ${MANY_ROWS}) r) size on true
    left join lateral (
            select array_agg(distinct n.name collate "C") filter (where n.name is not null) as settings,
                   bool_or(c."table" = 'context_features') as has_features,
                   bool_or(c."table" = 'settings' and c.op = 'update' and c.old ->> 'name' <> c.new ->> 'name') as has_renamings
              from (${ROWS_OF_EACH}) c
             cross join lateral (
                     values (c.setting),
                            (case c."table" when 'settings' then c.old ->> 'name' else c.old ->> 'setting' end)) n (name)) names on true
   order by t.last`;

const FOLLOWING = following(false);
const FOLLOWING_AND_FEW = following(true);

type Standing = [seq: string, token: string, isKnown: boolean, ...FewColumns];
type Names = [
  settings: string[] | null,
  hasFeatures: boolean | null,
  hasRenamings: boolean | null,
  rows: number,
  bytes: number,
];
type FollowingRow = [...Standing, ...TransactionRow, ...Names] | [...Standing, null];

type Behind = Readonly<{
  now: Revision;
  isKnown: boolean;
  transactions: readonly (LoggedTransaction & TouchedNames)[];
}>;

/**
 * The transactions behind a cursor, oldest first; the one that it is in the middle of as a whole. `isKnown`: the state that it names is one of
 * this history that the log reaches back to.
 * @param token the beginning of the token of the revision `seq`
 */
export async function readFollowing(snapshot: SnapshotReader, cursor: Cursor, limit: number): Promise<Behind> {
  return behindOf(await querySnapshot<FollowingRow>(snapshot, FOLLOWING, valuesOf(cursor, limit)));
}

/** The same with the entries of all of them, and the state of now of what they are about; undefined: there are none, or too many. */
export async function readFollowingFew(
  snapshot: SnapshotReader,
  cursor: Cursor,
  limit: number,
): Promise<Behind & Readonly<{ few: FewEntries | undefined }>> {
  const rows = await querySnapshot<FollowingRow>(snapshot, FOLLOWING_AND_FEW, valuesOf(cursor, limit));
  const [, , , entries = null, state = null] = rows[0] ?? [];
  return { ...behindOf(rows), few: fewOf([entries, state]) };
}

function valuesOf({ seq, token }: Cursor, limit: number): readonly unknown[] {
  return [seq, limit, token];
}

function behindOf(rows: readonly FollowingRow[]): Behind {
  const [newest, ofNewest, isKnown] = rows[0] ?? [];
  const transactions = rows.flatMap((row) => {
    const [, , , , , first, last, ofLast, at, actor, message, requestId, traceparent, tracestate, ...names] = row;
    if (first === null) return [];
    const [settings, hasFeatures, hasRenamings, rowCount = 0, bytes = 0] = names;
    return {
      ...loggedTransaction([first, last, ofLast, at, actor, message, requestId, traceparent, tracestate]),
      settings: settings ?? [],
      hasFeatures: hasFeatures === true,
      hasRenamings: hasRenamings === true,
      rows: rowCount,
      bytes,
    };
  });
  return { now: revisionOf([newest, ofNewest]), isKnown: isKnown === true, transactions };
}
