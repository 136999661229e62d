import { conflict, formatJson, formatSettingType, HeksherError, notFound, quoted } from '@heksher/core';
import { type Draft, type DraftSetting } from '../draft/index.js';
import { featuresInOrder } from '../operations/index.js';
import { type Operation, type SettingChanges } from './operation.js';

type PutSetting = Extract<Operation, { op: 'put_setting' }>;

/** Gives a setting what is given, or makes it where that is asked for. Versions are as given: no law holds. */
export function putSetting(
  draft: Draft,
  setting: DraftSetting | undefined,
  { setting: name, set, create, expect }: PutSetting,
): DraftSetting {
  if (setting === undefined && !create && expect !== null) throw notFound('setting', name, { field: 'setting' });
  const changed = setting ?? addSetting(draft, name, set);
  const { type, default_value: value, configurable_features: features, metadata, version, aliases } = set;
  changed.changeHead({
    ...(type !== undefined && { typeText: formatSettingType(type) }),
    ...(value !== undefined && { defaultValue: formatJson(value) }),
    ...(features !== undefined && { configurableFeatures: featuresInOrder(draft, features) }),
    ...(metadata !== undefined && { metadata }),
    ...(version !== undefined && { version }),
  });
  if (aliases !== undefined) changeAliases(draft, changed, aliases);
  return changed;
}

function addSetting(
  draft: Draft,
  name: string,
  { type, default_value, configurable_features, metadata, version }: SettingChanges,
): DraftSetting {
  const missing = Object.entries({ type, default_value, configurable_features }).filter(
    ([, value]) => value === undefined,
  );
  if (type === undefined || default_value === undefined || configurable_features === undefined) {
    const names = missing.map(([field]) => field).join(', ');
    const message = `the setting ${quoted(name)} does not exist; to make it, give ${names}`;
    throw new HeksherError('not_found', message, {
      errors: [{ field: 'setting', message, code: 'setting_not_found' }],
    });
  }
  return draft.addSetting({
    name,
    typeText: formatSettingType(type),
    defaultValue: formatJson(default_value),
    configurableFeatures: featuresInOrder(draft, configurable_features),
    metadata: metadata ?? new Map(),
    version: version ?? { major: 1, minor: 0 },
  });
}

function changeAliases(draft: Draft, setting: DraftSetting, aliases: readonly string[]): void {
  for (const alias of aliases) {
    const holder = draft.setting(alias);
    if (alias === setting.name || (holder !== undefined && holder !== setting)) throw taken(alias, holder ?? setting);
  }
  draft.changeAliases(setting, aliases);
}

/** The old name becomes an alias, unless it shall not. */
export function renameFreely(
  draft: Draft,
  setting: DraftSetting,
  { name, version, keepsAlias }: Extract<Operation, { op: 'rename_setting' }>,
): void {
  const holder = draft.setting(name);
  if (holder !== undefined && holder !== setting) throw taken(name, holder);
  const before = setting.name;
  draft.rename(setting, name);
  if (!keepsAlias && before !== name) {
    draft.changeAliases(
      setting,
      setting.head.aliases.filter((alias) => alias !== before),
    );
  }
  if (version !== undefined) setting.changeHead({ version });
}

function taken(name: string, holder: DraftSetting): HeksherError {
  const message = `the name ${quoted(name)} is in use by the setting ${quoted(holder.name)}`;
  return conflict(message, { field: 'name', code: 'name_taken', details: { setting: holder.name } });
}
