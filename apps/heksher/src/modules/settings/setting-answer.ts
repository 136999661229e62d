import { formatVersion, rawJson, type RawJson } from '@heksher/core';
import { jsonAnswer } from '../../json-answer.js';
import { writableMetadata } from '../../metadata-answer.js';
import { type StoredSetting } from './settings.service.js';

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
