import { setTimeout as sleep } from 'node:timers/promises';
import { HeksherError } from '@heksher/core';
import { isDatabaseUnavailable } from '@heksher/database';
import { type Ruleset } from '@heksher/ruleset';
import { type Callback } from '../../callback.js';
import { DURATIONS, Histogram } from '../../metrics/histogram.js';
import { type Span } from '../../tracing/span.js';
import { type Tracing } from '../../tracing/tracing.js';
import { type Logger } from '../logging/index.js';
import { FreshnessGate } from './freshness-gate.js';
import { type RulesetSource } from './ruleset-source.js';

/** A ruleset and its age: undefined, it is current; else it was so many seconds ago. */
export type Reading = Readonly<{
  ruleset: Ruleset;
  staleSeconds: number | undefined;
  /** Of a ruleset of the past: its revision, and the time that it is looked at. */
  past?: Readonly<{ seq: string; atMs: number }>;
}>;

/** `asOf` is when the last check that succeeded began, on the monotonic clock; `since` is when an outage was noticed. */
export type FollowerState =
  | Readonly<{ kind: 'starting' }>
  | Readonly<{ kind: 'current'; ruleset: Ruleset; asOf: number }>
  | Readonly<{ kind: 'outage'; ruleset: Ruleset; asOf: number; since: Date }>
  | Readonly<{ kind: 'closed' }>;

/** Whether reads are answered; with a ruleset that is stale where it is degraded. `since` is when an outage was noticed. */
export type Readiness = Readonly<{ kind: 'able' | 'degraded' | 'unable'; since?: Date }>;

/** Counts since the start; durations are those of the last one, in milliseconds. */
export type FollowerStats = {
  checks: number;
  failedChecks: number;
  /** All readers that waited for checks. */
  readers: number;
  loads: number;
  refreshes: number;
  staleReads: number;
  checkMs: number;
  loadMs: number;
  refreshMs: number;
};

export type FollowerOptions = Readonly<{
  /** A check that began less than this ago need not be made again; 0: every read is current. */
  maxStalenessMs: number;
  /** How long reads go on from memory while the source does not answer. */
  staleIfErrorMs: number;
  /** How long a check may take before the source counts as not answering. */
  timeoutMs: number;
  /** Undefined: there are no traces. */
  tracing?: Pick<Tracing, 'check'> | undefined;
}>;

export type ChangeListener = (now: Ruleset, before: Ruleset | undefined) => void;

const READERS = [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000];

/** Interval of checks during an outage, in milliseconds. */
const PROBE_INTERVAL_MS = 250;

/** How long readiness waits for a check, in milliseconds. */
const READINESS_LIMIT_MS = 1_000;

/** Interval of checks while there are no readers. */
const MAX_IDLE_MS = 5_000;

/**
 * Keeps the ruleset in memory, and proves it current against its source before each reading. In an outage, readings go on
 * from the last ruleset for as long as the operator allows.
 */
export class RulesetFollower {
  readonly stats: FollowerStats = {
    checks: 0,
    failedChecks: 0,
    readers: 0,
    loads: 0,
    refreshes: 0,
    staleReads: 0,
    checkMs: 0,
    loadMs: 0,
    refreshMs: 0,
  };
  readonly checkDurations = new Histogram(DURATIONS);
  readonly readersPerCheck = new Histogram(READERS);
  readonly loadDurations = new Histogram(DURATIONS);
  readonly refreshDurations = new Histogram(DURATIONS);
  private readonly gate = new FreshnessGate<Reading>((readers) => this.check(readers));
  private readonly listeners: ChangeListener[] = [];
  private readonly arrivals = new Set<(ruleset: Ruleset) => void>();
  private now: FollowerState = { kind: 'starting' };
  private reading: Reading | undefined;
  private lastCheckAt = -Infinity;
  private isProbeDue = false;
  private isChangeExpected = false;
  private probe: NodeJS.Timeout | undefined;
  private idle: NodeJS.Timeout | undefined;
  private unwatch: (() => void) | undefined;

  constructor(
    private readonly source: RulesetSource,
    private readonly options: FollowerOptions,
    private readonly log: Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>,
  ) {}

  get state(): FollowerState {
    return this.now;
  }

  /** The newest ruleset known, which may be out of date; undefined: nothing is loaded yet. */
  get latest(): Ruleset | undefined {
    return this.reading?.ruleset;
  }

  /** A reading that a check made after this call, however stale readings may be. */
  checked(): Promise<Reading> {
    return this.gate.fresh();
  }

  /** The same where there is a change, as far as is known: it is read at once, without a look at whether there is one. */
  changed(): Promise<Reading> {
    this.isChangeExpected = true;
    return this.gate.fresh();
  }

