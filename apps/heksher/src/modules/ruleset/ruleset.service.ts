import { HeksherError } from '@heksher/core';
import { isDatabaseUnavailable } from '@heksher/database';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { collectGarbage } from '../../v8.js';
import { Logger } from '../logging/index.js';
import { FreshnessGate, type Waiter } from './freshness-gate.js';
import { ReadOptions } from './read-options.js';
import { countRules, type Ruleset } from '@heksher/ruleset';
import { loadRuleset, type Reader, readRevision, refreshRuleset } from './ruleset.store.js';

/** A ruleset with what is known of its age: undefined, it is current; else so many seconds ago it was. */
export type Reading = Readonly<{ ruleset: Ruleset; staleSeconds: number | undefined }>;

/** How often the database is tried while it does not answer, in milliseconds. */
const PROBE_INTERVAL_MS = 250;

/** So many that loading them leaves tens of megabytes of garbage at least. */
const MANY_RULES = 100_000;

/**
 * Keeps the ruleset in memory, and proves it current against the database before each reading. While the database does
 * not answer, readings go on from the last ruleset for as long as the operator allows.
 */
@Injectable()
export class RulesetService implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly log: Logger;
  private readonly reader: Reader;
  private readonly gate = new FreshnessGate(() => this.check());
  private current: Reading | undefined;
  /** When the last check that succeeded began, on the monotonic clock. */
  private currentAsOf = -Infinity;
  /** The next probe, while the database does not answer. */
  private probing: NodeJS.Timeout | undefined;
  private isProbeDue = false;
  private isClosed = false;

  constructor(
    private readonly options: ReadOptions,
    logger: Logger,
  ) {
    this.log = logger.child('query');
    const { connection, timeoutMs, loadTimeoutMs } = options;
    this.reader = { connection, checkTimeoutMs: timeoutMs, loadTimeoutMs };
  }

  /** Load everything before the first request is taken. */
  async onApplicationBootstrap(): Promise<void> {
    if (this.options.isConnected) await this.refresh();
  }

  async onApplicationShutdown(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.probing);
    await this.options.connection.close();
  }

  /**
   * Gives a reading that reflects every write committed before this call (or before as long ago as the operator
   * tolerates); fails with HeksherError `unavailable` where the database does not answer and the last ruleset is too old.
   */
  read(waiter: Waiter<Reading>): void {
    const { maxStalenessMs } = this.options;
    if (this.probing !== undefined) {
      this.lastKnown().then(
        (reading) => waiter.ready(reading),
        (error: unknown) => waiter.failed(error),
      );
    } else if (maxStalenessMs > 0 && this.current && performance.now() - this.currentAsOf <= maxStalenessMs) {
      waiter.ready(this.current);
    } else {
      this.gate.wait(waiter);
    }
  }

  /** While the database does not answer, only probes ask it: who waited behind a check that failed waits no longer. */
  private async check(): Promise<Reading> {
    if (this.probing !== undefined && !this.isProbeDue) return this.lastKnown();
    this.isProbeDue = false;
    try {
      const reading = await this.refresh();
      this.endOutage();
      return reading;
    } catch (error) {
      if (this.probing !== undefined || isDatabaseUnavailable(error)) this.probeLater(error);
      if (!isDatabaseUnavailable(error)) throw error;
      return this.lastKnown();
    }
  }

  /** One check, and a second on a new session where the first broke: a failover should cost a retry, not an outage. */
  private async refresh(): Promise<Reading> {
    const startedAt = performance.now();
    try {
      return await this.refreshOnce();
    } catch (error) {
      if (!isDatabaseUnavailable(error) || performance.now() - startedAt > this.options.timeoutMs / 2) throw error;
      return this.refreshOnce();
    }
  }

  private async refreshOnce(): Promise<Reading> {
    const startedAt = performance.now();
    const reading = await this.readOnce();
    const previous = this.current?.ruleset;
    this.current = reading;
    this.currentAsOf = startedAt;
    if (isLargeAndNew(reading.ruleset, previous)) collectGarbage();
    return reading;
  }

  private async readOnce(): Promise<Reading> {
    const { current } = this;
    if (current === undefined) return { ruleset: await loadRuleset(this.reader), staleSeconds: undefined };
    const revision = await readRevision(this.reader);
    if (revision.token === current.ruleset.revision.token) return current;
    const startedAt = performance.now();
    const ruleset = await refreshRuleset(this.reader, current.ruleset);
    this.log.debug('ruleset refreshed', {
      from: current.ruleset.revision.seq,
      to: ruleset.revision.seq,
      duration_ms: Math.round((performance.now() - startedAt) * 1000) / 1000,
    });
    return { ruleset, staleSeconds: undefined };
  }

  private lastKnown(): Promise<Reading> {
    const age = performance.now() - this.currentAsOf;
    if (this.current === undefined || age > this.options.staleIfErrorMs) {
      return Promise.reject(new HeksherError('unavailable', 'the database does not answer; try again later'));
    }
    return Promise.resolve({ ruleset: this.current.ruleset, staleSeconds: Math.max(1, Math.round(age / 1000)) });
  }

  /** Probes go through the gate as reads do: there is one session, and what goes over it goes one by one. */
  private probeLater(error: unknown): void {
    if (this.isClosed) return;
    if (this.probing === undefined) {
      this.log.warn('the database does not answer; reads go on from memory while that is allowed', {
        error,
        allowed_s: this.options.staleIfErrorMs / 1000,
      });
    }
    const probe = (): void => {
      this.isProbeDue = true;
      this.gate.fresh().catch(() => undefined);
    };
    clearTimeout(this.probing);
    this.probing = setTimeout(probe, PROBE_INTERVAL_MS).unref();
  }

  private endOutage(): void {
    if (this.probing === undefined) return;
    clearTimeout(this.probing);
    this.probing = undefined;
    this.log.info('the database answers again; reads are current');
  }
}

/**
 * Whether a ruleset was loaded whole, or has forgotten most of its values, and left much behind. To collect that takes some
 * 50 ms for a million rules, which is little beside either.
 */
function isLargeAndNew(ruleset: Ruleset, previous: Ruleset | undefined): boolean {
  return ruleset.vocabulary !== previous?.vocabulary && countRules(ruleset) >= MANY_RULES;
}
