import { type Condition, featureOf, type JsonText, valueOf } from '@heksher/core';
import { runPrepared } from '@heksher/database';
import { type EntityManager } from 'typeorm';
import { selectConditions, selectMetadata } from '../../sql-fragments.js';

/** A rule as the database holds it, its conditions in feature order, its metadata sorted by key. */
export type StoredRule = Readonly<{
  id: number;
  setting: string;
  value: JsonText;
  conditions: readonly Condition[];
  metadata: ReadonlyMap<string, JsonText>;
}>;

type RuleRow = {
  id: number;
  setting: string;
  value: JsonText;
  conditions: Condition[];
  metadata: [key: string, value: JsonText][];
};

const FIND_RULE = {
  name: 'find_rule',
  text: `
     select r.id, r.setting, r.value,
            ${selectConditions('rule', 'r.id')} as conditions,
            ${selectMetadata('rule', 'r.id')} as metadata
       from rules r
      where r.id = $1`,
};

export async function findRule(db: EntityManager, id: number): Promise<StoredRule | undefined> {
  const rows = await runPrepared<RuleRow>(db, FIND_RULE, [id]);
  return rows.map((row) => ({ ...row, metadata: new Map(row.metadata) }))[0];
}

/** Planning a join of a hundred tables takes seconds, of a thousand minutes; any request may name that many conditions. */
const JOINED_CONDITIONS = 6;

/**
 * The oldest rule of the setting with exactly these conditions; an adopted database may hold more than one.
 * One join for each of the first conditions lets PostgreSQL begin with the rarest; what is left is asked of each rule found.
 */
export async function findRuleByConditions(
  db: EntityManager,
  setting: string,
  conditions: readonly Condition[],
): Promise<number | undefined> {
  const joined = conditions.slice(0, JOINED_CONDITIONS);
  const others = conditions.slice(JOINED_CONDITIONS);
  const joins = joined.map((_, index) => {
    const [feature, value] = [`$${2 * index + 5}`, `$${2 * index + 6}::varchar`];
    // The second comparison of values is what the index of conditions is made for.
    return `join conditions c${index} on c${index}.rule = r.id and c${index}.context_feature = ${feature}
                    and c${index}.feature_value = ${value}
                    and left(c${index}.feature_value, 255) = left(${value}, 255)`;
  });
  const rows: { id: number }[] = await db.query(
    `select r.id
       from rules r
       ${joins.join('\n       ')}
      where r.setting = $1
        and (select count(*) from conditions c where c.rule = r.id) = $2
        and not exists (
          select from unnest($3::varchar[], $4::varchar[]) as wanted (feature, value)
           where not exists (select from conditions c
                              where c.rule = r.id and c.context_feature = wanted.feature
                                and c.feature_value = wanted.value))`,
    [
      setting,
      conditions.length,
      others.map(featureOf),
      others.map(valueOf),
      ...joined.flatMap((condition) => [featureOf(condition), valueOf(condition)]),
    ],
  );
  return rows.length === 0 ? undefined : Math.min(...rows.map(({ id }) => id));
}

const LIST_OVERRIDES = {
  name: 'list_overrides',
  text: `
    select r.id
      from rules r
     where r.setting = $1 and not exists (select from conditions c where c.rule = r.id)
     order by r.id`,
};

/** The rules of a setting without conditions; of more than one, which other writers may have made, the first decides. */
export async function listOverrides(db: EntityManager, setting: string): Promise<readonly number[]> {
  const rows = await runPrepared<{ id: number }>(db, LIST_OVERRIDES, [setting]);
  return rows.map(({ id }) => id);
}
