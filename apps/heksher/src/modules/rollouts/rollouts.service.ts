import { notFound } from '@heksher/core';
import {
  addRollout,
  changeRollout,
  type NewRollout,
  requireGivenSetting,
  requireRollout,
  type RolloutChanges,
} from '@heksher/ruleset';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Caller } from '../../caller.js';
import { NOTHING_YET, Writes } from '../../writes.js';
import { Logger } from '../logging/index.js';
import { RulesetWriter } from '../ruleset/ruleset-writer.js';
import { theRollout } from './rollout-resource.js';
import { findRollout, type StoredRollout } from './rollouts.store.js';

export { type StoredRollout } from './rollouts.store.js';

/** Rollouts: values of settings for a share of the units. No two of a setting have the same feature and conditions. */
@Injectable()
export class RolloutsService {
  private readonly writes: Writes;

  constructor(
    private readonly dataSource: DataSource,
    writer: RulesetWriter,
    logger: Logger,
  ) {
    this.writes = new Writes(dataSource, writer, logger.child('rollouts'));
  }

  /** @returns the id of the new rollout */
  async add(nameOrAlias: string, rollout: NewRollout, caller: Caller): Promise<number> {
    const { result, ids } = await this.writes.decide(caller, NOTHING_YET, function* (draft, log) {
      const setting = requireGivenSetting(draft, nameOrAlias);
      const { id, members } = addRollout(setting, rollout);
      log('rollout added', { rollout_id: id, setting: setting.name, members: members.size });
      return id;
    });
    return ids.rollout(result);
  }

  async find(id: number): Promise<StoredRollout> {
    const rollout = await findRollout(this.dataSource.manager, id);
    if (rollout === undefined) throw notFound('rollout', id);
    return rollout;
  }

  async change(id: number, changes: RolloutChanges, caller: Caller): Promise<void> {
    await this.writes.decide(caller, theRollout(id), function* (draft, log) {
      const { setting, rollout } = requireRollout(draft, id);
      changeRollout(setting, rollout, changes);
      const { fields, metadata, conditions } = changes;
      const others = [...(metadata ? ['metadata'] : []), ...(conditions ? ['feature_values'] : [])];
      const attributes = [...Object.keys(fields), ...others].join(', ');
      log('rollout changed', { rollout_id: id, setting: setting.name, attributes });
    });
  }

  async delete(id: number, caller: Caller): Promise<void> {
    await this.writes.decide(caller, theRollout(id), function* (draft, log) {
      const { setting } = requireRollout(draft, id);
      setting.deleteRollout(id);
      log('rollout deleted', { rollout_id: id, setting: setting.name });
    });
  }
}
