import { type Condition, formatConditions, HeksherError, notFound, quoted, shortened } from '@heksher/core';
import {
  addRule,
  changeRule,
  type MetadataChange,
  type NewRule,
  requireGivenSetting,
  requireRule,
  type RuleChanges,
} from '@heksher/ruleset';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Caller } from '../../caller.js';
import { NOTHING_YET, Writes } from '../../writes.js';
import { Logger } from '../logging/index.js';
import { RulesetWriter } from '../ruleset/ruleset-writer.js';
import { SettingsService } from '../settings/settings.service.js';
import { theRule } from './rule-answer.js';
import { findRule, findRuleByConditions, type StoredRule } from './rules.store.js';

export { type StoredRule } from './rules.store.js';

/** Rules: the values of settings under conditions. No two rules of a setting have the same conditions. */
@Injectable()
export class RulesService {
  private readonly writes: Writes;

  constructor(
    private readonly dataSource: DataSource,
    private readonly settings: SettingsService,
    writer: RulesetWriter,
    logger: Logger,
  ) {
    this.writes = new Writes(dataSource, writer, logger.child('rules'));
  }

  /** @returns the id of the new rule */
  async add(nameOrAlias: string, rule: NewRule, caller: Caller): Promise<number> {
    const { result, ids } = await this.writes.decideOnRules(caller, NOTHING_YET, function* (draft, log) {
      const setting = requireGivenSetting(draft, nameOrAlias);
      const { id } = addRule(setting, rule);
      log('rule added', { rule_id: id, setting: setting.name });
      return id;
    });
    return ids.rule(result);
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

  async find(id: number): Promise<StoredRule> {
    const rule = await findRule(this.dataSource.manager, id);
    if (rule === undefined) throw notFound('rule', id);
    return rule;
  }

  /** All of the changes, or where one cannot be made, none. */
  async change(id: number, changes: RuleChanges, caller: Caller): Promise<void> {
    await this.writes.decideOnRules(caller, theRule(id), function* (draft, log) {
      const { setting, rule } = requireRule(draft, id);
      changeRule(setting, rule, changes);
      log('rule changed', { rule_id: id, setting: setting.name, attribute: Object.keys(changes).join(', ') });
    });
  }

  async delete(id: number, caller: Caller): Promise<void> {
    await this.writes.decideOnRules(caller, theRule(id), function* (draft, log) {
      const { setting } = requireRule(draft, id);
      setting.deleteRule(id);
      log('rule deleted', { rule_id: id, setting: setting.name });
    });
  }

  /** Gives the rule other metadata, made of what it has. */
  async changeMetadata(id: number, change: MetadataChange, caller: Caller): Promise<void> {
    await this.writes.decide(caller, theRule(id), function* (draft, log) {
      const { setting, rule } = requireRule(draft, id);
      setting.changeRule(id, { metadata: change(rule.metadata) });
      log('rule changed', { rule_id: id, setting: setting.name, attribute: 'metadata' });
    });
  }
}
