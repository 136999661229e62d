import { HeksherError, isStorableText, notFound, quoted } from '@heksher/core';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type Caller } from '../../caller.js';
import { Writes } from '../../writes.js';
import { Logger } from '../logging/index.js';
import { theRollout } from './rollout-resource.js';
import {
  countMembers,
  deleteMembers,
  deleteOtherMembers,
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

/** Units to add, and those to remove: these, or all others than the added ones. */
export type MembersChange = Readonly<{ added: readonly string[]; removed: readonly string[] | 'others' }>;

/** How many units became members, how many of those to be added were members already, and how many are none any more. */
export type MemberCounts = Readonly<{ added: number; already: number; removed: number }>;

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

  /** Carries out all of it at once. Units that are members already, or none, are no error. */
  change(id: number, change: MembersChange, caller: Caller): Promise<MemberCounts> {
    return this.writes.run(caller, theRollout(id), async (db, log) => {
      const setting = await requireRollout(db, id);
      const given = [...new Set(change.added)];
      const removed =
        change.removed === 'others' ? await deleteOtherMembers(db, id, given) : await removeAll(db, id, change.removed);
      let added = 0;
      for (const units of slicesOf(given)) added += await insertMembers(db, id, units);
      log('rollout changed', { rollout_id: id, setting, attributes: 'members', added, removed });
      return { added, already: given.length - added, removed };
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

async function removeAll(db: EntityManager, id: number, given: readonly string[]): Promise<number> {
  let removed = 0;
  for (const units of slicesOf(given)) removed += await deleteMembers(db, id, units);
  return removed;
}

/** How many units one statement writes. */
const SLICE = 10_000;

function* slicesOf(units: readonly string[]): Iterable<readonly string[]> {
  for (let start = 0; start < units.length; start += SLICE) yield units.slice(start, start + SLICE);
}

/** @returns its setting */
async function requireRollout(db: EntityManager, id: number): Promise<string> {
  const rollout = await findRolloutFields(db, id);
  if (rollout === undefined) throw notFound('rollout', id);
  return rollout.setting;
}
