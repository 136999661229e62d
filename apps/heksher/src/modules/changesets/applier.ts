import { forEachInSteps, HeksherError, type InSteps, jsonText, rawJson, type Writable, writeJson } from '@heksher/core';
import { type Draft, type IdsOf, type Operation, provisionalIds } from '@heksher/ruleset';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { approvalsNeeded, requireNoApproval, reviewedAmong, settingsNamedBy } from '../../access/approvals.js';
import { type Caller } from '../../caller.js';
import { type NamedRevision, parseRevision, requireRevision } from '../../named-revision.js';
import { type Around, NOTHING_YET, revisionText, Writes } from '../../writes.js';
import { affectedOf } from '../effect/affected.js';
import { ContextSample } from '../evaluation/context-sample.js';
import { Logger } from '../logging/index.js';
import { RulesetWriter } from '../ruleset/ruleset-writer.js';
import { type Approval, approvalsIn, failureOf } from './changeset-answer.js';
import { type Decision, type StoredChangeset } from './changesets.store.js';
import { digestOf, type Plan, planOf, resultsAnswer, undoAnswer } from './plan.js';
import { notApproved } from './refusals.js';
import { type Touch, touchedBy, TouchedRows, touchedError, touchKey, tooMuchTouched } from './touched.js';
import { findRowsSince, type LoggedRow } from './touched.store.js';

/** What a set must not have been touched since; with heads, also what its values are checked against. */
export type Since = Readonly<{
  revision: NamedRevision;
  withHeads: boolean;
  name: string;
  /** Later changes that are no hindrance, by what they are of: the newest revision of each. */
  accepted?: ReadonlyMap<string, number>;
}>;

/** A set on its way into the database. */
export type Application = Readonly<{
  operations: readonly Operation[];
  since: Since | undefined;
  /** The approvals that it needs and has; undefined: it is refused where it needs any. */
  approved?: Readonly<{ changeset: StoredChangeset; needed: number }> | undefined;
}>;

/** What is done in the same transaction as a set, and what is then known of it. */
export type Within = Readonly<{
  before: (db: EntityManager) => Promise<void>;
  after: (db: EntityManager, decision: Decision) => Promise<void>;
}>;

/** @property names null: something that belongs to all settings */
export type Scope = Readonly<{ names: ReadonlySet<string | null>; needed: number }>;

type Touched = Readonly<{ rows: readonly LoggedRow[] | undefined; since: Since }>;

/** Carries operations out as one, and says what they would come to. */
@Injectable()
export class Applier {
  private readonly writes: Writes;

  constructor(
    private readonly dataSource: DataSource,
    private readonly sample: ContextSample,
    private readonly writer: RulesetWriter,
    logger: Logger,
  ) {
    this.writes = new Writes(dataSource, writer, logger.child('changesets'), []);
  }

  /** The settings that operations name, as they are called now, and how many approvals they need. */
  scopeOf(operations: readonly Operation[]): Promise<Scope> {
    const { approvals } = this.writer;
    return this.writes.look(function* (draft) {
      const names = yield* settingsNamedBy(draft, operations);
      const needed = approvalsNeeded(approvals, yield* settingsNamedBy(draft, reviewedAmong(operations)));
      return { names, needed };
    });
  }

  /** What settings are called now by names that they have or had; null stays. */
  namesNow(names: readonly (string | null)[]): Promise<readonly (string | null)[]> {
    return this.writes.look(function* (draft) {
      const found: (string | null)[] = [];
      yield* forEachInSteps(names, (name) => found.push(name && (draft.setting(name)?.name ?? name)));
      return found;
    });
  }

  /** What `work` finds of what was written since, and of what is there now; with the revision of that. Throws `conflict` where too much was written. */
  async lookSince<T>(
    since: Since,
    work: (draft: Draft, log: TouchedRows) => InSteps<T>,
  ): Promise<Readonly<{ found: T; revision: string }>> {
    const touched = await this.touchedSince(this.dataSource.manager, since);
    const rows = touched?.rows;
    if (rows === undefined) throw tooMuchTouched(since.name);
    return this.writes.look(function* (draft) {
      const found = yield* work(draft, yield* TouchedRows.of(rows));
      return { found, revision: revisionText(draft.base.revision) };
    });
  }

  /** What would become of it; nothing is written. */
  async preview({ operations, since }: Application): Promise<Writable> {
    const touched = await this.touchedSince(this.dataSource.manager, since);
    const contexts = this.sample.isOn ? this.sample.contexts() : undefined;
    return this.writes.look(function* (draft) {
      const { results, undo } = yield* planOf(draft, operations);
      yield* requireUntouched(draft, touched);
      return {
        dry_run: true,
        revision: revisionText(draft.base.revision),
        results: resultsAnswer(results, undefined),
        undo: undoAnswer(undo),
        affected: rawJson(yield* affectedOf(draft, { atMs: Date.now(), contexts })),
      };
    });
  }

  /** Most sets of declarations find what they declare, when a program starts: they need no turn as a writer, and leave no trace. */
  async declaredAlready(operations: readonly Operation[]): Promise<Writable | undefined> {
    if (!isDeclaring(operations)) return undefined;
    return this.writes.look(function* (draft) {
      const { results, undo } = yield* planOf(draft, operations);
      const isNews = (result: Plan['results'][number]): boolean =>
        result.kind === 'declaration' && (result.result.kind === 'created' || result.result.kind === 'upgraded');
      if (results.some(isNews)) return undefined;
      return {
        ...{ dry_run: false, revision: revisionText(draft.base.revision), results: resultsAnswer(results, undefined) },
        ...{ undo: undoAnswer(undo), affected: { settings: [], omitted: 0 } },
      };
    });
  }

