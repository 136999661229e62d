import { setImmediate as nextTurnOfLoop } from 'node:timers/promises';
import { HeksherError, type InSteps } from '@heksher/core';
import {
  endBusySessions,
  inWriteTransaction,
  pgErrorCode,
  READ_ONLY_TRANSACTION,
  runPreparedRow,
  soleWriterTurn,
  type WriteOrigin,
} from '@heksher/database';
import {
  Draft,
  type IdsOf,
  type NewIds,
  nextOf,
  type Revision,
  type Rows,
  rowsOf,
  type Ruleset,
} from '@heksher/ruleset';
import { type BeforeApplicationShutdown, Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type ApprovalRule } from '../../access/approvals.js';
import { sliced, soon } from '../../in-slices.js';
import { Metrics } from '../../metrics/metrics.js';
import { Logger } from '../logging/index.js';
import { revisionOf } from './loading.js';
import { RulesetService } from './ruleset.service.js';
import { WriteStats } from './write-stats.js';
import { type WriteOperation } from '../../metrics/write-counts.js';

/** Where a write comes from, and what it is of. */
type Origin = WriteOrigin & Readonly<{ operation?: WriteOperation | undefined }>;

export const APPROVAL_RULES = Symbol('APPROVAL_RULES');

/** Checks and changes a draft. It may be done again on a newer ruleset, so that it must have no other effect. */
export type Decide<T> = (draft: Draft) => InSteps<T>;

/** What a write made: its result, the revision that it left, and the ids of what is new in the draft. */
export type Written<T> = Readonly<{ result: T; revision: Revision; ids: IdsOf }>;

/** After a write that others were in the way of, so many go straight to the lock. */
const WRITES_BY_LOCK = 16;

/**
 * Writes that are decided on the ruleset in memory. The one statement that carries them out names the revision that they
 * were decided on: where that is not the newest any more nothing is done, and the write is decided again
 * (docs/decisions/writes-decided-in-memory.md).
 */
