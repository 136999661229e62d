import { isStorableText, type JsonText, parseStoredSettingType, parseStoredVersion, type Setting } from '@heksher/core';
import { runPrepared } from '@heksher/database';
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
