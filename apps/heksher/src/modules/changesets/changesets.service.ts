import { type Writable } from '@heksher/core';
import { inWriteTransaction } from '@heksher/database';
import { findSetting } from '@heksher/ruleset';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { requireGrantedOn } from '../../access/granted-writes.js';
import { admits, isAll } from '../../access/grants.js';
import { type Caller } from '../../caller.js';
import { Logger } from '../logging/index.js';
import { RulesetService } from '../ruleset/ruleset.service.js';
import { type Application, Applier, type Since, sinceOf, type Within } from './applier.js';
import { noteChangeset } from './changeset-events.store.js';
import { type GivenChangeset, type GivenOperations } from './changeset-input.js';
import {
  decideChangeset,
  insertChangeset,
  type ListedChangeset,
  listChangesets,
  type NewChangeset,
  type State,
} from './changesets.store.js';
import { PENDING, requireUnchanged, requireWithin, ReviewService } from './review.service.js';

/** An answer with its status. */
export type Answered = Readonly<{ status: number; body: Writable }>;

const USUAL_DELAY_S = 3_600;

/** Many changes as one: all of them or none, in one transaction, at once or later, perhaps after others have looked at them. */
@Injectable()
export class ChangesetsService {
  private readonly log: Logger;

  constructor(
    private readonly dataSource: DataSource,
    private readonly applier: Applier,
    private readonly reviews: ReviewService,
    private readonly rulesets: RulesetService,
    logger: Logger,
  ) {
    this.log = logger.child('changesets');
  }

  async create(given: GivenChangeset, caller: Caller): Promise<Answered> {
    const { operations, applyAt, maxDelay, ifRevision, isDryRun, isProposal } = given;
    const by = given.message === undefined ? caller : { ...caller, message: given.message };
    const since = sinceOf(ifRevision);
    const application = { operations: operations.list, since };
    const scope = await this.reviews.allowed(operations.list, caller, 'propose');
    const { needed, settings } = scope;
    if (isDryRun) return { status: 200, body: await this.applier.preview(application) };
    const fields = {
      ...{ operations: operations.text, settings, message: by.message ?? null, authors: authorsOf(by) },
      ...{ ifRevision: ifRevision?.text ?? null, applyAt: applyAt ?? null, maxDelay },
    };
    if (isProposal || needed > 0) return this.keep({ ...fields, state: 'proposed' }, needed, by);
    requireWithin(scope, operations.list, caller, 'write');
    if (applyAt !== undefined) return this.keep({ ...fields, state: 'scheduled' }, needed, by);
    const unchanged = await this.applier.declaredAlready(operations.list);
    if (unchanged !== undefined) return { status: 200, body: unchanged };
    return this.applyNew(application, fields, by);
  }

  /** Throws `forbidden` where changes of what was called so once may not be proposed; null: something that belongs to all settings. */
  async requireProposable(names: readonly (string | null)[], caller: Caller): Promise<void> {
    requireGrantedOn({ ...caller, action: 'propose' }, await this.applier.namesNow(names));
  }

  /** Applies operations that take a transaction back, as a change set of its own. */
  async revert(
    operations: GivenOperations,
    since: Since,
    { ifRevision, isDryRun }: Readonly<{ ifRevision: string; isDryRun: boolean }>,
    caller: Caller,
  ): Promise<Answered> {
    const application = { operations: operations.list, since };
    const scope = await this.reviews.allowed(operations.list, caller, 'propose');
    const { needed, settings } = scope;
    if (isDryRun) return { status: 200, body: await this.applier.preview(application) };
    const by = { ...caller, message: caller.message ?? `Revert revision ${since.revision.seq}` };
    const fields = {
      ...{ operations: operations.text, settings, message: by.message, authors: authorsOf(by) },
      ...{ ifRevision, applyAt: null, maxDelay: USUAL_DELAY_S },
    };
    if (needed > 0) return this.keep({ ...fields, state: 'proposed' }, needed, by);
    requireWithin(scope, operations.list, caller, 'write');
    return this.applyNew(application, fields, by);
  }

  /** Newest first; with whether all that they are about may be read by the caller. */
  async list(
    page: Readonly<{ state: State | undefined; before: number | undefined; limit: number }>,
    { principal }: Caller,
  ): Promise<readonly Readonly<{ changeset: ListedChangeset; isVisible: boolean }>[]> {
    const granted = principal?.permissions.read;
    const found = await listChangesets(this.dataSource.manager, page);
    if (granted === undefined || isAll(granted)) return found.map((changeset) => ({ changeset, isVisible: true }));
    const { ruleset } = await this.rulesets.follower.checked();
    const mayRead = (name: string): boolean => admits(granted, findSetting(ruleset, name)?.name ?? name);
    return found.map((changeset) => ({ changeset, isVisible: changeset.settings?.every(mayRead) ?? false }));
  }

  /** Now: an approved one, also one that is scheduled for later, or one that needs no approval. */
  async apply(id: number, caller: Caller): Promise<Writable> {
    const { changeset, operations, needed } = await this.reviews.review(id, caller, 'write');
    const by = { ...caller, ...(changeset.message !== null && { message: changeset.message }) };
    const application = { operations, since: sinceOf(changeset.ifRevision), approved: { changeset, needed } };
    const applied = await this.applier.carryOut(by, application, {
      before: (db) => requireUnchanged(db, changeset, PENDING, 'applied'),
      after: async (db, decision) => {
        await decideChangeset(db, id, decision);
        await noteChangeset(db, id, 'applied', caller.actor);
      },
    });
    return { changeset_id: id, state: 'applied', ...applied };
  }

  private async keep(given: NewChangeset, needed: number, { request_id, actor }: Caller): Promise<Answered> {
    const { state, applyAt } = given;
    const id = await inWriteTransaction(this.dataSource, {}, async (db) => {
      const made = await insertChangeset(db, given);
      await noteChangeset(db, made, state, actor);
      return made;
    });
    this.log.info(`change set ${state}`, { changeset_id: id, request_id });
    const body = { changeset_id: id, state, approvals_needed: needed, apply_at: applyAt ?? undefined };
    return { status: 201, body };
  }

  private async applyNew(
    application: Application,
    fields: Omit<NewChangeset, 'state'>,
    caller: Caller,
  ): Promise<Answered> {
    let id = 0;
    const within: Within = {
      before: () => Promise.resolve(),
      after: async (db, decision) => {
        id = await insertChangeset(db, { ...fields, state: 'applied' }, decision);
        await noteChangeset(db, id, 'applied', caller.actor);
      },
    };
    const applied = await this.applier.carryOut(caller, application, within);
    return { status: 201, body: { changeset_id: id, state: 'applied', ...applied } };
  }
}

function authorsOf({ actor }: Caller): readonly string[] {
  return actor === undefined ? [] : [actor];
}
