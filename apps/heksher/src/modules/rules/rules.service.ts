import {
  type Condition,
  conflict,
  featureOf,
  formatConditions,
  formatJson,
  HeksherError,
  type Json,
  notFound,
  quoted,
  shortened,
} from '@heksher/core';
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
import { NOTHING_YET, Writes } from '../../writes.js';
import { Logger } from '../logging/index.js';
import { requireConfigurable, requireType } from '../settings/acceptance.js';
import { SettingsService, type StoredSetting } from '../settings/settings.service.js';
import { theRule } from './rule-answer.js';
import {
  deleteRule,
  findRule,
  findRuleByConditions,
  insertRule,
  replaceConditions,
  type StoredRule,
  updateRuleValue,
} from './rules.store.js';

export { type StoredRule } from './rules.store.js';

/** A rule to be added: `value` holds where all `conditions` do. */
export type RuleDraft = Readonly<{
  setting: string;
  conditions: readonly Condition[];
  value: Json;
  metadata: Metadata;
}>;

/** What is to be different; what is not there stays. `metadata` replaces all metadata. */
export type RuleChanges = Readonly<{ conditions?: readonly Condition[]; value?: Json; metadata?: Metadata }>;

/** Rules: the values of settings under conditions. No two rules of a setting have the same conditions. */
@Injectable()
export class RulesService {
  private readonly writes: Writes;

  constructor(
    private readonly dataSource: DataSource,
    private readonly settings: SettingsService,
    logger: Logger,
  ) {
    this.writes = new Writes(dataSource, logger.child('rules'));
  }

  /** @returns the id of the new rule */
  add({ setting: nameOrAlias, conditions, value, metadata }: RuleDraft, caller: Caller): Promise<number> {
    return this.writes.run(caller, NOTHING_YET, async (db, log) => {
      const setting = await this.settings.loadGiven(db, nameOrAlias);
      requireConfigurable(setting, conditions.map(featureOf));
      requireType(setting, value, 'a rule');
      await requireFree(db, setting, conditions);
      const id = await insertRule(db, { setting: setting.name, value: formatJson(value), conditions });
      await mergeMetadata(db, { kind: 'rule', key: id }, metadata);
      log('rule added', { rule_id: id, setting: setting.name });
      return id;
    });
  }

  /** The id of the rule with exactly these conditions. */
  async search(nameOrAlias: string, conditions: readonly Condition[]): Promise<number> {
    const setting = await this.settings.findAsked(nameOrAlias);
    const id = await findRuleByConditions(this.dataSource.manager, setting.name, conditions);
    if (id !== undefined) return id;
    const message = `the setting ${quoted(setting.name)} has no rule with exactly ${shortened(formatConditions(conditions), 300)}`;
    throw new HeksherError('not_found', message, {
      errors: [{ field: 'feature_values', message, code: 'rule_not_found' }],
      subject: 'rule',
    });
  }

  find(id: number): Promise<StoredRule> {
    return requireRule(this.dataSource.manager, id);
  }

  /** All of the changes, or where one cannot be made, none. */
  async change(id: number, changes: RuleChanges, caller: Caller): Promise<void> {
    const { conditions, value, metadata } = changes;
    await this.writes.run(caller, theRule(id), async (db, log) => {
      const found = await requireRule(db, id);
      const setting = await this.settings.load(db, found.setting);
      if (conditions !== undefined) requireConfigurable(setting, conditions.map(featureOf));
      if (value !== undefined) requireType(setting, value, 'a rule');
      if (conditions !== undefined) await requireFree(db, setting, conditions, id);
      if (conditions !== undefined) await replaceConditions(db, id, conditions);
      if (value !== undefined) await updateRuleValue(db, id, formatJson(value));
      if (metadata !== undefined) await replaceMetadata(db, { kind: 'rule', key: id }, metadata);
      log('rule changed', { rule_id: id, setting: found.setting, attribute: Object.keys(changes).join(', ') });
    });
  }

  async delete(id: number, caller: Caller): Promise<void> {
    await this.writes.run(caller, theRule(id), async (db, log) => {
      const found = await requireRule(db, id);
      await deleteRule(db, id);
      log('rule deleted', { rule_id: id, setting: found.setting });
    });
  }

  mergeMetadata(id: number, metadata: Metadata, caller: Caller): Promise<void> {
    return this.changeMetadata(id, caller, (db, owner) => mergeMetadata(db, owner, metadata));
  }

  replaceMetadata(id: number, metadata: Metadata, caller: Caller): Promise<void> {
    return this.changeMetadata(id, caller, (db, owner) => replaceMetadata(db, owner, metadata));
  }

  clearMetadata(id: number, caller: Caller): Promise<void> {
    return this.changeMetadata(id, caller, clearMetadata);
  }

  deleteMetadataKey(id: number, key: string, caller: Caller): Promise<void> {
    return this.changeMetadata(id, caller, (db, owner, stored) => deleteMetadataKey(db, owner, stored, key));
  }

  private async changeMetadata(
    id: number,
    caller: Caller,
    carryOut: (db: EntityManager, owner: MetadataOwner, stored: Metadata) => Promise<void>,
  ): Promise<void> {
    await this.writes.run(caller, theRule(id), async (db, log) => {
      const found = await requireRule(db, id);
      await carryOut(db, { kind: 'rule', key: id }, found.metadata);
      log('rule changed', { rule_id: id, setting: found.setting, attribute: 'metadata' });
    });
  }
}

/** No rule of the setting but `own` may have exactly these conditions. */
async function requireFree(
  db: EntityManager,
  setting: StoredSetting,
  conditions: readonly Condition[],
  own?: number,
): Promise<void> {
  const existing = await findRuleByConditions(db, setting.name, conditions);
  if (existing === undefined || existing === own) return;
  const message = `rule already exists: rule ${existing} has exactly these conditions`;
  throw conflict(message, { field: 'feature_values', code: 'already_exists', details: { rule_id: existing } });
}

async function requireRule(db: EntityManager, id: number): Promise<StoredRule> {
  const rule = await findRule(db, id);
  if (rule === undefined) throw notFound('rule', id);
  return rule;
}
