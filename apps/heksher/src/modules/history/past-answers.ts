import {
  type Condition,
  conditionsKey,
  formatConditions,
  HeksherError,
  type InSteps,
  isStorableText,
  notFound,
  quoted,
  shortened,
  writeJson,
} from '@heksher/core';
import {
  findSetting,
  hasOverride,
  type LoadedRollout,
  type Ruleset,
  searchRules,
  type Setting,
  type StoredRule,
} from '@heksher/ruleset';
import { settingAsked } from '../browsing/asked.js';
import { additionalMembers, rolloutMembers, ruleMembers, settingMembers } from '../browsing/texts.js';

/*
 * What reads of one thing answer, from a ruleset and as JSON: the very text that they answer from the database. Each throws
 * `not_found` as they do.
 */

const SETTINGS_PER_STEP = 256;

export function* writeSettings(ruleset: Ruleset, inFull: boolean): InSteps<string> {
  const texts: string[] = [];
  for (const setting of ruleset.settings.values()) {
    const more = inFull ? `,${additionalMembers(ruleset, setting)}` : '';
    if (texts.push(`{${settingMembers(setting)}${more}}`) % SETTINGS_PER_STEP === 0) yield;
  }
  return `{"settings":[${texts.join(',')}]}`;
}

export function settingIn(ruleset: Ruleset, name: string): Setting {
  const setting = findSetting(ruleset, name);
  if (setting === undefined) throw notFound('setting', name);
  return setting;
}

export function writeSetting(ruleset: Ruleset, name: string): string {
  const setting = settingIn(ruleset, name);
  return `{${settingMembers(setting)},${additionalMembers(ruleset, setting)}}`;
}

export function* writeOverride(ruleset: Ruleset, name: string): InSteps<string> {
  const setting = settingIn(ruleset, name);
  if (hasOverride(ruleset, setting)) {
    for (const rule of searchRules(ruleset, setting, {}, 0)) {
      if (rule === undefined) yield;
      else if (rule.conditions.length === 0)
        return `{"value":${rule.value},"metadata":${rule.metadata},"rule_id":${rule.id}}`;
    }
  }
  const message = `the setting ${quoted(setting.name)} has no override`;
  throw new HeksherError('not_found', message, {
    errors: [{ field: 'name', parameter: 'name', message, code: 'override_not_found' }],
  });
}

type FoundRule = Readonly<{ rule: StoredRule; setting: string }>;

export function* ruleIn(ruleset: Ruleset, id: number): InSteps<FoundRule> {
  let looked = 0;
  for (const setting of ruleset.settings.values()) {
    if ((looked += 1) % SETTINGS_PER_STEP === 0) yield;
    if (!setting.rules.ids.includes(id) && !setting.shadowed.some((rule) => rule.id === id)) continue;
    for (const rule of searchRules(ruleset, setting, {}, id - 1)) {
      if (rule?.id === id) return { rule, setting: setting.name };
    }
  }
  throw notFound('rule', id);
}

/** Without its id, which is a member of lists alone. */
export function* writeRule(ruleset: Ruleset, id: number): InSteps<string> {
  const { rule, setting } = yield* ruleIn(ruleset, id);
  return `{${ruleMembers(rule, setting).replace(`"rule_id":${id},`, '')}}`;
}

export function* writeFoundRule(ruleset: Ruleset, name: string, conditions: readonly Condition[]): InSteps<string> {
  const setting = settingAsked(ruleset, name);
  const key = conditionsKey(conditions);
  for (const rule of searchRules(ruleset, setting, {}, 0)) {
    if (rule === undefined) yield;
    else if (conditionsKey(rule.conditions) === key) return writeJson({ rule_id: rule.id });
  }
  const message = `the setting ${quoted(setting.name)} has no rule with exactly ${shortened(formatConditions(conditions), 300)}`;
  throw new HeksherError('not_found', message, {
    errors: [{ field: 'feature_values', message, code: 'rule_not_found' }],
    subject: 'rule',
  });
}

export function rolloutIn(ruleset: Ruleset, id: number): Readonly<{ rollout: LoadedRollout; setting: string }> {
  for (const { name, rollouts } of ruleset.settings.values()) {
    const rollout = rollouts.find((one) => one.id === id);
    if (rollout !== undefined) return { rollout, setting: name };
  }
  throw notFound('rollout', id);
}

export function writeRollout(ruleset: Ruleset, id: number, nowMs: number): string {
  const { rollout, setting } = rolloutIn(ruleset, id);
  return `{${rolloutMembers(rollout, setting, nowMs)}}`;
}

export function requireMember(ruleset: Ruleset, id: number, unit: string): void {
  if (isStorableText(unit) && rolloutIn(ruleset, id).rollout.members.has(unit)) return;
  const message = `the rollout ${id} has no member ${quoted(unit)}`;
  const errors = [{ field: 'unit', parameter: 'unit', message, code: 'member_not_found' }] as const;
  throw new HeksherError('not_found', message, { errors, subject: 'rollout' });
}

export function writeFeatureIndex({ features }: Ruleset, name: string): string {
  const index = [...features].indexOf(name);
  if (index === -1) throw notFound('context feature', name);
  return writeJson({ index });
}
