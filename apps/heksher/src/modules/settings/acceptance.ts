import { accepts, HeksherError, type JsonText, parseStoredJson } from '@heksher/core';
import { type StoredSetting } from './settings.service.js';

/** Throws `not_acceptable_here` unless the setting is configurable by all of these features. */
export function requireConfigurable(setting: StoredSetting, features: readonly string[]): void {
  const foreign = features.find((feature) => !setting.configurableFeatures.includes(feature));
  if (foreign === undefined) return;
  throw new HeksherError(
    'not_acceptable_here',
    `the setting "${setting.name}" is not configurable by "${foreign}" (it is by: ${setting.configurableFeatures.join(', ')})`,
  );
}

/** Throws `not_acceptable_here`, about `what`, such as `a rule`, unless the value is of the setting's type. */
export function requireType(setting: StoredSetting, value: JsonText, what: string): void {
  const json = parseStoredJson(value);
  if (setting.type !== null && json !== null && accepts(setting.type, json)) return;
  const shown = value.length > 100 ? `${value.slice(0, 100)}…` : value;
  throw new HeksherError(
    'not_acceptable_here',
    `${what} of the setting "${setting.name}" must have a value of the type ${setting.typeText}, not ${shown}`,
  );
}
