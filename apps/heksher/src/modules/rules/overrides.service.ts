import { type Json } from '@heksher/core';
import { deleteOverride, type Metadata, noOverride, requireSetting, setOverride } from '@heksher/ruleset';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type Caller } from '../../caller.js';
import { type Resource, Writes } from '../../writes.js';
import { Logger } from '../logging/index.js';
import { RulesetWriter } from '../ruleset/ruleset-writer.js';
import { SettingsService } from '../settings/settings.service.js';
import { overrideAnswer } from './override-answer.js';
import { ruleAnswer, traceOf } from './rule-answer.js';
import { findRule, listOverrides, type StoredRule } from './rules.store.js';

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
    writer: RulesetWriter,
    logger: Logger,
  ) {
    this.writes = new Writes(dataSource, writer, logger.child('rules'));
  }

  async find(nameOrAlias: string): Promise<StoredRule> {
    const { manager } = this.dataSource;
    const { name } = await this.settings.load(manager, nameOrAlias);
    const rule = await findOverride(manager, name);
    if (rule === undefined) throw noOverride(name);
    return rule;
  }

  /** Makes the override, or gives the one that is there this value and exactly this metadata. */
  async set(
    nameOrAlias: string,
    value: Json,
    metadata: Metadata,
    caller: Caller,
  ): Promise<Readonly<{ id: number; isNew: boolean }>> {
    const { result, ids } = await this.writes.decide(caller, this.theOverride(nameOrAlias), function* (draft, log) {
      const setting = requireSetting(draft, nameOrAlias);
      const { id, isNew } = setOverride(setting, value, metadata);
      log(isNew ? 'override added' : 'override changed', { rule_id: id, setting: setting.name });
      return { id, isNew };
    });
    return { ...result, id: ids.rule(result.id) };
  }

  async delete(nameOrAlias: string, caller: Caller): Promise<void> {
    await this.writes.decide(caller, this.theOverride(nameOrAlias), function* (draft, log) {
      const setting = requireSetting(draft, nameOrAlias);
      for (const id of deleteOverride(setting)) log('override deleted', { rule_id: id, setting: setting.name });
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
