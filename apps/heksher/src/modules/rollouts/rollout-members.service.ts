import { HeksherError, isStorableText, notFound, quoted } from '@heksher/core';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type Caller } from '../../caller.js';
import { Writes } from '../../writes.js';
import { Logger } from '../logging/index.js';
import {
  countMembers,
  deleteMembers,
  insertMembers,
  isMember,
  listMembers,
  type MembersAsked,
} from './rollout-members.store.js';
import { findRolloutFields } from './rollouts.store.js';

/** Some members in the order of their bytes; more come after `next`, where that is there. `count` is that of all pages. */
export type MembersPage = Readonly<{
  members: readonly string[];
  next: string | undefined;
  count: number | undefined;
}>;

/** Of all members, so many are read at a time. */
const MEMBERS_AT_ONCE = 10_000;

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
    await this.writes.run(caller, async (db, log) => {
      const setting = await requireRollout(db, id);
      if (added.length > 0) await insertMembers(db, id, added);
      if (removed.length > 0) await deleteMembers(db, id, removed);
      const counts = { added: added.length, removed: removed.length };
      log('rollout changed', { rollout_id: id, setting, attributes: 'members', ...counts });
    });
  }

  /** A page of members; the first one comes with the number of all that have the prefix. */
  async page(id: number, asked: MembersAsked): Promise<MembersPage> {
    const { prefix, after, limit } = asked;
    return this.dataSource.transaction('REPEATABLE READ', async (db) => {
      await requireRollout(db, id);
      const found = await listMembers(db, id, { prefix, after, limit: limit + 1 });
      const members = found.slice(0, limit);
      const next = found.length > limit ? members.at(-1) : undefined;
      return { members, next, count: after === '' ? await countMembers(db, id, prefix) : undefined };
    });
  }

  /** All members, page by page: no transaction waits for a reader who is slow. */
  async *pages(id: number, prefix: string): AsyncGenerator<readonly string[]> {
    let after: string | undefined = '';
    while (after !== undefined) {
      const page: MembersPage = await this.page(id, { prefix, after, limit: MEMBERS_AT_ONCE });
      yield page.members;
      after = page.next;
    }
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
