import {
  type Declaration,
  formatSettingType,
  formatVersion,
  isStorableText,
  jsonText,
  type JsonText,
  parseStoredSettingType,
  parseStoredVariants,
  parseStoredVersion,
  type Setting,
  type SettingType,
  type Use,
  type Uses,
  type Version,
} from '@heksher/core';
import { runPrepared, SettingAliasEntity, SettingEntity } from '@heksher/database';
import { type EntityManager } from 'typeorm';
import { selectMetadata } from '../../sql-fragments.js';

/** A setting as the database holds it, with the other names it answers to, sorted. */
export type StoredSetting = Setting & Readonly<{ aliases: readonly string[] }>;

type SettingRow = {
  name: string;
  type: string;
  default_value: JsonText;
  version: string;
  configurable_features: string[];
  aliases: string[];
  metadata: [key: string, value: JsonText][];
};

const SELECT_SETTING = `
  select s.name, s.type, s.default_value, s.version,
         array(select c.context_feature
                 from configurable c
                 join context_features f on f.name = c.context_feature
                where c.setting = s.name
                order by f.index, f.name collate "C") as configurable_features,
         array(select a.alias from setting_aliases a where a.setting = s.name order by a.alias collate "C") as aliases,
         ${selectMetadata('setting', 's.name')} as metadata
    from settings s`;

const FIND_SETTING = {
  name: 'find_setting',
  text: `${SELECT_SETTING}
     where s.name = coalesce((select n.name from settings n where n.name = $1),
                             (select a.setting from setting_aliases a where a.alias = $1))`,
};

/** The setting of that canonical name or, where there is none, of that alias. */
export async function findSetting(db: EntityManager, nameOrAlias: string): Promise<StoredSetting | undefined> {
  if (!isStorableText(nameOrAlias)) return undefined;
  const rows = await runPrepared<SettingRow>(db, FIND_SETTING, [nameOrAlias]);
  return rows.map(toSetting)[0];
}

function toSetting(row: SettingRow): StoredSetting {
  return {
    name: row.name,
    type: parseStoredSettingType(row.type),
    typeText: row.type,
    defaultValue: row.default_value,
    version: parseStoredVersion(row.version),
    configurableFeatures: row.configurable_features,
    aliases: row.aliases,
    metadata: new Map(row.metadata),
  };
}

export async function insertSetting(db: EntityManager, setting: Declaration): Promise<void> {
  await db.insert(SettingEntity, { name: setting.name, ...columnsOf(setting) });
  await insertConfigurableFeatures(db, setting.name, setting.configurableFeatures);
}

/** Overwrite what a declaration says of the setting `name`, its name and metadata excepted. */
export async function updateSetting(db: EntityManager, name: string, declared: Declaration): Promise<void> {
  await db.update(SettingEntity, { name }, columnsOf(declared));
}

function columnsOf({ type, defaultValue, version }: Declaration): Omit<SettingEntity, 'name'> {
  return { type: formatSettingType(type), defaultValue, version: formatVersion(version) };
}

export async function updateType(db: EntityManager, name: string, type: SettingType): Promise<void> {
  await db.update(SettingEntity, { name }, { type: formatSettingType(type) });
}

export async function updateVersion(db: EntityManager, name: string, version: Version): Promise<void> {
  await db.update(SettingEntity, { name }, { version: formatVersion(version) });
}

/** Make `newName` the canonical name and the old one an alias; all that refers to the setting follows by cascade. */
export async function renameSetting(db: EntityManager, name: string, newName: string): Promise<void> {
  await db.delete(SettingAliasEntity, { setting: name, alias: newName });
  await db.update(SettingEntity, { name }, { name: newName });
  await db.insert(SettingAliasEntity, { setting: newName, alias: name });
}

export async function replaceConfigurableFeatures(
  db: EntityManager,
  name: string,
  features: readonly string[],
): Promise<void> {
  await db.query(`delete from configurable where setting = $1 and context_feature <> all ($2::varchar[])`, [
    name,
    features,
  ]);
  await insertConfigurableFeatures(db, name, features);
}

async function insertConfigurableFeatures(db: EntityManager, name: string, features: readonly string[]): Promise<void> {
  await db.query(
    `insert into configurable (setting, context_feature) select $1, unnest($2::varchar[]) on conflict do nothing`,
    [name, features],
  );
}

/** Delete the setting; its rules, rollouts, metadata and aliases go with it by cascade. */
export async function deleteSetting(db: EntityManager, name: string): Promise<void> {
  await db.delete(SettingEntity, { name });
}

/** What the rules and rollouts of a setting hold on to: their values and features. By ascending id. */
export async function listUses(db: EntityManager, setting: string): Promise<Uses> {
  return { rules: await listRuleUses(db, setting), rollouts: await listRolloutUses(db, setting) };
}

async function listRuleUses(db: EntityManager, setting: string): Promise<readonly Use[]> {
  const rows: { id: number; value: JsonText; features: string[] }[] = await db.query(
    `select r.id, r.value,
            array(select c.context_feature from conditions c where c.rule = r.id) as features
       from rules r
      where r.setting = $1
      order by r.id`,
    [setting],
  );
  return rows.map(({ id, value, features }) => ({ id, values: [value], features }));
}

/** Variants that another writer stored and that are none count as one value, which fits no type. */
async function listRolloutUses(db: EntityManager, setting: string): Promise<readonly Use[]> {
  const rows: { id: number; value: JsonText | null; variants: JsonText | null; features: string[] }[] = await db.query(
    `select r.id, r.value, r.variants,
            r.feature || array(select c.context_feature from rollout_conditions c where c.rollout = r.id) as features
       from rollouts r
      where r.setting = $1
      order by r.id`,
    [setting],
  );
  return rows.map(({ id, value, variants, features }) => {
    const values = variants === null ? undefined : parseStoredVariants(variants)?.map((variant) => variant.value);
    return { id, values: values ?? [value ?? jsonText('')], features };
  });
}
