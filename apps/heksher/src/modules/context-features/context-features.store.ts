import { ContextFeatureEntity, runPrepared } from '@heksher/database';
import { type EntityManager } from 'typeorm';

const LIST_CONTEXT_FEATURES = {
  name: 'list_context_features',
  text: `select f.name from context_features f order by f.index, f.name collate "C"`,
};

/** All context features in order. An adopted database may have holes in its indices; the order is what counts. */
export async function listContextFeatures(db: EntityManager): Promise<readonly string[]> {
  const rows = await runPrepared<{ name: string }>(db, LIST_CONTEXT_FEATURES, []);
  return rows.map(({ name }) => name);
}

/** Whether these are all context features, in this order and with the indices 0..n-1. */
export async function hasInPlace(db: EntityManager, ordered: readonly string[]): Promise<boolean> {
  const features = await db.find(ContextFeatureEntity, { order: { index: 'asc' } });
  return (
    features.length === ordered.length &&
    features.every(({ name, index }, position) => name === ordered[position] && index === position)
  );
}

/** Add a context feature behind all others. */
export async function insertContextFeature(db: EntityManager, name: string): Promise<void> {
  await db.query(
    `insert into context_features (name, index)
     select $1, coalesce(max(f.index) + 1, 0) from context_features f`,
    [name],
  );
}

/** Give the features the indices 0..n-1 in this order; rows that have theirs already are not written. */
export async function renumberContextFeatures(db: EntityManager, ordered: readonly string[]): Promise<void> {
  await db.query(
    `update context_features f
        set index = placed.position - 1
       from unnest($1::varchar[]) with ordinality as placed (name, position)
      where f.name = placed.name and f.index is distinct from placed.position - 1`,
    [ordered],
  );
}