  /** What a set that waits would change now, or why it would fail, and what an approval of that is bound to. */
  async outlook(
    changeset: StoredChangeset,
    operations: readonly Operation[],
  ): Promise<Readonly<{ digest: string }> & Readonly<Record<string, Writable>>> {
    const touched = await this.touchedSince(this.dataSource.manager, sinceOf(changeset.ifRevision));
    try {
      return await this.writes.look(function* (draft) {
        yield* planOf(draft, operations);
        yield* requireUntouched(draft, touched);
        const { digest, affected } = yield* seenAs(draft, changeset);
        return { digest, affected: rawJson(affected) };
      });
    } catch (error) {
      if (!(error instanceof HeksherError) || error.code === 'unavailable') throw error;
      const conflicts = writeJson(failureOf(error));
      return {
        digest: digestOf(changeset.operations, jsonText(conflicts), NO_IDS),
        conflicts: rawJson(conflicts),
      };
    }
  }

  /** All of the operations, in one transaction, or none. What was approved must be what they do at that moment. */
  async carryOut(
    caller: Caller,
    { operations, since, approved }: Application,
    within: Within,
  ): Promise<Readonly<Record<string, Writable>>> {
    const { approvals: rules } = this.writer;
    let touched: Touched | undefined;
    let answer: Readonly<Record<string, Writable>> = {};
    const around: Around<Plan> = {
      before: async (db) => {
        await within.before(db);
        touched = await this.touchedSince(db, since);
      },
      after: async (db, { result: plan, ids, revision }) => {
        const [result, undo] = [writeJson(resultsAnswer(plan.results, ids)), writeJson(undoAnswer(plan.undo))];
        const seq = Number(revision.seq);
        answer = { seq, revision: revisionText(revision), results: rawJson(result), undo: rawJson(undo) };
        await within.after(db, { state: 'applied', seq, result, undo });
      },
    };
    const action = isDeclaring(operations) ? 'declare' : 'write';
    await this.writes.decide(
      { ...caller, ...(caller.action !== undefined && { action }) },
      NOTHING_YET,
      function* (draft, log) {
        if (approved === undefined) requireNoApproval(rules, yield* settingsNamedBy(draft, reviewedAmong(operations)));
        const plan = yield* planOf(draft, operations);
        yield* requireUntouched(draft, touched);
        if (approved !== undefined) yield* requireApprovals(draft, approved);
        log('change set applied', { operations: operations.length });
        return plan;
      },
      around,
    );
    return answer;
  }

  private async touchedSince(db: EntityManager, since: Since | undefined): Promise<Touched | undefined> {
    if (since === undefined) return undefined;
    try {
      await requireRevision(db, since.revision, { field: 'if_revision', pointer: '/if_revision' });
    } catch (error) {
      if (!(error instanceof HeksherError) || error.code !== 'precondition_failed') throw error;
      throw new HeksherError('conflict', error.message, { errors: error.errors });
    }
    return { rows: await findRowsSince(db, since.revision.seq), since };
  }
}

/** A set of nothing but declarations needs no other grant than these do. */
export function isDeclaring(operations: readonly Operation[]): boolean {
  return operations.every(({ op }) => op === 'declare');
}

/** @param revision as it was given with a set */
export function sinceOf(revision: NamedRevision | string | null | undefined): Since | undefined {
  if (revision === null || revision === undefined) return undefined;
  const named = typeof revision === 'string' ? parseRevision(revision, 'if_revision') : revision;
  return { revision: named, withHeads: true, name: named.text };
}

function* requireUntouched(draft: Draft, touched: Touched | undefined): InSteps<void> {
  if (touched === undefined) return;
  const { rows, since } = touched;
  if (rows === undefined) throw tooMuchTouched(since.name);
  const isUnseen = ({ kind, key, row }: Touch): boolean => (since.accepted?.get(touchKey(kind, key)) ?? 0) < row.seq;
  const touches = (yield* touchedBy(draft, rows, since.withHeads)).filter(isUnseen);
  if (touches.length > 0) throw touchedError(touches, since.name);
}

/** Throws `conflict` where the draft does not what so many have approved. */
function* requireApprovals(draft: Draft, { changeset, needed }: NonNullable<Application['approved']>): InSteps<void> {
  const approvals = approvalsIn(changeset);
  if (approvals.length < needed) {
    throw notApproved(`the change set has ${approvals.length} of the ${needed} approvals that it needs`);
  }
  if (approvals.length === 0) return;
  const { digest } = yield* seenAs(draft, changeset);
  const isSeen = (approval: Approval): boolean => approval.digest === digest;
  if (approvals.filter(isSeen).length >= needed) return;
  throw notApproved('what the change set would change is not what was approved: it must be approved again');
}

/** Ramps are looked at as of when the set was made, so that the digest does not change with the clock. */
function* seenAs(draft: Draft, { createdAt, operations }: StoredChangeset) {
  const affected = yield* affectedOf(draft, { atMs: Date.parse(createdAt) });
  return { digest: digestOf(operations, affected, provisionalIds(draft.base)), affected };
}

const NO_IDS: IdsOf = { rule: (id) => id, rollout: (id) => id };
