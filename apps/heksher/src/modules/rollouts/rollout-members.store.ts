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

/**
 * Takes out all members but the units, and gives how many these were. Without statistics, as after a bulk load, PostgreSQL
 * would compare each member with each unit; without nested loops it hashes them.
 */
export async function deleteOtherMembers(
  db: EntityManager,
  rollout: number,
  units: readonly string[],
): Promise<number> {
  await db.query('set local enable_nestloop = off');
  const count = await countOf(
    db,
    `with written as (
       delete from rollout_members m
        where m.rollout = $1 and not exists (select from unnest($2::text[]) as kept (unit) where kept.unit = m.unit)
       returning 1)
     select count(*)::int from written`,
    [rollout, units],
  );
  await db.query('set local enable_nestloop = on');
  return count;
}

async function countOf(db: EntityManager, text: string, parameters: readonly unknown[]): Promise<number> {
  const rows: { count: number }[] = await db.query(text, [...parameters]);
  return rows[0]?.count ?? 0;
}

export async function isMember(db: EntityManager, rollout: number, unit: string): Promise<boolean> {
  const rows: unknown[] = await db.query(`select from rollout_members m where m.rollout = $1 and m.unit = $2`, [
    rollout,
    unit,
  ]);
  return rows.length > 0;
}

/**
 * At most `limit` members that come after `after` in the order of their bytes, of which the empty text is the beginning.
 * Within a transaction: there PostgreSQL is kept from sorting, for without statistics, as after a bulk load, it would
 * rather read and sort all that come after than walk along the index.
 */
export async function listMembers(
  db: EntityManager,
  rollout: number,
  after: string,
  limit: number,
): Promise<readonly string[]> {
  await db.query('set local enable_sort = off');
  const rows: { unit: string }[] = await db.query(
    `select m.unit from rollout_members m where m.rollout = $1 and m.unit > $2 order by m.unit limit $3`,
    [rollout, after, limit],
  );
  return rows.map(({ unit }) => unit);
}
