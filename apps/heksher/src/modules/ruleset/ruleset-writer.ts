import { setImmediate as nextTurnOfLoop } from 'node:timers/promises';
import { HeksherError } from '@heksher/core';
import {
  endBusySessions,
  inWriteTransaction,
  isDatabaseUnavailable,
  soleWriterTurn,
  type Turn,
  type WriteOrigin,
} from '@heksher/database';
import { Draft, nextOfAll, type Ruleset } from '@heksher/ruleset';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type ApprovalRule } from '../../access/approvals.js';
import { sliced, soon } from '../../in-slices.js';
import { Metrics } from '../../metrics/metrics.js';
import { Logger } from '../logging/index.js';
import { carryOut, carryOutAll } from './carry-out.store.js';
import { DecidedOn } from './decided-on.js';
import {
  type Decide,
  decided,
  type Decision,
  isEmpty,
  isKnownExactly,
  NO_IDS,
  type Written,
  type WrittenRow,
  writtenBy,
} from './decision.js';
import { rewritingTriggers } from './rewriting-triggers.store.js';
import { RulesetService } from './ruleset.service.js';
import { type Proposal, type Taken, takeAlong, WaitingWrite } from './shared-writes.js';
import { WriteStats } from './write-stats.js';
import { type WriteOperation } from '../../metrics/write-counts.js';

/** Where a write comes from, and what it is of. */
type Origin = WriteOrigin & Readonly<{ operation?: WriteOperation | undefined }>;

export const APPROVAL_RULES = Symbol('APPROVAL_RULES');

/** After a write that others were in the way of, so many go straight to the lock. */
const WRITES_BY_LOCK = 16;

/**
 * Writes that are decided on the ruleset in memory. The one statement that carries them out names the revision that they
 * were decided on: where that is not the newest any more nothing is done, and the write is decided again
 * (docs/decisions/writes-decided-in-memory.md).
 */