  /**
   * The ruleset of that revision, where it is the newest and stays it, as while its row is locked. It comes by whoever asks first.
   */
  async reach(token: string): Promise<Ruleset> {
    if (this.reading?.ruleset.revision.token === token) return this.reading.ruleset;
    return new Promise((resolve, reject) => {
      const arrived = (ruleset: Ruleset): void => {
        if (ruleset.revision.token !== token) return;
        this.arrivals.delete(arrived);
        resolve(ruleset);
      };
      this.arrivals.add(arrived);
      this.gate.fresh().then(
        ({ ruleset }) => {
          if (this.arrivals.delete(arrived)) {
            if (ruleset.revision.token === token) resolve(ruleset);
            else reject(new HeksherError('unavailable', 'the database does not answer; try again later'));
          }
        },
        (error: unknown) => {
          this.arrivals.delete(arrived);
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      );
    });
  }

  /** Takes the ruleset that a write of our own made out of `before`, which saves asking for it. */
  advance(before: Ruleset, next: Ruleset): void {
    if (this.reading?.ruleset !== before || this.now.kind !== 'current') return;
    this.replace(next, before);
    this.now = { kind: 'current', ruleset: next, asOf: this.now.asOf };
  }

  /** How old the ruleset is in an outage, in seconds; else 0. */
  get staleSeconds(): number {
    return this.now.kind === 'outage' ? (performance.now() - this.now.asOf) / 1_000 : 0;
  }

  /** Whether reads are answered now; where a check takes long, whether they will be if it fails. */
  async readiness(): Promise<Readiness> {
    const checking = this.gate.fresh().then(
      () => 'succeeded',
      () => 'failed',
    );
    const outcome = await Promise.race([checking, sleep(READINESS_LIMIT_MS, 'overdue', { ref: false })]);
    const { now } = this;
    if (now.kind === 'current' && outcome === 'succeeded') return { kind: 'able' };
    if (now.kind !== 'current' && now.kind !== 'outage') return { kind: 'unable' };
    const kind = outcome !== 'failed' && this.isWithinLimit(now.asOf) ? 'degraded' : 'unable';
    return { kind, since: now.kind === 'outage' ? now.since : new Date() };
  }

  /** Calls the listener after each change of the ruleset, before anybody reads it. */
  onChange(listener: ChangeListener): void {
    this.listeners.push(listener);
  }

  /** Loads everything, and begins to follow the source. */
  async start(): Promise<void> {
    const asOf = performance.now();
    await this.refresh();
    this.becomeCurrent(asOf);
    const intervalMs = Math.min(MAX_IDLE_MS, this.options.staleIfErrorMs / 3 || MAX_IDLE_MS);
    this.idle = setInterval(() => this.checkWhileIdle(intervalMs), intervalMs).unref();
    this.unwatch = this.source.watch(() => this.checkInBackground());
  }

  async close(): Promise<void> {
    this.now = { kind: 'closed' };
    clearTimeout(this.probe);
    clearInterval(this.idle);
    this.unwatch?.();
    await this.source.close();
  }

  /**
   * Gives a reading that reflects every write committed before this call, or before as long ago as the operator tolerates;
   * fails with HeksherError `unavailable` where the source does not answer and the last ruleset is too old.
   */
  read(reader: Callback<Reading>): void {
    const { now, reading } = this;
    const { maxStalenessMs } = this.options;
    if (now.kind === 'outage') {
      Promise.resolve()
        .then(() => this.lastKnown())
        .then(
          (stale) => reader.ready(stale),
          (error: unknown) => reader.failed(error),
        );
    } else if (
      maxStalenessMs > 0 &&
      reading &&
      now.kind === 'current' &&
      performance.now() - now.asOf <= maxStalenessMs
    ) {
      reader.ready(reading);
    } else {
      this.gate.wait(reader);
    }
  }

  /** In an outage only probes check the source: readers queued behind a failed check do not wait for another. */
  private async check(readers: readonly Callback<Reading>[]): Promise<Reading> {
    this.stats.readers += readers.length;
    this.readersPerCheck.observe(readers.length);
    if (this.now.kind === 'outage' && !this.isProbeDue) return this.lastKnown();
    this.isProbeDue = false;
    const beganAt = performance.now();
    this.lastCheckAt = beganAt;
    this.stats.checks += 1;
    const span = this.options.tracing?.check(readers);
    try {
      const reading = await this.refresh(span);
      this.becomeCurrent(beganAt);
      span?.end({ 'heksher.revision': reading.ruleset.revision.seq });
      return reading;
    } catch (error) {
      span?.fail(error);
      this.stats.failedChecks += 1;
      if (this.now.kind === 'outage' || isDatabaseUnavailable(error)) this.becomeAway(error);
      if (!isDatabaseUnavailable(error)) throw error;
      return this.lastKnown();
    } finally {
      this.stats.checkMs = performance.now() - beganAt;
      this.checkDurations.observe(this.stats.checkMs / 1_000);
    }
  }

  /** Retries once if the first attempt failed early: a failover should cost a retry, not an outage. */
  private async refresh(span?: Span): Promise<Reading> {
    const beganAt = performance.now();
    try {
      return await this.refreshOnce(span);
    } catch (error) {
      if (!isDatabaseUnavailable(error) || performance.now() - beganAt > this.options.timeoutMs / 2) throw error;
      return this.refreshOnce(span);
    }
  }

  private async refreshOnce(span: Span | undefined): Promise<Reading> {
    const before = this.reading?.ruleset;
    if (this.reading === undefined || before === undefined) return this.replace(await this.load(), undefined);
    const { source, isChangeExpected } = this;
    this.isChangeExpected = false;
    if (!isChangeExpected) {
      const revision = await (span?.statement('SELECT heksher_revision', () => source.revision()) ?? source.revision());
      if (revision.token === before.revision.token) return this.reading;
    }
    const follow = () => this.follow(before);
    const followed = await (span?.statement('SELECT heksher_changes', follow) ?? follow());
    const now = this.reading;
    if (followed === before) return now;
    // A write of our own went by meanwhile.
    if (now.ruleset !== before && BigInt(now.ruleset.revision.seq) >= BigInt(followed.revision.seq)) return now;
    return this.replace(followed, now.ruleset);
  }

  private async load(): Promise<Ruleset> {
    const beganAt = performance.now();
    const ruleset = await this.source.load();
    this.stats.loads += 1;
    this.stats.loadMs = performance.now() - beganAt;
    this.loadDurations.observe(this.stats.loadMs / 1_000);
    return ruleset;
  }

  private async follow(before: Ruleset): Promise<Ruleset> {
    const beganAt = performance.now();
    const ruleset = await this.source.since(before);
    if (ruleset === before) return before;
    this.stats.refreshes += 1;
    this.stats.refreshMs = performance.now() - beganAt;
    this.refreshDurations.observe(this.stats.refreshMs / 1_000);
    this.log.debug('ruleset refreshed', {
      from: before.revision.seq,
      to: ruleset.revision.seq,
      duration_ms: Math.round(this.stats.refreshMs * 1_000) / 1_000,
    });
    return ruleset;
  }

  private replace(ruleset: Ruleset, before: Ruleset | undefined): Reading {
    this.reading = { ruleset, staleSeconds: undefined };
    for (const listener of this.listeners) {
      try {
        listener(ruleset, before);
      } catch (error) {
        this.log.error('a listener to changes of the ruleset failed', { error });
      }
    }
    for (const arrived of [...this.arrivals]) arrived(ruleset);
    return this.reading;
  }

  private becomeCurrent(asOf: number): void {
    const { now, reading } = this;
    if (now.kind === 'closed' || reading === undefined) return;
    if (now.kind === 'outage') {
      clearTimeout(this.probe);
      this.log.info('the database answers again; reads are current');
    }
    this.now = { kind: 'current', ruleset: reading.ruleset, asOf };
  }

  private becomeAway(error: unknown): void {
    const { now } = this;
    if (now.kind !== 'current' && now.kind !== 'outage') return;
    if (now.kind === 'current') {
      const allowed = this.options.staleIfErrorMs / 1_000;
      this.log.warn('the database does not answer; reads go on from memory while that is allowed', {
        error,
        allowed_s: allowed,
      });
      this.now = { kind: 'outage', ruleset: now.ruleset, asOf: now.asOf, since: new Date() };
    }
    this.probeLater();
  }

  /** Probes go through the gate as readers do: there is one session, and what goes over it goes one by one. */
  private probeLater(): void {
    clearTimeout(this.probe);
    this.probe = setTimeout(() => {
      this.isProbeDue = true;
      this.gate.fresh().catch(() => undefined);
    }, PROBE_INTERVAL_MS).unref();
  }

  /** So that the age of stale readings counts from the last proof that was possible, not from the last reader. */
  private checkWhileIdle(intervalMs: number): void {
    if (this.now.kind === 'current' && performance.now() - this.lastCheckAt >= intervalMs / 2) this.checkInBackground();
  }

  private checkInBackground(): void {
    this.gate.fresh().catch((error: unknown) => {
      if (!isDatabaseUnavailable(error)) this.log.error('a check in the background failed', { error });
    });
  }

  /** Throws HeksherError `unavailable` where that is too old. */
  private lastKnown(): Reading {
    const { now } = this;
    if (now.kind !== 'outage' || !this.isWithinLimit(now.asOf)) {
      throw new HeksherError('unavailable', 'the database does not answer; try again later');
    }
    this.stats.staleReads += 1;
    const age = performance.now() - now.asOf;
    return { ruleset: now.ruleset, staleSeconds: Math.max(1, Math.round(age / 1_000)) };
  }

  private isWithinLimit(asOf: number): boolean {
    return performance.now() - asOf <= this.options.staleIfErrorMs;
  }
}
