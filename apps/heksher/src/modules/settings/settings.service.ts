import { setImmediate } from 'node:timers/promises';
import {
  compareVersions,
  conflict,
  type FieldError,
  formatSettingType,
  fitOf,
  formatVersion,
  HeksherError,
  invalid,
  isSettingName,
  type InSteps,
  isSubtype,
  listed,
  notFound,
  quoted,
  SETTING_NAME_RULE,
  partsOf,
  ProblemList,
  sameType,
  type SettingType,
  shortened,
  type Use,
  type Uses,
  type Version,
} from '@heksher/core';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type Caller } from '../../caller.js';
import { sliced } from '../../in-slices.js';
import { Writes } from '../../writes.js';
import { ContextFeaturesService } from '../context-features/context-features.service.js';
import { Logger } from '../logging/index.js';
import { theSetting } from './setting-answer.js';
import { listSettingTexts } from './settings-list.store.js';
import {
  deleteSetting,
  findSetting,
  listUses,
  renameSetting,
  replaceConfigurableFeatures,
  type StoredSetting,
  updateType,
  updateVersion,
} from './settings.store.js';

export { type StoredSetting } from './settings.store.js';

/** One attribute is to be different from this version on, which must be higher unless it `mayStay`. */
type Change = Readonly<{ nameOrAlias: string; attribute: string; version: Version; mayStay?: boolean; caller: Caller }>;

/** A few milliseconds. */
const SETTINGS_OF_TURN = 1_000;

/** Reading settings, and changing one attribute of a setting at a time. */
@Injectable()
export class SettingsService {
  private readonly writes: Writes;

  constructor(
    private readonly dataSource: DataSource,
    private readonly contextFeatures: ContextFeaturesService,
    logger: Logger,
  ) {
    this.writes = new Writes(dataSource, logger.child('settings'));
  }

  /** The answer that lists all settings, as JSON, made in turns with others who wait. */
  async list(inFull: boolean): Promise<string> {
    const texts = await listSettingTexts(this.dataSource.manager, inFull);
    const pages: string[] = [];
    for (let start = 0; start < texts.length; start += SETTINGS_OF_TURN) {
      if (start > 0) await setImmediate();
      const page = texts.slice(start, start + SETTINGS_OF_TURN);
      pages.push(page.map((text) => text()).join(','));
    }
    return `{"settings":[${pages.join(',')}]}`;
  }

  find(nameOrAlias: string): Promise<StoredSetting> {
    return this.load(this.dataSource.manager, nameOrAlias);
  }

  /** As `find`, for the parameter `setting` of a query, where a name that can be none is malformed. */
  async findAsked(nameOrAlias: string): Promise<StoredSetting> {
    const setting = await findSetting(this.dataSource.manager, nameOrAlias);
    if (setting !== undefined) return setting;
    const field = 'setting';
    if (isSettingName(nameOrAlias)) throw notFound('setting', nameOrAlias, { field });
    throw invalid(`setting must be the name of a setting: ${SETTING_NAME_RULE}; given: ${quoted(nameOrAlias)}`, field);
  }

  /** The setting that a path names, as `db` sees it: within a transaction of another service, for instance. */
  async load(db: EntityManager, nameOrAlias: string): Promise<StoredSetting> {
    const setting = await findSetting(db, nameOrAlias);
    if (setting === undefined) throw notFound('setting', nameOrAlias);
    return setting;
  }

  /**
   * As `load`, for the setting that the body of something new names: to the contract, an unknown one is malformed input
   * there, not a missing resource.
   */
  async loadGiven(db: EntityManager, nameOrAlias: string): Promise<StoredSetting> {
    const setting = await findSetting(db, nameOrAlias);
    if (setting !== undefined) return setting;
    const { message } = notFound('setting', nameOrAlias);
    throw invalid(message, 'setting', { code: 'setting_not_found' });
  }

  async delete(nameOrAlias: string, caller: Caller): Promise<void> {
    await this.writes.run(caller, theSetting(nameOrAlias), async (db, log) => {
      const setting = await this.load(db, nameOrAlias);
      await deleteSetting(db, setting.name);
      log('setting deleted', { setting: setting.name });
    });
  }

  /**
   * Change the type, or with the same type only the version.
   * @returns what contradicts the change, if anything; then nothing was changed.
   */
  async changeType(
    nameOrAlias: string,
    type: SettingType,
    version: Version,
    caller: Caller,
  ): Promise<HeksherError | undefined> {
    return this.change({ nameOrAlias, attribute: 'type', version, caller }, async (db, setting) => {
      if (setting.type !== null && sameType(setting.type, type)) return 'same';
      const uses = await listUses(db, setting.name);
      const conflicts = await sliced(typeConflicts(setting, type, version, uses));
      if (!conflicts.isEmpty) return conflicts.toError('conflict');
      await updateType(db, setting.name, type);
      return 'changed';
    });
  }