@Injectable()
export class RulesetWriter implements BeforeApplicationShutdown {
  readonly stats: WriteStats;
  private readonly log: Logger;
  private byLock = 0;
  /** Whether the ruleset in memory did not go along with a write. */
  private isBehind = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly rulesets: RulesetService,
    /** Which settings are not changed by writes that nobody has approved. */
    @Inject(APPROVAL_RULES) readonly approvals: readonly ApprovalRule[],
    metrics: Metrics,
    logger: Logger,
  ) {
    this.log = logger.child('writes');
    this.stats = new WriteStats(metrics);
  }

  /** Writes of requests that were cut off would hold up the end of the pool. */
  beforeApplicationShutdown(): void {
    endBusySessions(this.dataSource);
  }

  /**
   * A decision that failed, or that changes nothing, is proved to be about the newest revision.
   * @param origin who writes, and why
   */
  write<T>(origin: Origin, decide: Decide<T>): Promise<Written<T>> {
    return this.counted(origin, () => this.writeSoon(origin, decide));
  }

  /** Counts a write that is carried out in whatever way. */
  counted<T>({ operation }: Origin, work: () => Promise<T>): Promise<T> {
    return this.stats.counted(operation, work);
  }

  private async writeSoon<T>(origin: Origin, decide: Decide<T>): Promise<Written<T>> {
    if (this.byLock > 0) this.byLock -= 1;
    else {
      const written = await this.writeAlone(origin, decide);
      if (written !== undefined) return written;
      this.byLock = WRITES_BY_LOCK;
    }
    return this.writeLocked(origin, () => Promise.resolve(), decide);
  }

  /** Says that rows were written in another way. */
  fallBehind(): void {
    this.isBehind = true;
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
      const row = await this.carryOut(db, ruleset, origin, decision.rows);
      if (row === undefined) throw new HeksherError('unavailable', 'the database is changing; try again');
      await after(db, { result, revision: revisionIn(row), ids: idsOf(decision.added, row) });
      return { draft, decision, row };
    });
    const { result, added } = decision;
    if (row === undefined) return { result, revision: draft.base.revision, ids: NO_IDS };
    const written = { result, revision: revisionIn(row), ids: idsOf(added, row) };
    await this.goAlong(draft, decision.rows, written);
    return written;
  }

  /** The draft that a write on the newest revision would carry out. */
  async draft<T>(decide: Decide<T>): Promise<Readonly<{ draft: Draft; result: T }>> {
    const draft = new Draft(await this.newest());
    return { draft, result: await sliced(decide(draft)) };
  }

  /** Decides on the newest revision, and does nothing: for what mostly changes nothing, so that it needs no turn. */
  async look<T>(decide: Decide<T>): Promise<T> {
    return (await this.draft(decide)).result;
  }

  /** Undefined: the ruleset is not the newest. */
  private async attempt<T>(ruleset: Ruleset, origin: WriteOrigin, decide: Decide<T>): Promise<Attempt<T> | undefined> {
    const draft = new Draft(ruleset);
    let decision: Decision<T>;
    try {
      decision = await soon(decided(draft, decide));
    } catch (error) {
      if (!(error instanceof HeksherError) || (await this.isNewest(ruleset))) throw error;
      return undefined;
    }
    const { result, rows, added } = decision;
    if (isEmpty(rows)) {
      const written = { result, revision: ruleset.revision, ids: NO_IDS };
      return (await this.isNewest(ruleset)) ? { written, goAlong: () => Promise.resolve() } : undefined;
    }
    const row = await this.carryOut(this.dataSource.manager, ruleset, origin, rows);
    if (row === undefined) return undefined;
    const written = { result, revision: revisionIn(row), ids: idsOf(added, row) };
    return { written, goAlong: () => this.goAlong(draft, rows, written) };
  }

  /**
   * One after another, as those of one replica would only be in each other's way. Undefined: others were. The next write goes to the database
   * before this one is answered; where there is none, the answer goes before what need only be done before the next.
   */
  private async writeAlone<T>(origin: WriteOrigin, decide: Decide<T>): Promise<Written<T> | undefined> {
    const beganAt = performance.now();
    const turn = await soleWriterTurn(this.dataSource);
    this.stats.waitedSince(beganAt);
    let isOver = true;
    try {
      const { latest } = this.rulesets.follower;
      const ruleset = latest === undefined || this.isBehind ? await this.newest() : latest;
      this.isBehind = false;
      const attempt = await this.attempt(ruleset, origin, decide);
      if (attempt === undefined) return undefined;
      const { written, goAlong } = attempt;
      if (turn.isWanted()) {
        await goAlong();
        turn.end();
        await nextTurnOfLoop();
      } else {
        process.nextTick(() => void goAlong().finally(turn.end));
      }
      isOver = false;
      return written;
    } finally {
      if (isOver) turn.end();
    }
  }

  private async carryOut(
    db: EntityManager,
    { revision }: Ruleset,
    { actor, request_id, message, traceparent, span }: WriteOrigin,
    rows: Rows,
  ): Promise<WrittenRow | undefined> {
    const values = [revision.token, actor ?? '', request_id ?? '', message ?? '', JSON.stringify(rows)];
    const trace = span?.traceparent ?? traceparent;
    const write = () =>
      trace === undefined ? runPreparedRow(db, WRITE, values) : runPreparedRow(db, WRITE_TRACED, [...values, trace]);
    const run = () => (span === undefined ? write() : span.statement('SELECT heksher_write', write));
    try {
      return writtenRow(await run());
    } catch (error) {
      // The session was opened before a failover and is closed now. Nothing was done, so a retry is safe.
      if (pgErrorCode(error) !== READ_ONLY_TRANSACTION || db !== this.dataSource.manager) throw error;
      return writtenRow(await run());
    }
  }

  /** The ruleset in memory goes along where that is sure to be what the database holds. */
  private async goAlong(draft: Draft, rows: Rows, { revision, ids }: Written<unknown>): Promise<void> {
    const isKnown = Object.keys(rows).every((section) => KNOWN_EXACTLY.has(section));
    if (!isKnown) {
      this.isBehind = true;
      return;
    }
    try {
      this.rulesets.follower.advance(draft.base, await soon(nextOf(draft, revision, ids)));
    } catch (error) {
      // What is written is written, and the database is asked for it.
      this.isBehind = true;
      this.log.error('the ruleset in memory did not go along with a write', { error });
    }
  }

  /** @throws HeksherError `unavailable` where the database does not answer */
  private async newest(): Promise<Ruleset> {
    const { ruleset, staleSeconds } = await this.rulesets.follower.checked();
    if (staleSeconds === undefined) return ruleset;
    throw new HeksherError('unavailable', 'the database does not answer; try again later');
  }

  private async isNewest({ revision }: Ruleset): Promise<boolean> {
    return (await this.newest()).revision.token === revision.token;
  }
}

