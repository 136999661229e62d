import { RolloutMemberEntity } from '@heksher/database';
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

export function isMember(db: EntityManager, rollout: number, unit: string): Promise<boolean> {
  return db.existsBy(RolloutMemberEntity, { rollout, unit });
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
