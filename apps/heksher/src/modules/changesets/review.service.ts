import { HeksherError, type InSteps, isSettingName, parseJsonInSteps, type Writable, writeJson } from '@heksher/core';
import { inWriteTransaction } from '@heksher/database';
import { type Operation } from '@heksher/ruleset';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type Action } from '../../access/grants.js';
import { requireGrantedOn } from '../../access/granted-writes.js';
import { type Caller } from '../../caller.js';
import { sliced } from '../../in-slices.js';
import { Logger } from '../logging/index.js';
import { Applier, isDeclaring } from './applier.js';
import { approvalsIn, changesetAnswer } from './changeset-answer.js';
import { noteChangeset } from './changeset-events.store.js';
import { type GivenEdit } from './changeset-input.js';
import {
  decideChangeset,
  findChangeset,
  reviseChangeset,
  type State,
  type StoredChangeset,
} from './changesets.store.js';
import { parseOperations } from './operations.js';
import { notApproved, StateChanged } from './refusals.js';

/** The states of sets that are not decided on yet. */
export const PENDING: readonly State[] = ['proposed', 'approved', 'scheduled'];

/** How many approvals operations need now, and what they are about: by names, null for what belongs to all settings, and as it is stored. */
export type Scope = Readonly<{ names: ReadonlySet<string | null>; needed: number; settings: readonly string[] }>;

export type Reviewed = Readonly<{ changeset: StoredChangeset; operations: readonly Operation[] }> & Scope;

/** Looking at sets that wait, and deciding on them. */
@Injectable()
export class ReviewService {
  private readonly log: Logger;

  constructor(
    private readonly dataSource: DataSource,
    private readonly applier: Applier,
    logger: Logger,
  ) {
    this.log = logger.child('changesets');
  }

  /** With what it would change now, where it is not decided yet. */
  async find(id: number, caller: Caller): Promise<Writable> {
    const { changeset, operations, needed } = await this.review(id, caller, 'read');
    const members = changesetAnswer(changeset);
    if (!PENDING.includes(changeset.state)) return members;
    return { ...members, approvals_needed: needed, ...(await this.applier.outlook(changeset, operations)) };
  }

  async approve(id: number, digest: string, caller: Caller): Promise<Writable> {
    const { changeset, operations, needed } = await this.review(id, caller, 'approve');
    const outlook = await this.applier.outlook(changeset, operations);
    const actor = requireApprover(changeset, caller);
    const state = await this.transition(changeset, ['proposed'], 'approved', async (db) => {
      if (outlook.digest !== digest) {
        throw notApproved('what the change set would change is not what was seen: look at it again', '/digest');
      }
      const approvals = approvalsIn(changeset);
      if (approvals.some((approval) => approval.actor === actor)) {
        throw notApproved(`${JSON.stringify(actor)} has approved it already`);
      }
      const all = [...approvals, { actor, at: new Date().toISOString(), digest }];
      const next = all.length < needed ? 'proposed' : changeset.applyAt === null ? 'approved' : 'scheduled';
      await decideChangeset(db, id, { state: next, approvals: writeJson(all) });
      if (next !== 'proposed') await noteChangeset(db, id, 'approved', actor);
      return next;
    });
    this.log.info('change set approved', { changeset_id: id, state, actor, request_id: caller.request_id });
    return this.find(id, caller);
  }

  withdraw(id: number, caller: Caller): Promise<Writable> {
    return this.close(id, 'withdrawn', caller, actionOnOwn);
  }

  reject(id: number, caller: Caller): Promise<Writable> {
    return this.close(id, 'rejected', caller, 'approve');
  }

  /** Approvals are dropped: they were of something else. */
  async edit(id: number, edit: GivenEdit, caller: Caller): Promise<Writable> {
    const { changeset, ...before } = await this.review(id, caller, actionOnOwn);
    const operations = edit.operations ?? { text: changeset.operations, list: before.operations };
    const { needed, settings } =
      edit.operations === undefined ? before : await this.allowed(operations.list, caller, 'propose');
    const applyAt = edit.applyAt === undefined ? changeset.applyAt : edit.applyAt;
    const isFree = needed === 0 && changeset.state === 'scheduled' && applyAt !== null;
    if (isFree) await this.allowed(operations.list, caller, 'write');
    await this.transition(changeset, PENDING, 'edited', async (db) => {
      const editor = caller.actor === undefined || changeset.authors.includes(caller.actor) ? [] : [caller.actor];
      await reviseChangeset(db, id, {
        state: isFree ? 'scheduled' : 'proposed',
        operations: operations.text,
        settings,
        message: edit.message === undefined ? changeset.message : edit.message,
        authors: [...changeset.authors, ...editor],
        ifRevision: changeset.ifRevision,
        applyAt,
        maxDelay: edit.maxDelay ?? changeset.maxDelay,
      });
      await noteChangeset(db, id, isFree ? 'scheduled' : 'proposed', caller.actor);
    });
    return this.find(id, caller);
  }

