import {
  formatVersion,
  type HeksherError,
  type InSteps,
  invalid,
  isSettingName,
  notFound,
  quoted,
  SETTING_NAME_RULE,
  type SettingType,
  type Version,
} from '@heksher/core';
import {
  changeConfigurableFeatures,
  changeSettingMetadata,
  changeType,
  type Draft,
  type DraftSetting,
  type MetadataChange,
  renameSetting,
  requireSetting,
} from '@heksher/ruleset';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type Caller } from '../../caller.js';
import { sliced } from '../../in-slices.js';
import { Writes } from '../../writes.js';
import { Logger } from '../logging/index.js';
import { RulesetWriter } from '../ruleset/ruleset-writer.js';
import { theSetting } from './setting-answer.js';
import { listSettingTexts } from './settings-list.store.js';
import { findSetting, type StoredSetting } from './settings.store.js';

export { type StoredSetting } from './settings.store.js';

/** One attribute is to be different from this version on. */
type Change = Readonly<{ nameOrAlias: string; attribute: string; version: Version; caller: Caller }>;

/** Less than a millisecond. */
const SETTINGS_OF_STEP = 100;

/** Reading settings, and changing one attribute of a setting at a time. */
@Injectable()
export class SettingsService {
  private readonly writes: Writes;

  constructor(
    private readonly dataSource: DataSource,
    writer: RulesetWriter,
    logger: Logger,
  ) {
    this.writes = new Writes(dataSource, writer, logger.child('settings'));
  }

  /** The answer that lists settings, as JSON, made in turns with others who wait. */
  async list(inFull: boolean, isListed: (name: string) => boolean = () => true): Promise<string> {
    return sliced(joined(await listSettingTexts(this.dataSource.manager, inFull, isListed)));
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

  async delete(nameOrAlias: string, caller: Caller): Promise<void> {
    await this.writes.decide(caller, theSetting(nameOrAlias), function* (draft, log) {
      const setting = requireSetting(draft, nameOrAlias);
      draft.deleteSetting(setting);
      log('setting deleted', { setting: setting.name });
    });
  }

  /**
   * Change the type, or with the same type only the version.
   * @returns what contradicts the change, if anything; then nothing was changed.
   */
  changeType(
    nameOrAlias: string,
    type: SettingType,
    version: Version,
    caller: Caller,
  ): Promise<HeksherError | undefined> {
    return this.change({ nameOrAlias, attribute: 'type', version, caller }, (_draft, setting) =>
      changeType(setting, type, version),
    );
  }

  async rename(nameOrAlias: string, newName: string, version: Version, caller: Caller): Promise<void> {
    await this.change({ nameOrAlias, attribute: 'name', version, caller }, (draft, setting) =>
      renameSetting(draft, setting, newName, version),
    );
  }

  async changeConfigurableFeatures(
    nameOrAlias: string,
    given: readonly string[],
    version: Version,
    caller: Caller,
  ): Promise<void> {
    await this.change({ nameOrAlias, attribute: 'configurable features', version, caller }, (draft, setting) =>
      changeConfigurableFeatures(draft, setting, given, version),
    );
  }

  /** Gives the setting other metadata, made of what it has. */
  async changeMetadata(nameOrAlias: string, change: MetadataChange, version: Version, caller: Caller): Promise<void> {
    await this.change({ nameOrAlias, attribute: 'metadata', version, caller }, function* (_draft, setting) {
      changeSettingMetadata(setting, change(setting.head.metadata), version);
      return undefined;
    });
  }

  private async change(
    { nameOrAlias, attribute, version, caller }: Change,
    carryOut: (draft: Draft, setting: DraftSetting) => InSteps<HeksherError | undefined>,
  ): Promise<HeksherError | undefined> {
    const { result } = await this.writes.decide(caller, theSetting(nameOrAlias), function* (draft, log) {
      const setting = requireSetting(draft, nameOrAlias);
      const { name } = setting;
      const conflicts = yield* carryOut(draft, setting);
      if (conflicts === undefined)
        log('setting changed', { setting: name, attribute, version: formatVersion(version) });
      return conflicts;
    });
    return result;
  }
}

function* joined(texts: readonly (() => string)[]): InSteps<string> {
  const pages: string[] = [];
  for (let start = 0; start < texts.length; start += SETTINGS_OF_STEP) {
    const page = texts.slice(start, start + SETTINGS_OF_STEP);
    pages.push(page.map((text) => text()).join(','));
    yield;
  }
  return `{"settings":[${pages.join(',')}]}`;
}