type Decision<T> = Readonly<{ result: T; rows: Rows; added: NewIds }>;

function* decided<T>(draft: Draft, decide: Decide<T>): InSteps<Decision<T>> {
  const result = yield* decide(draft);
  return { result, ...(yield* rowsOf(draft)) };
}

/** A write that was carried out; `goAlong` is to be called before the next one is decided. */
type Attempt<T> = Readonly<{ written: Written<T>; goAlong: () => Promise<void> }>;

type WrittenRow = Revision & Readonly<{ rules: readonly number[]; rollouts: readonly number[] }>;

/** Undefined: nothing was written, since the revision was not the newest. */
function writtenRow(row: readonly (string | null)[] | undefined): WrittenRow | undefined {
  if (row === undefined) return undefined;
  const [seq, token, rules, rollouts] = row;
  return { ...revisionOf([seq, token]), rules: idsOfText(rules), rollouts: idsOfText(rollouts) };
}

/** Of an array of integers as PostgreSQL prints it, such as `{7,8}`. */
function idsOfText(text: string | null | undefined): readonly number[] {
  return text == null || text === '{}' ? [] : text.slice(1, -1).split(',').map(Number);
}

const WRITE = {
  name: 'write',
  text: 'select w.seq, w.token, w.new_rules, w.new_rollouts from heksher_write($1, $2, $3, $4, $5) w',
};

/** The last argument depends on the setting, so that this comes first. */
const WRITE_TRACED = {
  name: 'write_traced',
  text: `
    select w.seq, w.token, w.new_rules, w.new_rollouts
      from set_config('heksher.traceparent', $6, true) origin (trace)
     cross join lateral heksher_write($1, $2, $3, $4, case when origin.trace is not null then $5::jsonb end) w`,
};

/** Sections of rows that the database keeps as they are given; it normalizes metadata, for instance. */
const KNOWN_EXACTLY: ReadonlySet<string> = new Set([
  'delete_rules',
  'update_rules',
  'insert_rules',
  'delete_conditions',
  'put_conditions',
  'insert_conditions',
]);

const NO_IDS: IdsOf = { rule: (id) => id, rollout: (id) => id };

function revisionIn({ seq, token }: WrittenRow): Revision {
  return { seq, token };
}

function idsOf(added: NewIds, { rules, rollouts }: WrittenRow): IdsOf {
  return { rule: idsIn(added.rules, rules), rollout: idsIn(added.rollouts, rollouts) };
}

function idsIn(added: readonly number[], ids: readonly number[]): (id: number) => number {
  const idOf = new Map(added.map((id, place) => [id, ids[place] ?? id]));
  return (id) => idOf.get(id) ?? id;
}

function isEmpty(rows: Rows): boolean {
  return Object.keys(rows).length === 0;
}
