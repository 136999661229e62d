import { invalid, isMetadataKey, type JsonText, METADATA_KEY_RULE, quoted } from '@heksher/core';
import { type EntityManager } from 'typeorm';
import { metadataTable } from './sql-fragments.js';

/** What carries metadata, and where it is kept. */
export type MetadataOwner =
  Readonly<{ kind: 'setting'; key: string }> | Readonly<{ kind: 'rule' | 'rollout'; key: number }>;

/** Metadata by key; values as exact JSON text. */
export type Metadata = ReadonlyMap<string, JsonText>;

/** Set the given keys; others stay. */
export async function mergeMetadata(db: EntityManager, owner: MetadataOwner, metadata: Metadata): Promise<void> {
  if (metadata.size === 0) return;
  await db.query(
    `insert into ${metadataTable(owner.kind)} (${owner.kind}, key, value)
     select $1, entry.key, entry.value::jsonb from unnest($2::text[], $3::text[]) as entry (key, value)
     on conflict (${owner.kind}, key) do update set value = excluded.value`,
    [owner.key, [...metadata.keys()], [...metadata.values()]],
  );
}

export async function clearMetadata(db: EntityManager, owner: MetadataOwner): Promise<void> {
  await db.query(`delete from ${metadataTable(owner.kind)} where ${owner.kind} = $1`, [owner.key]);
}

/** Set exactly these keys. */
export async function replaceMetadata(db: EntityManager, owner: MetadataOwner, metadata: Metadata): Promise<void> {
  await clearMetadata(db, owner);
  await mergeMetadata(db, owner, metadata);
}

/** Delete one key of what is `stored`, if it is there. */
export async function deleteMetadataKey(
  db: EntityManager,
  owner: MetadataOwner,
  stored: Metadata,
  key: string,
): Promise<void> {
  if (!stored.has(key)) return;
  await db.query(`delete from ${metadataTable(owner.kind)} where ${owner.kind} = $1 and key = $2`, [owner.key, key]);
}

/** @throws HeksherError `invalid` where `key`, taken from a path, cannot become a key of metadata. */
export function checkMetadataKey(key: string): string {
  if (isMetadataKey(key)) return key;
  throw invalid(`${quoted(key)} cannot be a key of metadata: ${METADATA_KEY_RULE}`, 'key', { parameter: 'key' });
}
