import { formatJson, HeksherError, type Json, quoted } from '@heksher/core';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type Caller } from '../../caller.js';
import { type Metadata, replaceMetadata } from '../../metadata.store.js';
import { type Resource, Writes } from '../../writes.js';
import { Logger } from '../logging/index.js';
import { requireType } from '../settings/acceptance.js';
import { SettingsService } from '../settings/settings.service.js';
import { overrideAnswer } from './override-answer.js';
import { ruleAnswer, traceOf } from './rule-answer.js';
import { deleteRule, findRule, insertRule, listOverrides, type StoredRule, updateRuleValue } from './rules.store.js';

/**
 * Overrides: the value of a setting for everyone for whom nothing else decides. It is the rule without conditions, which
 * comes after all other rules and before the default, so that the default stays what code declares.
 */
@Injectable()
export class OverridesService {
  private readonly writes: Writes;

  constructor(
    private readonly dataSource: DataSource,
    private readonly settings: SettingsService,
    logger: Logger,
  ) {
    this.writes = new Writes(dataSource, logger.child('rules'));
  }

  async find(nameOrAlias: string): Promise<StoredRule> {
    const { manager } = this.dataSource;
    const { name } = await this.settings.load(manager, nameOrAlias);
    return (await findOverride(manager, name)) ?? refuseMissing(name);
  }

  /** Makes the override, or gives the one that is there this value and exactly this metadata. */
  set(
    nameOrAlias: string,
    value: Json,
    metadata: Metadata,
    caller: Caller,
  ): Promise<Readonly<{ id: number; isNew: boolean }>> {
    return this.writes.run(caller, this.theOverride(nameOrAlias), async (db, log) => {
      const setting = await this.settings.load(db, nameOrAlias);
      requireType(setting, value, 'an override');
      const [existing] = await listOverrides(db, setting.name);
      const text = formatJson(value);
      const id = existing ?? (await insertRule(db, { setting: setting.name, value: text, conditions: [] }));
      if (existing !== undefined) await updateRuleValue(db, id, text);
      await replaceMetadata(db, { kind: 'rule', key: id }, metadata);
      log(existing === undefined ? 'override added' : 'override changed', { rule_id: id, setting: setting.name });
      return { id, isNew: existing === undefined };
    });
  }

  /** Deletes every rule without conditions, or a second one of another writer would decide from then on. */
  async delete(nameOrAlias: string, caller: Caller): Promise<void> {
    await this.writes.run(caller, this.theOverride(nameOrAlias), async (db, log) => {
      const { name } = await this.settings.load(db, nameOrAlias);
      const ids = await listOverrides(db, name);
      if (ids.length === 0) refuseMissing(name);
      for (const id of ids) {
        await deleteRule(db, id);
        log('override deleted', { rule_id: id, setting: name });
      }
    });
  }

  /** It may be still to be made. */
  private theOverride(nameOrAlias: string): Resource {
    return async (db) => {
      const { name } = await this.settings.load(db, nameOrAlias);
      const rule = await findOverride(db, name);
      return rule && { answers: [overrideAnswer(rule), ruleAnswer(rule)], trace: traceOf(rule) };
    };
  }
}

async function findOverride(db: EntityManager, setting: string): Promise<StoredRule | undefined> {
  const [id] = await listOverrides(db, setting);
  return id === undefined ? undefined : findRule(db, id);
}

function refuseMissing(setting: string): never {
  const message = `the setting ${quoted(setting)} has no override`;
  throw new HeksherError('not_found', message, {
    errors: [{ field: 'name', parameter: 'name', message, code: 'override_not_found' }],
  });
}
