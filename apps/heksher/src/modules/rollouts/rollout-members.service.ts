import { HeksherError, isStorableText, notFound, quoted } from '@heksher/core';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type Caller } from '../../caller.js';
import { Writes } from '../../writes.js';
import { Logger } from '../logging/index.js';
import { RulesetWriter } from '../ruleset/ruleset-writer.js';
import { theRollout } from './rollout-resource.js';
import {
  beginGivenUnits,
  countMembers,
  type DeletedSlice,
  deleteMembers,
  deleteOtherMembers,
  insertGivenMembers,
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

/** Of all members, so many are read, or looked at, at a time. */
const MEMBERS_AT_ONCE = 10_000;

/** Units in batches, a few in a list or many that are made as they are asked for. Some may be there more than once. */
export type Units = readonly (readonly string[])[] | Iterable<readonly string[]>;

/** Units to add, and those to remove: these, or all others than the added ones. */
export type MembersChange = Readonly<{ added: Units; removed: Units | 'others' }>;

/** How many units became members, how many of those to be added were members already, and how many are none any more. */
export type MemberCounts = Readonly<{ added: number; already: number; removed: number }>;

/** The units that a rollout always has. */
@Injectable()
export class RolloutMembersService {
  private readonly writes: Writes;

  constructor(
    private readonly dataSource: DataSource,
    writer: RulesetWriter,
    logger: Logger,
  ) {
    this.writes = new Writes(dataSource, writer, logger.child('rollouts'));
  }

  /** Carries out all of it at once. Units that are members already, or none, are no error. */
  change(id: number, change: MembersChange, caller: Caller): Promise<MemberCounts> {
    return this.writes.run(caller, theRollout(id), async (db, log) => {
      const setting = await requireRollout(db, id);
      const { given, added } = await addAll(db, id, change);
      const removed =
        change.removed === 'others' ? await removeOthers(db, id) : await removeAll(db, id, change.removed);
      log('rollout changed', { rollout_id: id, setting, attributes: 'members', added, removed });
      return { added, already: given - added, removed };
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

/** @returns how many different units there are, and how many of them were no members */
async function addAll(
  db: EntityManager,
  id: number,
  { added, removed }: MembersChange,
): Promise<Readonly<{ given: number; added: number }>> {
  if (isList(added) && removed !== 'others') {
    const units = [...new Set(added.flat())];
    return { given: units.length, added: units.length === 0 ? 0 : await insertMembers(db, id, units) };
  }
  // Each statement writes some of them only, so that none takes long.
  const counts = { given: 0, added: 0 };
  await beginGivenUnits(db);
  for (const units of added) {
    const counted = await insertGivenMembers(db, id, units);
    counts.given += counted.given;
    counts.added += counted.added;
  }
  return counts;
}

async function removeAll(db: EntityManager, id: number, removed: Units): Promise<number> {
  let count = 0;
  for (const units of removed) count += await deleteMembers(db, id, units);
  return count;
}

/** Removes all members but those that were given to `addAll`. */
async function removeOthers(db: EntityManager, id: number): Promise<number> {
  let removed = 0;
  let after: string | null = '';
  while (after !== null) {
    const slice: DeletedSlice = await deleteOtherMembers(db, id, { after, most: MEMBERS_AT_ONCE });
    removed += slice.count;
    after = slice.last;
  }
  return removed;
}

/** @returns its setting */
async function requireRollout(db: EntityManager, id: number): Promise<string> {
  const rollout = await findRolloutFields(db, id);
  if (rollout === undefined) throw notFound('rollout', id);
  return rollout.setting;
}

function isList(units: Units): units is readonly (readonly string[])[] {
  return Array.isArray(units);
}
