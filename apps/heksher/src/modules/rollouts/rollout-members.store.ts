import { type EntityManager } from 'typeorm';

/** Add the units that are no members yet. */
export async function insertMembers(db: EntityManager, rollout: number, units: readonly string[]): Promise<void> {
  await db.query(
    `insert into rollout_members (rollout, unit) select $1, unnest($2::text[]) on conflict (rollout, unit) do nothing`,
    [rollout, units],
  );
}

/** Take out those of the units that are members. */
export async function deleteMembers(db: EntityManager, rollout: number, units: readonly string[]): Promise<void> {
  await db.query(`delete from rollout_members where rollout = $1 and unit = any ($2::text[])`, [rollout, units]);
}

export async function isMember(db: EntityManager, rollout: number, unit: string): Promise<boolean> {
  const rows: unknown[] = await db.query(`select from rollout_members m where m.rollout = $1 and m.unit = $2`, [
    rollout,
    unit,
  ]);
  return rows.length > 0;
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
