import { type Condition, describeConditions, formatJson, HeksherError, quoted } from '@heksher/core';
import {
  DraftMembers,
  type DraftRollout,
  type DraftRule,
  type DraftSetting,
  haveSameMetadata,
} from '../draft/index.js';
import { requireOtherFeatures } from '../operations/index.js';
import { type Operation } from './operation.js';

export function putRule(
  setting: DraftSetting,
  rule: DraftRule | undefined,
  { conditions, value, metadata }: Extract<Operation, { op: 'put_rule' }>,
): number {
  const text = formatJson(value);
  if (rule === undefined) return setting.addRule({ conditions, value: text, metadata: metadata ?? new Map() }).id;
  const isSame = rule.value === text && (metadata === undefined || haveSameMetadata(rule.metadata, metadata));
  if (!isSame) setting.changeRule(rule.id, { value: text, ...(metadata !== undefined && { metadata }) });
  return rule.id;
}

export function patchRule(
  setting: DraftSetting,
  { id }: DraftRule,
  { conditions, value, metadata }: Extract<Operation, { op: 'patch_rule' }>['set'],
): void {
  if (conditions !== undefined) {
    const holder = setting.ruleWith(conditions);
    if (holder !== undefined && holder.id !== id) throw taken(describe('rule', setting.name, conditions));
  }
  setting.changeRule(id, {
    ...(conditions !== undefined && { conditions }),
    ...(value !== undefined && { value: formatJson(value) }),
    ...(metadata !== undefined && { metadata }),
  });
}

export function putRollout(
  setting: DraftSetting,
  rollout: DraftRollout | undefined,
  { rollout: given, hasMembers }: Extract<Operation, { op: 'put_rollout' }>,
): number {
  const { members, percentage, salt } = given;
  const { feature, conditions, enabled, ramp, pattern, value, variants, hash, metadata } = given;
  const fields = { feature, conditions, enabled, ramp, pattern, value, variants, hash, metadata };
  const share = percentage === null ? null : String(percentage);
  if (rollout === undefined) {
    const added = setting.addRollout({ ...fields, percentage: share, salt: salt ?? setting.name, members: NO_MEMBERS });
    setting.changeRollout(added.id, { members: added.members.changed(members, []) });
    return added.id;
  }
  const others = hasMembers ? rollout.members.changed(members, without(rollout.members, members)) : rollout.members;
  setting.changeRollout(rollout.id, { ...fields, percentage: share, salt: salt ?? rollout.salt, members: others });
  return rollout.id;
}

const NO_MEMBERS = new DraftMembers();

function without(units: Iterable<string>, kept: readonly string[]): readonly string[] {
  const stay = new Set(kept);
  return [...units].filter((unit) => !stay.has(unit));
}

export function patchRollout(
  setting: DraftSetting,
  { id, feature }: DraftRollout,
  { fields, metadata, conditions }: Extract<Operation, { op: 'patch_rollout' }>['set'],
): void {
  if (conditions !== undefined) {
    requireOtherFeatures(conditions, feature);
    const holder = setting.rolloutBy(feature, conditions);
    if (holder !== undefined && holder.id !== id) throw taken(describe('rollout', setting.name, conditions, feature));
  }
  const { percentage, ...others } = fields;
  setting.changeRollout(id, {
    ...others,
    ...(percentage !== undefined && { percentage: percentage === null ? null : String(percentage) }),
    ...(metadata !== undefined && { metadata }),
    ...(conditions !== undefined && { conditions }),
  });
}

export function describe(
  kind: 'rule' | 'rollout',
  setting: string,
  conditions: readonly Condition[],
  feature?: string,
): string {
  const by = feature === undefined ? '' : ` by ${quoted(feature)}`;
  const when = conditions.length === 0 ? 'for everyone' : `where ${describeConditions(conditions)}`;
  return `the ${kind} of ${quoted(setting)}${by} ${when}`;
}

export function missing(what: string, kind: 'rule' | 'rollout'): HeksherError {
  const message = `${what} does not exist`;
  return new HeksherError('not_found', message, {
    errors: [{ field: 'feature_values', pointer: '/feature_values', message, code: `${kind}_not_found` }],
  });
}

function taken(what: string): HeksherError {
  const message = `${what} exists already`;
  return new HeksherError('conflict', message, {
    errors: [{ field: 'set', pointer: '/set/feature_values', message, code: 'already_exists' }],
  });
}
