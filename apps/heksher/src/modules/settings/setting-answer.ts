import { formatVersion, notFound, rawJson, type RawJson } from '@heksher/core';
import { jsonAnswer } from '../../json-answer.js';
import { metadataAnswer, writableMetadata } from '../../metadata-answer.js';
import { type Resource } from '../../writes.js';
import { findSetting, type StoredSetting } from './settings.store.js';

/** A setting as the API shows it, its JSON texts as they are stored. */
export function settingAnswer(setting: StoredSetting): RawJson {
  return jsonAnswer({
    name: setting.name,
    type: setting.typeText,
    default_value: rawJson(setting.defaultValue),
    version: formatVersion(setting.version),
    configurable_features: setting.configurableFeatures,
    metadata: writableMetadata(setting.metadata),
    aliases: setting.aliases,
  });
}

const COLUMNS = { settings: 'name', configurable: 'setting', setting_aliases: 'setting', setting_metadata: 'setting' };

/** What writes to the setting of that name or alias are about. */
export const theSetting =
  (nameOrAlias: string): Resource =>
  async (db) => {
    const setting = await findSetting(db, nameOrAlias);
    if (setting === undefined) throw notFound('setting', nameOrAlias);
    const trace = { setting: setting.name, columns: COLUMNS, key: setting.name };
    return { answers: [settingAnswer(setting), metadataAnswer(setting.metadata)], trace };
  };
