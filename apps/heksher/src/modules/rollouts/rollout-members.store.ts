import { RolloutMemberEntity } from '@heksher/database';
import { type EntityManager } from 'typeorm';

/** Adds the units that are no members yet, and gives how many these were. */
export async function insertMembers(db: EntityManager, rollout: number, units: readonly string[]): Promise<number> {
  return countOf(
    db,
    `with written as (
       insert into rollout_members (rollout, unit) select $1, unnest($2::text[]) on conflict (rollout, unit) do nothing
       returning 1)
     select count(*)::int from written`,
    [rollout, units],
  );
}

/** Takes out those of the units that are members, and gives how many these were. */
export async function deleteMembers(db: EntityManager, rollout: number, units: readonly string[]): Promise<number> {
  return countOf(
    db,
    `with written as (
       delete from rollout_members where rollout = $1 and unit = any ($2::text[]) returning 1)
     select count(*)::int from written`,
    [rollout, units],
  );
}

/** Begins the list of units that the transaction is given, of which each is kept once; it ends with the transaction. */
export async function beginGivenUnits(db: EntityManager): Promise<void> {
  await db.query(`create temporary table heksher_given (unit text collate "C" primary key) on commit drop`);
}

/** As `insertMembers`, of units that are put on the list of those given; `given` counts those that were not on it. */
export async function insertGivenMembers(
  db: EntityManager,
  rollout: number,
  units: readonly string[],
): Promise<Readonly<{ given: number; added: number }>> {
  const rows: { given: number; added: number }[] = await db.query(
    `with fresh as (
       insert into pg_temp.heksher_given (unit) select unnest($2::text[]) on conflict do nothing returning unit),
     written as (
       insert into rollout_members (rollout, unit) select $1, fresh.unit from fresh on conflict (rollout, unit) do nothing
       returning 1)
     select (select count(*) from fresh)::int as given, (select count(*) from written)::int as added`,
    [rollout, units],
  );
  return rows[0] ?? { given: 0, added: 0 };
}

/** How many members were taken out of those that were looked at, and the last of these; null: there was none left. */
export type DeletedSlice = Readonly<{ count: number; last: string | null }>;

/**
 * Looks at the next members, and takes out those that are not on the list of given units. They are found by the index and
 * deleted where they lie: without statistics, as after a bulk load, PostgreSQL would choose plans that read everything each time.
 */
export async function deleteOtherMembers(
  db: EntityManager,
  rollout: number,
  { after, most }: Readonly<{ after: string; most: number }>,
): Promise<DeletedSlice> {
  await db.query('set local enable_sort = off');
  const rows: DeletedSlice[] = await db.query(
    `with slice as materialized (
       select m.ctid as place, m.unit from rollout_members m where m.rollout = $1 and m.unit > $2 order by m.unit limit $3),
     written as (
       delete from rollout_members m
        where m.ctid = any (array(
          select s.place from slice s where not exists (select from pg_temp.heksher_given g where g.unit = s.unit)))
       returning 1)
     select (select count(*) from written)::int as count, (select max(s.unit) from slice s) as last`,
    [rollout, after, most],
  );
  return rows[0] ?? { count: 0, last: null };
}

async function countOf(db: EntityManager, text: string, parameters: readonly unknown[]): Promise<number> {
  const rows: { count: number }[] = await db.query(text, [...parameters]);
  return rows[0]?.count ?? 0;
}

export function isMember(db: EntityManager, rollout: number, unit: string): Promise<boolean> {
  return db.existsBy(RolloutMemberEntity, { rollout, unit });
}

/** Which members: those that begin so and come after `after`, of which the empty text is the beginning; at most so many. */
export type MembersAsked = Readonly<{ prefix: string; after: string; limit: number }>;

/**
 * Members in the order of their bytes. Within a transaction: there PostgreSQL is kept from sorting, for without statistics, as
 * after a bulk load, it would rather read and sort all that come after than walk along the index.
 */
export async function listMembers(
  db: EntityManager,
  rollout: number,
  { prefix, after, limit }: MembersAsked,
): Promise<readonly string[]> {
  await db.query('set local enable_sort = off');
  const rows: { unit: string }[] = await db.query(
    `select m.unit
       from rollout_members m
      where m.rollout = $1 and m.unit > $2 and ${WITH_PREFIX}
      order by m.unit
      limit $5`,
    [rollout, after, prefix, lastWith(prefix), limit],
  );
  return rows.map(({ unit }) => unit);
}

export async function countMembers(db: EntityManager, rollout: number, prefix: string): Promise<number> {
  const rows: { count: number }[] = await db.query(
    `select count(*)::int from rollout_members m where m.rollout = $1 and m.unit > $2 and ${WITH_PREFIX}`,
    [rollout, '', prefix, lastWith(prefix)],
  );
  return rows[0]?.count ?? 0;
}

/** The bounds are for the index. */
const WITH_PREFIX = 'm.unit >= $3 and m.unit <= $4 and starts_with(m.unit, $3)';

/** No unit that begins so comes after this one. */
function lastWith(prefix: string): string {
  return prefix + '\u{10ffff}'.repeat(LONGEST_UNIT);
}

const LONGEST_UNIT = 255;