  async rename(nameOrAlias: string, newName: string, version: Version, caller: Caller): Promise<void> {
    const change = { nameOrAlias, attribute: 'name', version, mayStay: true, caller };
    await this.change(change, async (db, setting) => {
      if (setting.name === newName) return 'same';
      const holder = await findSetting(db, newName);
      if (holder !== undefined && holder.name !== setting.name) {
        const message = `the name "${newName}" is in use by the setting "${holder.name}"`;
        throw conflict(message, { field: 'name', code: 'name_taken', details: { setting: holder.name } });
      }
      await updateVersion(db, setting.name, version);
      await renameSetting(db, setting.name, newName);
      return 'changed';
    });
  }

  async changeConfigurableFeatures(
    nameOrAlias: string,
    given: readonly string[],
    version: Version,
    caller: Caller,
  ): Promise<void> {
    await this.change({ nameOrAlias, attribute: 'configurable features', version, caller }, async (db, setting) => {
      const features = await this.contextFeatures.inOrder(db, given);
      const added = features.filter((feature) => !setting.configurableFeatures.includes(feature));
      const removed = setting.configurableFeatures.filter((feature) => !features.includes(feature));
      if (added.length === 0 && removed.length === 0) return 'same';
      if (added.length > 0 && !isMajorBump(setting.version, version)) {
        const message = `adding the configurable features ${listed(added, asIs)} needs a new major version`;
        throw conflict(message, { field: 'version', code: 'needs_major_version' });
      }
      if (removed.length > 0) requireUnused(removed, await listUses(db, setting.name));
      await replaceConfigurableFeatures(db, setting.name, features);
      return 'changed';
    });
  }

  /**
   * One change under one version rule: a change needs a higher version; where the attribute is the `same` already,
   * the version may also stay as it is, and only it moves.
   */
  private async change(
    { nameOrAlias, attribute, version, mayStay = false, caller }: Change,
    carryOut: (db: EntityManager, setting: StoredSetting) => Promise<'same' | 'changed' | HeksherError>,
  ): Promise<HeksherError | undefined> {
    return this.writes.run(caller, theSetting(nameOrAlias), async (db, log) => {
      const setting = await this.load(db, nameOrAlias);
      const step = compareVersions(version, setting.version);
      if (step < 0) throw notHigher(setting);
      const result = await carryOut(db, setting);
      if (result instanceof HeksherError) return result;
      if (result === 'changed' && step === 0 && !mayStay) throw notHigher(setting);
      if (step > 0) await updateVersion(db, setting.name, version);
      log('setting changed', { setting: setting.name, attribute, version: formatVersion(version) });
      return undefined;
    });
  }
}

/** What speaks against giving the setting this type with this version. */
function* typeConflicts(setting: StoredSetting, type: SettingType, version: Version, uses: Uses): InSteps<ProblemList> {
  const conflicts = new ProblemList();
  const add = (what: string, part: Partial<FieldError>) => {
    conflicts.add(() => ({ field: 'type', code: 'wrong_type', ...part, message: what }));
  };
  const fits = fitOf(type);
  const typeText = shortened(formatSettingType(type), 100);
  if (!fits(setting.defaultValue)) {
    add(`the default value ${shortened(setting.defaultValue)} is not of the type ${typeText}`, {});
  }
  for (const part of partsOf(named(uses))) {
    for (const { name, details, values, features } of part) {
      for (const value of values.filter((each) => !fits(each))) {
        const conditions = listed(features, asIs) || 'for everyone';
        add(`${name} (${conditions}) has the value ${shortened(value)}, not of the type ${typeText}`, { details });
      }
    }
    yield;
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
export function notHigher(setting: StoredSetting): Error {
  const version = formatVersion(setting.version);
  return conflict(`the setting "${setting.name}" is at version ${version} already; give a higher version`, {
    field: 'version',
    code: 'version_too_low',
    details: { latest_version: version },
  });
}

/** Rules before rollouts: `rule 7`, `rollout 3`. */
function named({ rules, rollouts }: Uses): readonly (Use & { name: string; details: Record<string, number> })[] {
  return [
    ...rules.map((use) => ({ ...use, name: `rule ${use.id}`, details: { rule_id: use.id } })),
    ...rollouts.map((use) => ({ ...use, name: `rollout ${use.id}`, details: { rollout_id: use.id } })),
  ];
}

function requireUnused(removed: readonly string[], uses: Uses): void {
  for (const { name, details, features } of named(uses)) {
    const used = removed.filter((feature) => features.includes(feature));
    if (used.length === 0) continue;
    const message = `the configurable feature ${listed(used, asIs)} is in use by ${name}`;
    throw conflict(message, { field: 'configurable_features', code: 'in_use', details });
  }
}

function isMajorBump(from: Version, to: Version): boolean {
  return to.major > from.major;
}

function asIs(text: string): string {
  return text;
}
