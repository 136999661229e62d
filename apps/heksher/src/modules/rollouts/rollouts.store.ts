import { type JsonText } from '@heksher/core';
import { type RolloutFields, type RolloutKey } from '@heksher/ruleset';
import { type EntityManager } from 'typeorm';
import { selectConditions, selectMetadata } from '../../sql-fragments.js';

/** A rollout as the database holds it, its conditions in feature order, its metadata sorted by key. */
export type StoredRollout = RolloutFields &
  RolloutKey &
  Readonly<{ id: number; setting: string; metadata: ReadonlyMap<string, JsonText>; memberCount: number }>;

type FieldsRow = Omit<RolloutFields, 'percentage'> & { setting: string; feature: string; percentage: string | null };

type RolloutRow = Omit<StoredRollout, 'metadata' | 'percentage'> & {
  percentage: string | null;
  metadata: [key: string, value: JsonText][];
};

const SELECT_ROLLOUT = `
  select r.id, r.setting, r.feature, r.enabled, r.percentage, r.ramp, r.pattern, r.value, r.variants, r.hash, r.salt,
         ${selectConditions('rollout', 'r.id')} as conditions,
         ${selectMetadata('rollout', 'r.id')} as metadata,
         (select count(*)::int from rollout_members m where m.rollout = r.id) as "memberCount"
    from rollouts r`;

export async function findRollout(db: EntityManager, id: number): Promise<StoredRollout | undefined> {
  const rows: RolloutRow[] = await db.query(`${SELECT_ROLLOUT} where r.id = $1`, [id]);
  return rows.map(toRollout)[0];
}

function toRollout(row: RolloutRow): StoredRollout {
  return { ...row, percentage: numberOf(row.percentage), metadata: new Map(row.metadata) };
}

/** A numeric with three decimals, which the driver gives as text. */
function numberOf(text: string | null): number | null {
  return text === null ? null : Number(text);
}

/** What a write needs to know of a rollout; members are not counted, which takes long where they are very many. */
export async function findRolloutFields(
  db: EntityManager,
  id: number,
): Promise<(RolloutFields & Readonly<{ setting: string; feature: string }>) | undefined> {
  const rows: FieldsRow[] = await db.query(
    `select r.setting, r.feature, r.enabled, r.percentage, r.ramp, r.pattern, r.value, r.variants, r.hash, r.salt
       from rollouts r
      where r.id = $1`,
    [id],
  );
  return rows.map((row) => ({ ...row, percentage: numberOf(row.percentage) }))[0];
}
