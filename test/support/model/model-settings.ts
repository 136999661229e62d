import {
  accepts,
  compareVersions,
  formatSettingType,
  isContextFeatureName,
  isSettingName,
  isSubtype,
} from '@heksher/core';
import { rename } from './model-declaration.js';
import { type Given, malformed, refuses } from './model-given.js';
import {
  type Expectation,
  type Model,
  type ModelSetting,
  NO_CONTENT,
  Refusal,
  refuseWhere,
  rulesOf,
  settingOf,
} from './model.js';

export function indexOf(model: Model, name: string): number {
  const index = model.features.indexOf(name);
  if (index === -1) throw new Refusal({ statuses: [404], text: '' });
  return index;
}

export function addFeature(model: Model, given: Given): Expectation {
  const name = given.text('context_feature', isContextFeatureName);
  if (model.features.includes(name)) throw new Refusal({ statuses: [409], text: 'context feature already exists' });
  model.features.push(name);
  return NO_CONTENT;
}

export function deleteFeature(model: Model, given: Given): Expectation {
  const index = indexOf(model, given.param(0));
  const name = given.param(0);
  if (model.settings.some((setting) => setting.features.includes(name))) {
    const text = "context feature can't be deleted, there is at least one setting configured by it";
    throw new Refusal({ statuses: [409], text });
  }
  model.features.splice(index, 1);
  return NO_CONTENT;
}

export function moveFeature(model: Model, given: Given): Expectation {
  const sides = (['to_after', 'to_before'] as const).filter((side) => given.has(side));
  const [side] = sides;
  if (side === undefined || sides.length > 1) throw malformed();
  const anchor = given.text(side);
  const name = given.param(0);
  refuseWhere([!isContextFeatureName(anchor), 422], [![name, anchor].every((f) => model.features.includes(f)), 404]);
  if (name === anchor) return NO_CONTENT;
  model.features = model.features.filter((feature) => feature !== name);
  model.features.splice(model.features.indexOf(anchor) + (side === 'to_after' ? 1 : 0), 0, name);
  return NO_CONTENT;
}

/** Where the rest of the request is malformed as well, either may be told. */
export function addressed(model: Model, given: Given, readRest: () => unknown = () => undefined): ModelSetting {
  const setting = settingOf(model, given.param(0));
  if (setting !== undefined) return setting;
  refuseWhere([true, 404], [refuses(readRest), 422]);
  throw malformed();
}

export function changeType(model: Model, given: Given): Expectation {
  const [type, version] = [given.type(), given.version()];
  const setting = addressed(model, given);
  const order = compareVersions(version, setting.version);
  const isSame = formatSettingType(type) === formatSettingType(setting.type);
  refuseWhere([order < 0, 409], [order === 0 && !isSame, 409]);
  const values = [setting.defaultValue, ...rulesOf(model, setting).map((rule) => rule.value)];
  const isMajor = version.major > setting.version.major;
  refuseWhere([
    !isSame && (!values.every((value) => accepts(type, value)) || (!isMajor && !isSubtype(type, setting.type))),
    409,
  ]);
  Object.assign(setting, { type, version });
  return NO_CONTENT;
}

export function renameSetting(model: Model, given: Given): Expectation {
  const name = given.text('name', isSettingName);
  const version = given.version();
  const setting = addressed(model, given);
  const order = compareVersions(version, setting.version);
  const holder = settingOf(model, name);
  refuseWhere([order < 0, 409], [holder !== undefined && holder !== setting, 409]);
  rename(setting, name);
  setting.version = version;
  return NO_CONTENT;
}

export function changeFeatures(model: Model, given: Given): Expectation {
  const [features, version] = [given.featureList(), given.version()];
  const setting = addressed(model, given);
  const added = features.filter((feature) => !setting.features.includes(feature));
  const removed = setting.features.filter((feature) => !features.includes(feature));
  const order = compareVersions(version, setting.version);
  const isUsed = rulesOf(model, setting).some((rule) => removed.some((feature) => rule.conditions.has(feature)));
  refuseWhere(
    [features.some((feature) => !model.features.includes(feature)), 404],
    [order < 0 || (order === 0 && added.length + removed.length > 0), 409],
    [isUsed || (added.length > 0 && version.major === setting.version.major), 409],
  );
  Object.assign(setting, { features, version });
  return NO_CONTENT;
}
