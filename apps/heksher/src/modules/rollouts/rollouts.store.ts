import { type BucketHash, type Condition, featureOf, type JsonText, valueOf } from '@heksher/core';
import { RolloutEntity } from '@heksher/database';
import { type EntityManager } from 'typeorm';
import { selectConditions, selectMetadata } from '../../sql-fragments.js';

/**
 * What of a rollout can change. Of `percentage` and `ramp`, and of `value` and `variants`, exactly one is not null; the
 * JSON texts are `{start, end, from, to}`, the value, and a list of `{name, value, weight}`.
 */
export type RolloutFields = Readonly<{
  enabled: boolean;
  percentage: number | null;
  ramp: JsonText | null;
  pattern: string | null;
  value: JsonText | null;
  variants: JsonText | null;
  hash: BucketHash;
  salt: string;
}>;

/** What a rollout is about, for good: no two rollouts of a setting have the same feature and conditions. */
export type RolloutKey = Readonly<{ feature: string; conditions: readonly Condition[] }>;

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

/** The oldest rollout of the setting by exactly this feature and these conditions. */
export async function findRolloutByKey(
  db: EntityManager,
  setting: string,
  { feature, conditions }: RolloutKey,
): Promise<number | undefined> {
  const rows: { id: number }[] = await db.query(
    `select r.id
       from rollouts r
      where r.setting = $1 and r.feature = $2
        and (select count(*) from rollout_conditions c where c.rollout = r.id) = cardinality($3::varchar[])
        and not exists (
          select from unnest($3::varchar[], $4::varchar[]) as wanted (feature, value)
           where not exists (select from rollout_conditions c
                              where c.rollout = r.id and c.context_feature = wanted.feature
                                and c.feature_value = wanted.value))
      order by r.id
      limit 1`,
    [setting, feature, ...columnsOf(conditions)],
  );
  return rows[0]?.id;
}

export type NewRollout = RolloutFields & RolloutKey & Readonly<{ setting: string }>;

export async function insertRollout(db: EntityManager, rollout: NewRollout): Promise<number> {
  const { setting, feature, conditions } = rollout;
  const rows: { id: number }[] = await db.query(
    `with added as (
            insert into rollouts (enabled, percentage, ramp, pattern, value, variants, hash, salt, setting, feature)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            returning id),
          conditioned as (
            insert into rollout_conditions (rollout, context_feature, feature_value)
            select added.id, wanted.feature, wanted.value
              from added, unnest($11::varchar[], $12::varchar[]) as wanted (feature, value))
     select added.id from added`,
    [...fieldsOf(rollout), setting, feature, ...columnsOf(conditions)],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('an inserted rollout came back without its id');
  return row.id;
}

export async function updateRollout(db: EntityManager, id: number, fields: RolloutFields): Promise<void> {
  const { percentage, ...others } = fields;
  await db.update(RolloutEntity, { id }, { ...others, percentage: percentage === null ? null : String(percentage) });
}

/** Gives the rollout exactly these conditions; rows that are so already are not written. */
export async function replaceRolloutConditions(
  db: EntityManager,
  id: number,
  conditions: readonly Condition[],
): Promise<void> {
  const [features, values] = columnsOf(conditions);
  await db.query(`delete from rollout_conditions where rollout = $1 and context_feature <> all ($2::varchar[])`, [
    id,
    features,
  ]);
  await db.query(
    `insert into rollout_conditions as c (rollout, context_feature, feature_value)
     select $1, wanted.feature, wanted.value from unnest($2::varchar[], $3::varchar[]) as wanted (feature, value)
     on conflict (rollout, context_feature) do update set feature_value = excluded.feature_value
      where c.feature_value <> excluded.feature_value`,
    [id, features, values],
  );
}

/** Delete the rollout; its conditions, members and metadata go with it by cascade. */
export async function deleteRollout(db: EntityManager, id: number): Promise<void> {
  await db.delete(RolloutEntity, { id });
}

function fieldsOf(fields: RolloutFields): readonly unknown[] {
  const { enabled, percentage, ramp, pattern, value, variants, hash, salt } = fields;
  return [enabled, percentage, ramp, pattern, value, variants, hash, salt];
}

function columnsOf(conditions: readonly Condition[]): readonly [features: string[], values: string[]] {
  return [conditions.map(featureOf), conditions.map(valueOf)];
}
