import { type Condition, conflict, featureOf, formatJson, HeksherError, type Json, quoted } from '@heksher/core';
import { type DraftRule, type DraftSetting, haveSameMetadata, type Metadata } from '../draft/index.js';
import { requireConfigurable, requireType } from './acceptance.js';

/** A rule to be added: `value` holds where all `conditions` do. */
export type NewRule = Readonly<{ conditions: readonly Condition[]; value: Json; metadata: Metadata }>;

/** What is to be different; what is not there stays. `metadata` replaces all metadata. */
export type RuleChanges = Readonly<{ conditions?: readonly Condition[]; value?: Json; metadata?: Metadata }>;

/** Adds a rule. Throws `not_acceptable_here`, or `conflict` where a rule with exactly these conditions exists. */
export function addRule(setting: DraftSetting, { conditions, value, metadata }: NewRule): DraftRule {
  requireConfigurable(setting.head, conditions.map(featureOf));
  requireType(setting.head, value, 'a rule');
  requireFree(setting, conditions);
  return setting.addRule({ conditions, value: formatJson(value), metadata });
}

/** Changes a rule: all of the changes, or where one cannot be made, none. */
export function changeRule(setting: DraftSetting, { id }: DraftRule, changes: RuleChanges): void {
  const { conditions, value, metadata } = changes;
  if (conditions !== undefined) requireConfigurable(setting.head, conditions.map(featureOf));
  if (value !== undefined) requireType(setting.head, value, 'a rule');
  if (conditions !== undefined) requireFree(setting, conditions, id);
  setting.changeRule(id, {
    ...(conditions !== undefined && { conditions }),
    ...(value !== undefined && { value: formatJson(value) }),
    ...(metadata !== undefined && { metadata }),
  });
}

/** Makes the value for everyone for whom nothing else decides, or gives the one that is there this value and metadata. */
export function setOverride(
  setting: DraftSetting,
  value: Json,
  metadata: Metadata,
): Readonly<{ id: number; isNew: boolean }> {
  requireType(setting.head, value, 'an override');
  const existing = setting.ruleWith([]);
  const text = formatJson(value);
  if (existing === undefined) return { id: setting.addRule({ conditions: [], value: text, metadata }).id, isNew: true };
  const isSame = existing.value === text && haveSameMetadata(existing.metadata, metadata);
  if (!isSame) setting.changeRule(existing.id, { value: text, metadata });
  return { id: existing.id, isNew: false };
}

/**
 * Deletes every rule without conditions, or a second one of another writer would decide from then on.
 * @returns their ids; throws `not_found` where there is none
 */
export function deleteOverride(setting: DraftSetting): readonly number[] {
  const rules = setting.rulesWith([]);
  if (rules.length === 0) throw noOverride(setting.name);
  for (const { id } of rules) setting.deleteRule(id);
  return rules.map(({ id }) => id);
}

export function noOverride(setting: string): HeksherError {
  const message = `the setting ${quoted(setting)} has no override`;
  return new HeksherError('not_found', message, {
    errors: [{ field: 'name', parameter: 'name', message, code: 'override_not_found' }],
  });
}

/** No rule of the setting but `own` may have exactly these conditions. */
function requireFree(setting: DraftSetting, conditions: readonly Condition[], own?: number): void {
  const existing = setting.ruleWith(conditions)?.id;
  if (existing === undefined || existing === own) return;
  const message =
    existing < 0 ? 'rule already exists' : `rule already exists: rule ${existing} has exactly these conditions`;
  const details = existing < 0 ? {} : { details: { rule_id: existing } };
  throw conflict(message, { field: 'feature_values', code: 'already_exists', ...details });
}
