import {
  compareVersions,
  conflict,
  type FieldError,
  fitOf,
  formatSettingType,
  formatVersion,
  type HeksherError,
  type InSteps,
  isSubtype,
  listed,
  partsOf,
  ProblemList,
  sameType,
  type SettingType,
  shortened,
  type Use,
  type Uses,
  type Version,
} from '@heksher/core';
import { type Draft, type DraftHead, type DraftSetting, type Metadata } from '../draft/index.js';
import { featuresInOrder } from './features.js';

/**
 * One attribute under one version rule: a change needs a higher version; where the attribute is the `same` already,
 * the version may also stay as it is, and only it moves.
 */
function* underVersion(
  setting: DraftSetting,
  { version, mayStay = false }: Readonly<{ version: Version; mayStay?: boolean }>,
  carryOut: () => InSteps<'same' | 'changed' | HeksherError>,
): InSteps<HeksherError | undefined> {
  const step = compareVersions(version, setting.head.version);
  if (step < 0) throw notHigher(setting.head);
  const result = yield* carryOut();
  if (typeof result !== 'string') return result;
  if (result === 'changed' && step === 0 && !mayStay) throw notHigher(setting.head);
  if (step > 0) setting.changeHead({ version });
  return undefined;
}

/**
 * Changes the type, or with the same type only the version.
 * @returns what contradicts the change, if anything; then nothing was changed.
 */
export function changeType(
  setting: DraftSetting,
  type: SettingType,
  version: Version,
): InSteps<HeksherError | undefined> {
  return underVersion(setting, { version }, function* () {
    const { head } = setting;
    if (head.type !== null && sameType(head.type, type)) return 'same';
    const conflicts = yield* typeConflicts(head, type, version, yield* setting.uses());
    if (!conflicts.isEmpty) return conflicts.toError('conflict');
    setting.changeHead({ typeText: formatSettingType(type) });
    return 'changed';
  });
}

/** Makes the new name canonical and the old one an alias. */
export function renameSetting(
  draft: Draft,
  setting: DraftSetting,
  newName: string,
  version: Version,
): InSteps<HeksherError | undefined> {
  return underVersion(setting, { version, mayStay: true }, function* () {
    if (setting.name === newName) return 'same';
    const holder = draft.setting(newName);
    if (holder !== undefined && holder !== setting) {
      const message = `the name "${newName}" is in use by the setting "${holder.name}"`;
      throw conflict(message, { field: 'name', code: 'name_taken', details: { setting: holder.name } });
    }
    draft.rename(setting, newName);
    return 'changed';
  });
}

export function changeConfigurableFeatures(
  draft: Draft,
  setting: DraftSetting,
  given: readonly string[],
  version: Version,
): InSteps<HeksherError | undefined> {
  return underVersion(setting, { version }, function* () {
    const before = setting.head.configurableFeatures;
    const features = featuresInOrder(draft, given);
    const added = features.filter((feature) => !before.includes(feature));
    const removed = before.filter((feature) => !features.includes(feature));
    if (added.length === 0 && removed.length === 0) return 'same';
    if (added.length > 0 && !isMajorBump(setting.head.version, version)) {
      const message = `adding the configurable features ${listed(added, asIs)} needs a new major version`;
      throw conflict(message, { field: 'version', code: 'needs_major_version' });
    }
    if (removed.length > 0) requireUnused(removed, yield* setting.uses());
    setting.changeHead({ configurableFeatures: features });
    return 'changed';
  });
}

/** Replaces the metadata, which needs a higher version. */
export function changeSettingMetadata(setting: DraftSetting, metadata: Metadata, version: Version): void {
  if (compareVersions(version, setting.head.version) <= 0) throw notHigher(setting.head);
  setting.changeHead({ metadata, version });
}

/** What speaks against giving the setting this type with this version. */
function* typeConflicts(setting: DraftHead, type: SettingType, version: Version, uses: Uses): InSteps<ProblemList> {
  const conflicts = new ProblemList();
  const add = (what: string, part: Partial<FieldError>) => {
    conflicts.add(() => ({ field: 'type', code: 'wrong_type', ...part, message: what }));
  };
  const fits = fitOf(type);
  const typeText = shortened(formatSettingType(type), 100);
  if (!fits(setting.defaultValue)) {
    add(`the default value ${shortened(setting.defaultValue)} is not of the type ${typeText}`, {});
  }
  for (const kind of USE_KINDS) {
    for (const part of partsOf(uses[kind])) {
      for (const use of part) {
        for (const value of use.values.filter((each) => !fits(each))) {
          conflicts.add(() => {
            const message = `${nameOf(kind, use)} (${listed(use.features, asIs) || 'for everyone'}) has the value ${shortened(value)}, not of the type ${typeText}`;
            return { field: 'type', code: 'wrong_type', message, details: detailsOf(kind, use) };
          });
        }
      }
      yield;
    }
  }
  const isNarrowing = setting.type !== null && isSubtype(type, setting.type);
  if (!isNarrowing && !isMajorBump(setting.version, version)) {
    const present = shortened(setting.typeText, 100);
    const message = `a change of the type to one that is no subtype of ${present} needs a new major version`;
    add(message, { field: 'version', code: 'needs_major_version' });
  }
  return conflicts;
}

/** A write that needs a higher version than the setting has. */
function notHigher(setting: DraftHead): HeksherError {
  const version = formatVersion(setting.version);
  return conflict(`the setting "${setting.name}" is at version ${version} already; give a higher version`, {
    field: 'version',
    code: 'version_too_low',
    details: { latest_version: version },
  });
}

const USE_KINDS = ['rules', 'rollouts'] as const satisfies readonly (keyof Uses)[];

/** `rule 7`, `rollout 3`. */
function nameOf(kind: keyof Uses, { id }: Use): string {
  const name = kind === 'rules' ? 'rule' : 'rollout';
  return id < 0 ? `a new ${name}` : `${name} ${id}`;
}

function detailsOf(kind: keyof Uses, { id }: Use): Record<string, number> {
  if (id < 0) return {};
  return kind === 'rules' ? { rule_id: id } : { rollout_id: id };
}

/** Throws `conflict` where a rule or rollout goes by one of the features. */
export function requireUnused(removed: readonly string[], uses: Uses): void {
  for (const kind of USE_KINDS) {
    const use = uses[kind].find(({ features }) => removed.some((feature) => features.includes(feature)));
    if (use === undefined) continue;
    const used = removed.filter((feature) => use.features.includes(feature));
    const message = `the configurable feature ${listed(used, asIs)} is in use by ${nameOf(kind, use)}`;
    throw conflict(message, { field: 'configurable_features', code: 'in_use', details: detailsOf(kind, use) });
  }
}

function isMajorBump(from: Version, to: Version): boolean {
  return to.major > from.major;
}

function asIs(text: string): string {
  return text;
}
