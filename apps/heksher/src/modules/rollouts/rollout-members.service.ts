import { HeksherError, isStorableText, notFound, quoted } from '@heksher/core';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type Caller } from '../../caller.js';
import { Writes } from '../../writes.js';
import { Logger } from '../logging/index.js';
import { theRollout } from './rollout-resource.js';
import { deleteMembers, insertMembers, isMember, listMembers } from './rollout-members.store.js';
import { findRolloutFields } from './rollouts.store.js';

/** Some members in the order of their bytes; more come after `next`, where that is there. */
export type MembersPage = Readonly<{ members: readonly string[]; next: string | undefined }>;

/** The units that a rollout always has. */
@Injectable()
export class RolloutMembersService {
  private readonly writes: Writes;

  constructor(
    private readonly dataSource: DataSource,
    logger: Logger,
  ) {
    this.writes = new Writes(dataSource, logger.child('rollouts'));
  }

  /** Units that are members already, or none, are no error. */
  async change(id: number, added: readonly string[], removed: readonly string[], caller: Caller): Promise<void> {
    await this.writes.run(caller, theRollout(id), async (db, log) => {
      const setting = await requireRollout(db, id);
      if (added.length > 0) await insertMembers(db, id, added);
      if (removed.length > 0) await deleteMembers(db, id, removed);
      const counts = { added: added.length, removed: removed.length };
      log('rollout changed', { rollout_id: id, setting, attributes: 'members', ...counts });
    });
  }

  /** At most `limit` members after the unit `after`, which need not be one; the empty text begins with the first. */
  async page(id: number, after: string, limit: number): Promise<MembersPage> {
    const found = await this.dataSource.transaction(async (db) => {
      await requireRollout(db, id);
      return listMembers(db, id, after, limit + 1);
    });
    const members = found.slice(0, limit);
    return { members, next: found.length > limit ? members.at(-1) : undefined };
  }

  async requireMember(id: number, unit: string): Promise<void> {
    if (isStorableText(unit) && (await isMember(this.dataSource.manager, id, unit))) return;
    await requireRollout(this.dataSource.manager, id);
    const message = `the rollout ${id} has no member ${quoted(unit)}`;
    const errors = [{ field: 'unit', parameter: 'unit', message, code: 'member_not_found' }] as const;
    throw new HeksherError('not_found', message, { errors, subject: 'rollout' });
  }
}

/** @returns its setting */
async function requireRollout(db: EntityManager, id: number): Promise<string> {
  const rollout = await findRolloutFields(db, id);
  if (rollout === undefined) throw notFound('rollout', id);
  return rollout.setting;
}
