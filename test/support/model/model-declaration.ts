import {
  accepts,
  compareVersions,
  formatSettingType,
  formatVersion,
  isSettingName,
  isSubtype,
  jsonEquals,
} from '@heksher/core';
import { type Given, malformed } from './model-given.js';
import {
  type Expectation,
  inOrder,
  json,
  type Model,
  type ModelSetting,
  ok,
  Refusal,
  refuseWhere,
  rulesOf,
  sameMetadata,
  settingOf,
} from './model.js';

type Difference = Readonly<{
  level: 'minor' | 'major' | 'mismatch';
  attribute?: string;
  latest_value?: unknown;
  message?: string;
}>;

/** `POST /api/v1/settings/declare`: the two tables of the contract, row by row. */
export function declareSetting(model: Model, given: Given): Expectation {
  const { declared, alias } = readDeclaration(given);
  const existing = declaredSetting(model, declared.name, alias);
  const isUnknown = declared.features.some((feature) => !model.features.includes(feature));
  if (existing === undefined) {
    refuseWhere([formatVersion(declared.version) !== '1.0', 400], [isUnknown, 404]);
    model.settings.push(declared);
    return ok(json({ outcome: 'created' }));
  }
  const order = compareVersions(declared.version, existing.version);
  const version = formatVersion(existing.version);
  if (order < 0) {
    const differences = sorted(differencesBetween(model, declared, existing, existing, false));
    return ok(json({ outcome: 'outdated', latest_version: version, differences }));
  }
  refuseWhere([isUnknown, 404]);
  const differences = sorted(differencesBetween(model, existing, declared, existing, true));
  if (order === 0 && differences.length === 0) return ok(json({ outcome: 'uptodate' }));
  if (order === 0) return { statuses: [409], body: json({ outcome: 'mismatch', differences }) };
  const isMajor = declared.version.major > existing.version.major;
  const isRefused = differences.some(({ level }) => level === 'mismatch' || (level === 'major' && !isMajor));
  const outcome = isRefused ? 'rejected' : 'upgraded';
  if (!isRefused) upgrade(existing, declared);
  return { statuses: [isRefused ? 409 : 200], body: json({ outcome, previous_version: version, differences }) };
}

function readDeclaration(given: Given): { declared: ModelSetting; alias: string | undefined } {
  const declared = {
    name: given.text('name', isSettingName),
    type: given.type(),
    defaultValue: given.json('default_value'),
    features: given.featureList(),
    metadata: given.metadata(),
    aliases: [],
    version: given.has('version') ? given.version() : { major: 1, minor: 0 },
  };
  const alias = given.has('alias') && given.json('alias').kind !== 'null' ? given.text('alias') : undefined;
  if (!accepts(declared.type, declared.defaultValue) || alias === declared.name) throw malformed();
  // The contract does not say whether an alias that could be none is malformed or unknown.
  if (alias !== undefined && !isSettingName(alias)) throw new Refusal({ statuses: [404, 422] });
  return { declared, alias };
}

function declaredSetting(model: Model, name: string, alias: string | undefined): ModelSetting | undefined {
  const byName = settingOf(model, name);
  if (alias === undefined) return byName;
  const byAlias = settingOf(model, alias);
  refuseWhere([byAlias === undefined, 404]);
  const isRename = byName === undefined && byAlias?.name === alias;
  refuseWhere([!isRename && byAlias !== byName, 409]);
  return byAlias;
}

function differencesBetween(
  model: Model,
  from: ModelSetting,
  to: ModelSetting,
  latest: ModelSetting,
  areRulesHeld: boolean,
): readonly Difference[] {
  const rules = areRulesHeld ? rulesOf(model, latest) : [];
  const removed = from.features.filter((feature) => !to.features.includes(feature)).sort();
  const added = to.features.filter((feature) => !from.features.includes(feature));
  const usedBy = rules.filter((rule) => removed.some((feature) => rule.conditions.has(feature)));
  const used = removed.filter((feature) => usedBy.some((rule) => rule.conditions.has(feature)));
  const unfit = rules.filter((rule) => !accepts(to.type, rule.value));
  const typeText = formatSettingType(latest.type);
  const differences: Difference[] = [];
  if (removed.length > 0 && added.length === 0 && used.length === 0) {
    differences.push({ level: 'minor', message: `removal of configurable features ${python(removed)}` });
  }
  if (added.length > 0) {
    const current = inOrder(model, latest.features);
    differences.push({ level: 'major', attribute: 'configurable_features', latest_value: current });
  }
  if (used.length > 0) {
    const ids = usedBy.map(({ id }) => id).join(', ');
    differences.push({
      level: 'mismatch',
      message: `configurable features ${python(used)} are still in use by rules [${ids}]`,
    });
  }
  if (formatSettingType(from.type) !== formatSettingType(to.type)) {
    const ids = unfit.map(({ id }) => id).join(', ');
    const level = isSubtype(to.type, from.type) ? 'minor' : 'major';
    if (unfit.length === 0) differences.push({ level, attribute: 'type', latest_value: typeText });
    else differences.push({ level: 'mismatch', message: `setting type incompatible with values for rules: [${ids}]` });
  }
  if (from.name !== to.name) differences.push(minor('name', latest.name));
  if (!jsonEquals(from.defaultValue, to.defaultValue)) differences.push(minor('default_value', latest.defaultValue));
  if (!sameMetadata(from.metadata, to.metadata)) differences.push(minor('metadata', latest.metadata));
  return differences;
}

function minor(attribute: string, latest_value: unknown): Difference {
  return { level: 'minor', attribute, latest_value };
}

function sorted(differences: readonly Difference[]): readonly Difference[] {
  const levels = ['minor', 'major', 'mismatch'];
  return [...differences].sort((a, b) => levels.indexOf(a.level) - levels.indexOf(b.level));
}

function python(names: readonly string[]): string {
  return `[${names.map((name) => `'${name}'`).join(', ')}]`;
}

function upgrade(setting: ModelSetting, { name, type, defaultValue, features, metadata, version }: ModelSetting): void {
  rename(setting, name);
  Object.assign(setting, { type, defaultValue, features, metadata, version });
}

/** The old name becomes an alias; a new name that was an alias is none any more. */
export function rename(setting: ModelSetting, name: string): void {
  if (setting.name === name) return;
  setting.aliases = [...setting.aliases.filter((alias) => alias !== name), setting.name];
  setting.name = name;
}
