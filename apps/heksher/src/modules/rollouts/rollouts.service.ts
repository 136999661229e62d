import { type Condition, conditionOn, conflict, featureOf, invalid, notFound } from '@heksher/core';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type Caller } from '../../caller.js';
import { mergeMetadata, type Metadata, replaceMetadata } from '../../metadata.store.js';
import { NOTHING_YET, Writes } from '../../writes.js';
import { Logger } from '../logging/index.js';
import { requireConfigurable, requireType } from '../settings/acceptance.js';
import { SettingsService, type StoredSetting } from '../settings/settings.service.js';
import { type GivenValue } from './rollout-fields.js';
import { theRollout } from './rollout-resource.js';
import { insertMembers } from './rollout-members.store.js';
import {
  deleteRollout,
  findRollout,
  findRolloutByKey,
  findRolloutFields,
  insertRollout,
  replaceRolloutConditions,
  type RolloutFields,
  type RolloutKey,
  type StoredRollout,
  updateRollout,
} from './rollouts.store.js';

export { type RolloutFields, type RolloutKey, type StoredRollout } from './rollouts.store.js';

/** A rollout to be added; without a salt of its own it gets the setting's canonical name. `values` must be of its type. */
export type RolloutDraft = Omit<RolloutFields, 'salt'> &
  RolloutKey &
  Readonly<{
    setting: string;
    salt: string | undefined;
    metadata: Metadata;
    members: readonly string[];
    values: readonly GivenValue[];
  }>;

/** What is to be different; what is not there stays. A `percentage` comes with the `ramp` it replaces, which is null. */
export type RolloutChanges = Readonly<{
  fields: Partial<RolloutFields>;
  values: readonly GivenValue[];
  metadata?: Metadata;
  conditions?: readonly Condition[];
}>;

/** Rollouts: values of settings for a share of the units. No two of a setting have the same feature and conditions. */
@Injectable()
export class RolloutsService {
  private readonly writes: Writes;

  constructor(
    private readonly dataSource: DataSource,
    private readonly settings: SettingsService,
    logger: Logger,
  ) {
    this.writes = new Writes(dataSource, logger.child('rollouts'));
  }

  /** @returns the id of the new rollout */
  add({ setting: nameOrAlias, metadata, members, values, ...draft }: RolloutDraft, caller: Caller): Promise<number> {
    return this.writes.run(caller, NOTHING_YET, async (db, log) => {
      const setting = await this.settings.loadGiven(db, nameOrAlias);
      requireConfigurable(setting, [draft.feature], () => '/feature');
      requireConfigurable(setting, draft.conditions.map(featureOf));
      requireTypes(setting, values);
      const existing = await findRolloutByKey(db, setting.name, draft);
      if (existing !== undefined) throw alreadyExists(existing, 'feature');
      const rollout = { ...draft, setting: setting.name, salt: draft.salt ?? setting.name };
      const id = await insertRollout(db, rollout);
      await mergeMetadata(db, { kind: 'rollout', key: id }, metadata);
      if (members.length > 0) await insertMembers(db, id, members);
      log('rollout added', { rollout_id: id, setting: setting.name, members: members.length });
      return id;
    });
  }

  async find(id: number): Promise<StoredRollout> {
    const rollout = await findRollout(this.dataSource.manager, id);
    if (rollout === undefined) throw notFound('rollout', id);
    return rollout;
  }

  async change(id: number, { fields, values, metadata, conditions }: RolloutChanges, caller: Caller): Promise<void> {
    await this.writes.run(caller, theRollout(id), async (db, log) => {
      const found = await requireRollout(db, id);
      const setting = await this.settings.load(db, found.setting);
      requireTypes(setting, values);
      if (conditions !== undefined) await moveRollout(db, setting, { id, feature: found.feature, conditions });
      if (Object.keys(fields).length > 0) await updateRollout(db, id, { ...found, ...fields });
      if (metadata !== undefined) await replaceMetadata(db, { kind: 'rollout', key: id }, metadata);
      const others = [...(metadata ? ['metadata'] : []), ...(conditions ? ['feature_values'] : [])];
      const attributes = [...Object.keys(fields), ...others].join(', ');
      log('rollout changed', { rollout_id: id, setting: found.setting, attributes });
    });
  }

  async delete(id: number, caller: Caller): Promise<void> {
    await this.writes.run(caller, theRollout(id), async (db, log) => {
      const found = await requireRollout(db, id);
      await deleteRollout(db, id);
      log('rollout deleted', { rollout_id: id, setting: found.setting });
    });
  }
}

/** Gives a rollout other conditions, under which the setting must have no other rollout by the same feature. */
async function moveRollout(
  db: EntityManager,
  setting: StoredSetting,
  { id, feature, conditions }: RolloutKey & Readonly<{ id: number }>,
): Promise<void> {
  requireOtherFeatures(conditions, feature);
  requireConfigurable(setting, conditions.map(featureOf));
  const existing = await findRolloutByKey(db, setting.name, { feature, conditions });
  if (existing !== undefined && existing !== id) throw alreadyExists(existing, 'feature_values');
  await replaceRolloutConditions(db, id, conditions);
}

/** Throws `invalid` where a condition is on the feature that the rollout goes by. */
export function requireOtherFeatures(conditions: readonly Condition[], feature: string): void {
  if (conditionOn(conditions, feature) === undefined) return;
  const message = `feature_values must be on other features than "${feature}", whose values are the units`;
  throw invalid(message, 'feature_values', { pointer: `/feature_values/${feature}`, code: 'repeated' });
}

function alreadyExists(id: number, field: string): Error {
  const message = `rollout already exists: rollout ${id} has exactly this feature and these conditions`;
  return conflict(message, { field, code: 'already_exists', details: { rollout_id: id } });
}

async function requireRollout(
  db: EntityManager,
  id: number,
): Promise<RolloutFields & Readonly<{ setting: string; feature: string }>> {
  const rollout = await findRolloutFields(db, id);
  if (rollout === undefined) throw notFound('rollout', id);
  return rollout;
}

function requireTypes(setting: StoredSetting, values: readonly GivenValue[]): void {
  for (const { of, pointer, json } of values) requireType(setting, json, of, pointer);
}
