import {
  type BucketHash,
  type Condition,
  conditionOn,
  conflict,
  featureOf,
  invalid,
  type Json,
  type JsonText,
} from '@heksher/core';
import { DraftMembers, type DraftRollout, type DraftSetting, type Metadata } from '../draft/index.js';
import { requireConfigurable, requireType } from './acceptance.js';

/**
 * What of a rollout can change. Of `percentage` and `ramp`, and of `value` and `variants`, exactly one is not null; the
 * JSON texts are `{start, end, from, to}`, the value, and a list of `{name, value, weight}`.
 */
export type RolloutFields = Readonly<{
  enabled: boolean;
  percentage: number | null;
  ramp: JsonText | null;
  pattern: string | null;
  value: JsonText | null;
  variants: JsonText | null;
  hash: BucketHash;
  salt: string;
}>;

/** What a rollout is about: no two rollouts of a setting have the same feature and conditions. */
export type RolloutKey = Readonly<{ feature: string; conditions: readonly Condition[] }>;

/** A value that must be of the type of the setting: what it is the value of, and where in the body it stands. */
export type GivenValue = Readonly<{ of: string; pointer: string; json: Json }>;

/** A rollout to be added; without a salt of its own it gets the setting's canonical name. `values` must be of its type. */
export type NewRollout = Omit<RolloutFields, 'salt'> &
  RolloutKey &
  Readonly<{ salt: string | undefined; metadata: Metadata; members: readonly string[]; values: readonly GivenValue[] }>;

/** What is to be different; what is not there stays. A `percentage` comes with the `ramp` it replaces, which is null. */
export type RolloutChanges = Readonly<{
  fields: Partial<RolloutFields>;
  values: readonly GivenValue[];
  metadata?: Metadata;
  conditions?: readonly Condition[];
}>;

export function addRollout(setting: DraftSetting, { members, values, ...draft }: NewRollout): DraftRollout {
  requireConfigurable(setting.head, [draft.feature], () => '/feature');
  requireConfigurable(setting.head, draft.conditions.map(featureOf));
  requireTypes(setting, values);
  const existing = setting.rolloutBy(draft.feature, draft.conditions);
  if (existing !== undefined) throw alreadyExists(existing, 'feature');
  return setting.addRollout({
    ...draft,
    percentage: textOf(draft.percentage),
    salt: draft.salt ?? setting.name,
    members: new DraftMembers().changed(members, []),
  });
}

export function changeRollout(setting: DraftSetting, rollout: DraftRollout, changes: RolloutChanges): void {
  const { fields, values, metadata, conditions } = changes;
  requireTypes(setting, values);
  if (conditions !== undefined) requireMovable(setting, rollout, conditions);
  const { percentage, ...others } = fields;
  setting.changeRollout(rollout.id, {
    ...others,
    ...(percentage !== undefined && { percentage: textOf(percentage) }),
    ...(metadata !== undefined && { metadata }),
    ...(conditions !== undefined && { conditions }),
  });
}

/** The setting must have no other rollout by the same feature under these conditions. */
function requireMovable(setting: DraftSetting, { id, feature }: DraftRollout, conditions: readonly Condition[]): void {
  requireOtherFeatures(conditions, feature);
  requireConfigurable(setting.head, conditions.map(featureOf));
  const existing = setting.rolloutBy(feature, conditions);
  if (existing !== undefined && existing.id !== id) throw alreadyExists(existing, 'feature_values');
}

/** Throws `invalid` where a condition is on the feature that the rollout goes by. */
export function requireOtherFeatures(conditions: readonly Condition[], feature: string): void {
  if (conditionOn(conditions, feature) === undefined) return;
  const message = `feature_values must be on other features than "${feature}", whose values are the units`;
  throw invalid(message, 'feature_values', { pointer: `/feature_values/${feature}`, code: 'repeated' });
}

function alreadyExists({ id }: DraftRollout, field: string): Error {
  const message = `rollout already exists: rollout ${id} has exactly this feature and these conditions`;
  if (id < 0) return conflict('rollout already exists', { field, code: 'already_exists' });
  return conflict(message, { field, code: 'already_exists', details: { rollout_id: id } });
}

function requireTypes(setting: DraftSetting, values: readonly GivenValue[]): void {
  for (const { of, pointer, json } of values) requireType(setting.head, json, of, pointer);
}

function textOf(percentage: number | null): string | null {
  return percentage === null ? null : String(percentage);
}