@Injectable()
export class RulesetWriter implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly stats: WriteStats;
  private readonly log: Logger;
  private readonly decidedOn: DecidedOn;
  private byLock = 0;
  /** Writes that may share a transaction, and wait for their turn. */
  private readonly line = new Set<WaitingWrite<unknown>>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly rulesets: RulesetService,
    /** Which settings are not changed by writes that nobody has approved. */
    @Inject(APPROVAL_RULES) readonly approvals: readonly ApprovalRule[],
    metrics: Metrics,
    logger: Logger,
  ) {
    this.log = logger.child('writes');
    this.decidedOn = new DecidedOn(rulesets.follower, this.log);
    this.stats = new WriteStats(metrics);
  }

  async onApplicationBootstrap(): Promise<void> {
    if (!this.dataSource.isInitialized) return;
    const triggers = await rewritingTriggers(this.dataSource.manager);
    if (triggers.length === 0) return;
    this.decidedOn.distrust();
    this.log.warn('triggers of the database may change what is written, so that each write is read again', {
      triggers,
    });
  }

  /** Writes of requests that were cut off would hold up the end of the pool. */
  beforeApplicationShutdown(): void {
    endBusySessions(this.dataSource);
  }

  /**
   * A decision that failed, or that changes nothing, is proved to be about the newest revision.
   * @param origin who writes, and why
   * @param isOfOneSetting it looks at one setting alone, and changes only rules of it: such writes may share a transaction
   */
  write<T>(origin: Origin, decide: Decide<T>, isOfOneSetting = false): Promise<Written<T>> {
    return this.counted(origin, () => this.writeSoon(origin, decide, isOfOneSetting));
  }

  /** Counts a write that is carried out in whatever way. */
  counted<T>({ operation }: Origin, work: () => Promise<T>): Promise<T> {
    return this.stats.counted(operation, work);
  }

  private async writeSoon<T>(origin: Origin, decide: Decide<T>, isOfOneSetting: boolean): Promise<Written<T>> {
    if (this.byLock > 0) this.byLock -= 1;
    else {
      const written = await this.writeAlone(origin, decide, isOfOneSetting);
      if (written !== undefined) return written;
      this.byLock = WRITES_BY_LOCK;
    }
    return this.writeLocked(origin, () => Promise.resolve(), decide);
  }

  /** Says that rows were written in another way. */
  fallBehind(): void {
    this.decidedOn.fallBehind();
  }

  /**
   * While all other writers wait: nothing can change between `check` and the write.
   * @param after done in the same transaction, once the write is carried out, or there is nothing to write
   */
  writeChecked<T>(...asked: Parameters<typeof this.writeLocked<T>>): Promise<Written<T>> {
    return this.counted(asked[0], () => this.writeLocked<T>(...asked));
  }

  private async writeLocked<T>(
    origin: Origin,
    check: (db: EntityManager) => Promise<void>,
    decide: Decide<T>,
    after: (db: EntityManager, written: Written<T>) => Promise<void> = () => Promise.resolve(),
  ): Promise<Written<T>> {
    const beganAt = performance.now();
    const { draft, decision, row } = await inWriteTransaction(this.dataSource, origin, async (db, token) => {
      this.stats.waitedSince(beganAt);
      await check(db);
      const ruleset = await this.rulesets.follower.reach(token);
      const draft = new Draft(ruleset);
      const decision = await soon(decided(draft, decide));
      const { result } = decision;
      if (isEmpty(decision.rows)) {
        await after(db, { result, revision: ruleset.revision, ids: NO_IDS });
        return { draft, decision, row: undefined };
      }
      const row = await carryOut(db, ruleset, origin, decision.rows);
      if (row === undefined) throw new HeksherError('unavailable', 'the database is changing; try again');
      await after(db, writtenBy(decision, row));
      return { draft, decision, row };
    });
    if (row === undefined) return { result: decision.result, revision: draft.base.revision, ids: NO_IDS };
    const written = writtenBy(decision, row);
    await this.decidedOn.goAlong(draft, decision.rows, written);
    return written;
  }

  /** The draft that a write on the newest revision would carry out. */
  async draft<T>(decide: Decide<T>): Promise<Readonly<{ draft: Draft; result: T }>> {
    const draft = new Draft(await this.decidedOn.newest());
    return { draft, result: await sliced(decide(draft)) };
  }

  /** Decides on the newest revision, and does nothing: for what mostly changes nothing, so that it needs no turn. */
  async look<T>(decide: Decide<T>): Promise<T> {
    return (await this.draft(decide)).result;
  }

  /**
   * Undefined: the ruleset is not the newest.
   * @param sharesAlong whether it may take along others that wait
   */
  private async attempt<T>(
    ruleset: Ruleset,
    origin: WriteOrigin,
    decide: Decide<T>,
    sharesAlong: boolean,
  ): Promise<Attempt<T> | undefined> {
    const draft = new Draft(ruleset);
    let decision: Decision<T>;
    try {
      decision = await soon(decided(draft, decide));
    } catch (error) {
      if (!(error instanceof HeksherError) || (await this.decidedOn.isNewest(ruleset))) throw error;
      return undefined;
    }
    const { result, rows } = decision;
    if (isEmpty(rows)) {
      const written = { result, revision: ruleset.revision, ids: NO_IDS };
      return (await this.decidedOn.isNewest(ruleset)) ? { written, goAlong: () => Promise.resolve() } : undefined;
    }
    const taken = sharesAlong && isKnownExactly(rows) ? await takeAlong(draft, this.line) : [];
    if (taken.length > 0) {
      const attempt = await this.attemptAll({ origin, draft, decision }, taken);
      if (attempt !== 'alone') return attempt;
    }
    const row = await carryOut(this.dataSource.manager, ruleset, origin, rows);
    if (row === undefined) return undefined;
    const written = writtenBy(decision, row);
    return { written, goAlong: () => this.decidedOn.goAlong(draft, rows, written) };
  }

  /** The write and those taken along in one transaction. Where the database refuses one of them each is `alone`: nobody's failure is another's. */
  private async attemptAll<T>(own: Proposal<T>, taken: readonly Taken[]): Promise<Attempt<T> | undefined | 'alone'> {
    const { draft, decision } = own;
    const proposals = [own, ...taken.map(({ proposal }) => proposal)];
    let rows: readonly WrittenRow[] | undefined;
    try {
      rows = await carryOutAll(this.dataSource.manager, draft.base, proposals);
    } catch (error) {
      // Where the database is away, whether they were committed is not known.
      const mayBeDone = isDatabaseUnavailable(error);
      for (const { waiting } of taken) {
        if (mayBeDone) waiting.fail(error);
        else waiting.end('alone');
      }
      if (mayBeDone) throw error;
      return 'alone';
    }
    const tell = () => taken.forEach(({ waiting }, index) => waiting.end(rows?.[index + 1]));
    const [row] = rows ?? [];
    const last = rows?.at(-1);
    if (rows === undefined || row === undefined || last === undefined) {
      tell();
      return undefined;
    }
    const drafts = rows.flatMap((each, index) => {
      const proposal = proposals[index];
      return proposal === undefined ? [] : [{ draft: proposal.draft, ids: writtenBy(proposal.decision, each).ids }];
    });
    const goAlong = () =>
      this.decidedOn.advance(draft.base, nextOfAll(draft.base, drafts, { seq: last.seq, token: last.token }));
    return { written: writtenBy(decision, row), goAlong, tell };
  }

  /** Its turn; a write that was taken along need not have one, and is told of what became of it. */
  private async turnOf(waiting: WaitingWrite<unknown> | undefined): Promise<Turn> {
    if (waiting === undefined) return soleWriterTurn(this.dataSource);
    this.line.add(waiting);
    const turn = soleWriterTurn(this.dataSource);
    try {
      const mine = await Promise.race([turn, waiting.gone]);
      if (mine !== undefined) return mine;
      turn.then(
        ({ end }) => end(),
        () => undefined,
      );
      return NO_TURN;
    } catch (error) {
      if (!waiting.isTaken || (await waiting.outcome().catch(() => undefined)) === 'alone') throw error;
      return NO_TURN;
    } finally {
      this.line.delete(waiting);
    }
  }

  /**
   * One after another, as those of one replica would only be in each other's way. Undefined: others were. The next write goes to the database
   * before this one is answered; where there is none, the answer goes before what need only be done before the next.
   */
  private async writeAlone<T>(
    origin: WriteOrigin,
    decide: Decide<T>,
    isShared: boolean,
  ): Promise<Written<T> | undefined> {
    const beganAt = performance.now();
    const waiting = isShared && origin.span === undefined ? new WaitingWrite(origin, decide) : undefined;
    const turn = await this.turnOf(waiting);
    this.stats.waitedSince(beganAt);
    let isOver = true;
    try {
      const wasTaken = waiting?.isTaken === true;
      if (wasTaken) {
        const outcome = await waiting.outcome();
        if (outcome !== 'alone') return outcome;
      }
      const ruleset = await this.decidedOn.likely();
      const attempt = await this.attempt(ruleset, origin, decide, waiting !== undefined && !wasTaken);
      if (attempt === undefined) return undefined;
      const { written, goAlong, tell } = attempt;
      if (tell !== undefined || turn.isWanted()) {
        await goAlong();
        turn.end();
        await nextTurnOfLoop();
        tell?.();
      } else {
        process.nextTick(() => void goAlong().finally(turn.end));
      }
      isOver = false;
      return written;
    } finally {
      if (isOver) turn.end();
    }
  }
}

/** A write that was carried out; `goAlong` is to be called before the next one is decided, and `tell` where it took others along. */
type Attempt<T> = Readonly<{ written: Written<T>; goAlong: () => Promise<void>; tell?: () => void }>;

const NO_TURN: Turn = { isWanted: () => false, end: () => undefined };