  /** Throws `forbidden` where the action is not granted on all settings that the operations name. */
  async allowed(operations: readonly Operation[], caller: Caller, action: Action): Promise<Scope> {
    const { names, needed } = await this.applier.scopeOf(operations);
    requireWithin({ names }, operations, caller, action);
    const settings = [...names].flatMap((name) => (name === null ? ['*'] : isSettingName(name) ? [name] : []));
    return { names, needed, settings };
  }

  /** Throws `not_found`, and `forbidden` as `allowed` does. */
  async review(id: number, caller: Caller, action: Action | typeof actionOnOwn): Promise<Reviewed> {
    const changeset = await requireChangeset(this.dataSource.manager, id);
    const operations = await sliced(storedOperations(changeset.operations));
    const needed = typeof action === 'string' ? action : action(changeset, caller);
    return { changeset, operations, ...(await this.allowed(operations, caller, needed)) };
  }

  private async close(
    id: number,
    state: 'withdrawn' | 'rejected',
    caller: Caller,
    action: Parameters<typeof this.review>[2],
  ): Promise<Writable> {
    const { changeset } = await this.review(id, caller, action);
    await this.transition(changeset, PENDING, state, async (db) => {
      await decideChangeset(db, id, { state });
      await noteChangeset(db, id, state, caller.actor);
    });
    this.log.info(`change set ${state}`, { changeset_id: id, request_id: caller.request_id });
    return this.find(id, caller);
  }

  /** In a turn as a writer, for the order of events. Throws StateChanged where somebody else was first. */
  transition<T>(
    changeset: StoredChangeset,
    from: readonly State[],
    to: string,
    work: (db: EntityManager) => Promise<T>,
  ): Promise<T> {
    return inWriteTransaction(this.dataSource, {}, async (db) => {
      await requireUnchanged(db, changeset, from, to);
      return work(db);
    });
  }
}

/** Throws `forbidden` where the action is not granted on all that the operations are about. */
export function requireWithin(
  { names }: Pick<Scope, 'names'>,
  operations: readonly Operation[],
  caller: Caller,
  action: Action,
): void {
  const isWriting = action === 'write' || action === 'propose';
  requireGrantedOn({ ...caller, action: isWriting && isDeclaring(operations) ? 'declare' : action }, names);
}

/** Who made or edited a set may change and withdraw it; else only who could also carry it out. */
function actionOnOwn({ authors }: StoredChangeset, { actor }: Caller): Action {
  return actor !== undefined && authors.includes(actor) ? 'propose' : 'write';
}

async function requireChangeset(db: EntityManager, id: number): Promise<StoredChangeset> {
  const changeset = await findChangeset(db, id);
  if (changeset !== undefined) return changeset;
  const message = `the change set ${id} does not exist`;
  throw new HeksherError('not_found', message, {
    errors: [{ field: 'id', parameter: 'id', message, code: 'changeset_not_found' }],
  });
}

/** Holds the row, so that one of several who decide on it is the first. */
export async function requireUnchanged(
  db: EntityManager,
  { id, revised, approvals }: StoredChangeset,
  from: readonly State[],
  to: string,
): Promise<void> {
  const present = await findChangeset(db, id, { lock: true });
  if (present === undefined || !from.includes(present.state)) throw new StateChanged(id, present?.state, to);
  if (present.revised === revised && present.approvals === approvals) return;
  throw new StateChanged(id, present.state, to, 'it was changed meanwhile: look at it again');
}

function requireApprover({ authors }: StoredChangeset, { actor }: Caller): string {
  const refuse = (why: string): HeksherError => notApproved(`the change set cannot be approved: ${why}`);
  if (actor === undefined) throw refuse('it is not known who asks');
  if (authors.length === 0) throw refuse('it is not known who made it');
  if (authors.includes(actor)) throw refuse('who made or edited it cannot approve it');
  return actor;
}

function* storedOperations(text: string): InSteps<readonly Operation[]> {
  return yield* parseOperations(yield* parseJsonInSteps(text));
}
