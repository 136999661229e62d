import {
  accepts,
  compareVersions,
  conflict,
  formatSettingType,
  formatVersion,
  HeksherError,
  invalid,
  isSettingName,
  isSubtype,
  type Json,
  type JsonText,
  notFound,
  parseStoredJson,
  sameType,
  type SettingType,
  type Use,
  type Uses,
  type Version,
} from '@heksher/core';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type Caller } from '../../caller.js';
import { Writes } from '../../writes.js';
import { ContextFeaturesService } from '../context-features/context-features.service.js';
import { Logger } from '../logging/index.js';
import {
  deleteSetting,
  findSetting,
  listSettings,
  listUses,
  renameSetting,
  replaceConfigurableFeatures,
  type StoredSetting,
  updateType,
  updateVersion,
} from './settings.store.js';

export { type StoredSetting } from './settings.store.js';

/** One attribute is to be different from this version on. */
type Change = Readonly<{ nameOrAlias: string; attribute: string; version: Version; caller: Caller }>;

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

  list(): Promise<readonly StoredSetting[]> {
    return listSettings(this.dataSource.manager);
  }

  find(nameOrAlias: string): Promise<StoredSetting> {
    return this.load(this.dataSource.manager, nameOrAlias);
  }

  /** The setting as `db` sees it: within a transaction of another service, for instance. */
  async load(db: EntityManager, nameOrAlias: string): Promise<StoredSetting> {
    const setting = await findSetting(db, nameOrAlias);
    if (setting !== undefined) return setting;
    if (isSettingName(nameOrAlias)) throw notFound('setting', nameOrAlias);
    const given = JSON.stringify(nameOrAlias);
    throw invalid(`${given} cannot be the name of a setting: use letters, digits, "_" and "."`, 'name');
  }

  /**
   * As `load`, for the setting that the body of something new names: to the contract, an unknown one is malformed input
   * there, not a missing resource.
   */
  async loadGiven(db: EntityManager, nameOrAlias: string): Promise<StoredSetting> {
    try {
      return await this.load(db, nameOrAlias);
    } catch (error) {
      if (error instanceof HeksherError && error.code === 'not_found') throw invalid(error.message, 'setting');
      throw error;
    }
  }

  async delete(nameOrAlias: string, caller: Caller): Promise<void> {
    await this.writes.run(caller, async (db, log) => {
      const setting = await this.load(db, nameOrAlias);
      await deleteSetting(db, setting.name);
      log('setting deleted', { setting: setting.name });
    });
  }

  /**
   * Change the type, or with the same type only the version.
   * @returns what contradicts the change; where there is anything, nothing was changed.
   */
  async changeType(
    nameOrAlias: string,
    type: SettingType,
    version: Version,
    caller: Caller,
  ): Promise<readonly string[]> {
    return this.change({ nameOrAlias, attribute: 'type', version, caller }, async (db, setting) => {
      if (setting.type !== null && sameType(setting.type, type)) return 'same';
      const conflicts = await this.typeConflicts(db, setting, type, version);
      if (conflicts.length === 0) await updateType(db, setting.name, type);
      return conflicts;
    });
  }

  async rename(nameOrAlias: string, newName: string, version: Version, caller: Caller): Promise<void> {
    await this.change({ nameOrAlias, attribute: 'name', version, caller }, async (db, setting) => {
      if (setting.name === newName) return 'same';
      const holder = await findSetting(db, newName);
      if (holder !== undefined && holder.name !== setting.name) {
        throw conflict(`the name "${newName}" is in use by the setting "${holder.name}"`);
      }
      await renameSetting(db, setting.name, newName);
      await updateVersion(db, newName, version);
      return [];
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
        throw conflict(`adding the configurable features ${added.join(', ')} needs a new major version`);
      }
      if (removed.length > 0) requireUnused(removed, await listUses(db, setting.name));
      await replaceConfigurableFeatures(db, setting.name, features);
      return [];
    });
  }

  /**
   * One change under one version rule: a change needs a higher version; where the attribute is the `same` already,
   * the version may also stay as it is, and only it moves.
   */
  private async change(
    { nameOrAlias, attribute, version, caller }: Change,
    carryOut: (db: EntityManager, setting: StoredSetting) => Promise<readonly string[] | 'same'>,
  ): Promise<readonly string[]> {
    return this.writes.run(caller, async (db, log) => {
      const setting = await this.load(db, nameOrAlias);
      const step = compareVersions(version, setting.version);
      if (step < 0) throw notHigher(setting);
      const result = await carryOut(db, setting);
      if (result !== 'same' && result.length > 0) return result;
      if (result !== 'same' && step === 0) throw notHigher(setting);
      if (step > 0) await updateVersion(db, setting.name, version);
      log('setting changed', { setting: setting.name, attribute, version: formatVersion(version) });
      return [];
    });
  }

  private async typeConflicts(
    db: EntityManager,
    setting: StoredSetting,
    type: SettingType,
    version: Version,
  ): Promise<readonly string[]> {
    const conflicts: string[] = [];
    if (!fits(type, setting.defaultValue)) {
      conflicts.push(`the default value ${setting.defaultValue} is not of the type ${formatSettingType(type)}`);
    }
    for (const { name, values, features } of named(await listUses(db, setting.name))) {
      for (const value of values.filter((each) => !fits(type, each))) {
        conflicts.push(
          `${name} (${features.join(', ')}) has the value ${value}, not of the type ${formatSettingType(type)}`,
        );
      }
    }
    const isNarrowing = setting.type !== null && isSubtype(type, setting.type);
    if (!isNarrowing && !isMajorBump(setting.version, version)) {
      conflicts.push(`a change of the type to one that is no subtype of ${setting.typeText} needs a new major version`);
    }
    return conflicts;
  }
}

/** A write that needs a higher version than the setting has. */
export function notHigher(setting: StoredSetting): Error {
  return conflict(
    `the setting "${setting.name}" is at version ${formatVersion(setting.version)} already; give a higher version`,
  );
}

/** Rules before rollouts: `rule 7`, `rollout 3`. */
function named({ rules, rollouts }: Uses): readonly (Use & { name: string })[] {
  return [
    ...rules.map((use) => ({ ...use, name: `rule ${use.id}` })),
    ...rollouts.map((use) => ({ ...use, name: `rollout ${use.id}` })),
  ];
}

function requireUnused(removed: readonly string[], uses: Uses): void {
  for (const { name, features } of named(uses)) {
    const used = removed.filter((feature) => features.includes(feature));
    if (used.length > 0) throw conflict(`the configurable feature ${used.join(', ')} is in use by ${name}`);
  }
}

function isMajorBump(from: Version, to: Version): boolean {
  return to.major > from.major;
}

function fits(type: SettingType, stored: JsonText): boolean {
  const value: Json | null = parseStoredJson(stored);
  return value !== null && accepts(type, value);
}
