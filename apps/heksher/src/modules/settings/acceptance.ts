import { accepts, formatJson, type Json, listed, notAcceptable, quoted, shortened } from '@heksher/core';
import { pointerTo } from '../../http/parsed.js';
import { type StoredSetting } from './settings.service.js';

/**
 * Throws `not_acceptable_here` unless the setting is configurable by all of these features.
 * @param pointerOf where the body names a feature
 */
export function requireConfigurable(
  setting: StoredSetting,
  features: readonly string[],
  pointerOf = (feature: string) => pointerTo('feature_values', feature),
): void {
  const foreign = features.find((feature) => !setting.configurableFeatures.includes(feature));
  if (foreign === undefined) return;
  const configurable = listed(setting.configurableFeatures, (name) => name, 20);
  throw notAcceptable(
    `the setting ${quoted(setting.name)} is not configurable by ${quoted(foreign)} (it is by: ${configurable})`,
    { field: 'feature_values', pointer: pointerOf(foreign), code: 'not_configurable' },
  );
}

/** Throws `not_acceptable_here`, about `what`, such as `a rule`, unless the value is of the setting's type. */
export function requireType(setting: StoredSetting, value: Json, what: string, pointer = '/value'): void {
  if (setting.type !== null && accepts(setting.type, value)) return;
  const type = shortened(setting.typeText, 200);
  throw notAcceptable(
    `${what} of the setting ${quoted(setting.name)} must have a value of the type ${type}, not ${shortened(formatJson(value))}`,
    { field: 'value', pointer, code: 'wrong_type' },
  );
}
