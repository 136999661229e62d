import { compareVersions, formatVersion, type Version } from '@heksher/core';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type Caller } from '../../caller.js';
import {
  clearMetadata,
  deleteMetadataKey,
  mergeMetadata,
  type Metadata,
  type MetadataOwner,
  replaceMetadata,
} from '../../metadata.store.js';
import { Writes } from '../../writes.js';
import { Logger } from '../logging/index.js';
import { theSetting } from './setting-answer.js';
import { notHigher, SettingsService } from './settings.service.js';
import { updateVersion } from './settings.store.js';

/** The metadata of settings: every change moves the setting to a higher version. */
@Injectable()
export class SettingMetadataService {
  private readonly writes: Writes;

  constructor(
    dataSource: DataSource,
    private readonly settings: SettingsService,
    logger: Logger,
  ) {
    this.writes = new Writes(dataSource, logger.child('settings'));
  }

  async find(setting: string): Promise<Metadata> {
    return (await this.settings.find(setting)).metadata;
  }

  merge(setting: string, metadata: Metadata, version: Version, caller: Caller): Promise<void> {
    return this.change(setting, version, caller, (db, owner) => mergeMetadata(db, owner, metadata));
  }

  replace(setting: string, metadata: Metadata, version: Version, caller: Caller): Promise<void> {
    return this.change(setting, version, caller, (db, owner) => replaceMetadata(db, owner, metadata));
  }

  clear(setting: string, version: Version, caller: Caller): Promise<void> {
    return this.change(setting, version, caller, clearMetadata);
  }

  deleteKey(setting: string, key: string, version: Version, caller: Caller): Promise<void> {
    return this.change(setting, version, caller, (db, owner, stored) => deleteMetadataKey(db, owner, stored, key));
  }

  private async change(
    nameOrAlias: string,
    version: Version,
    caller: Caller,
    carryOut: (db: EntityManager, owner: MetadataOwner, stored: Metadata) => Promise<void>,
  ): Promise<void> {
    await this.writes.run(caller, theSetting(nameOrAlias), async (db, log) => {
      const found = await this.settings.load(db, nameOrAlias);
      if (compareVersions(version, found.version) <= 0) throw notHigher(found);
      await carryOut(db, { kind: 'setting', key: found.name }, found.metadata);
      await updateVersion(db, found.name, version);
      log('setting changed', { setting: found.name, attribute: 'metadata', version: formatVersion(version) });
    });
  }
}
