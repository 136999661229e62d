import { countRules, preparePatterns, type Ruleset } from '@heksher/ruleset';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { notAllowed } from '../../access/access-error.js';
import { isNone } from '../../access/grants.js';
import { type Principal } from '../../access/principal.js';
import { visibleRuleset } from '../../access/visible-ruleset.js';
import { type Callback } from '../../callback.js';
import { inSlices } from '../../in-slices.js';
import { type Span } from '../../tracing/span.js';
import { collectGarbage } from '../../v8.js';
import { Metrics } from '../../metrics/metrics.js';
import { Logger } from '../logging/index.js';
import { type Companion } from './companion.js';
import { PostgresSource } from './postgres-source.js';
import { ReadOptions } from './read-options.js';
import { registerFollower } from './ruleset-metrics.js';
import { type Reading, RulesetFollower } from './ruleset-follower.js';

/** A reading for one principal; without one, for nobody in particular. */
export type ReadingAs = Reading & Readonly<{ principal?: Principal }>;

/** Above this number of rules, a load leaves tens of megabytes of garbage or more. */
const MANY_RULES = 100_000;

/** The follower of the application's database, from start to stop. */
@Injectable()
export class RulesetService implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly follower: RulesetFollower;

  constructor(
    private readonly options: ReadOptions,
    logger: Logger,
    metrics: Metrics,
  ) {
    const { connection, timeoutMs, loadTimeoutMs, companion } = options;
    const source = new PostgresSource(connection, { checkTimeoutMs: timeoutMs, loadTimeoutMs }, companion);
    this.follower = new RulesetFollower(source, options, logger.child('query'));
    this.follower.onChange(afterLoad);
    registerFollower(metrics, this.follower);
  }

  /** Everything is loaded before the first request is taken. */
  async onApplicationBootstrap(): Promise<void> {
    if (this.options.isConnected) await this.follower.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.follower.close();
  }

  /** See `RulesetFollower.read`: all settings, for whoever is known to be allowed to see them. */
  read(reader: Callback<Reading>): void {
    this.follower.read(reader);
  }

  /**
   * A reading of what the principal may do the action with, as of this reading; fails also with `unauthenticated`, where its credentials
   * hold no longer, or `forbidden`. Of nobody in particular it is all there is. Where the past is given, it is that of the past.
   */
  readAs(
    principal: Principal | undefined,
    action: 'read' | 'evaluate',
    reader: Callback<ReadingAs>,
    past?: Reading,
  ): void {
    if (principal === undefined) {
      if (past === undefined) this.follower.read(reader);
      else reader.ready(past);
      return;
    }
    this.follower.read(new ReaderAs(principal, action, reader, past, this.options.companion));
  }

  /** The principal as it is now, after a check that began after this call. */
  async prove(principal: Principal): Promise<Readonly<{ principal: Principal; ruleset: Ruleset }>> {
    const { ruleset } = await this.follower.checked();
    return { principal: this.proveNow(principal), ruleset };
  }

  /** The principal as of the newest check there was. Throws as `Companion.prove` does. */
  proveNow(principal: Principal): Principal {
    return proven(principal, this.options.companion);
  }
}

function proven(principal: Principal, companion: Companion | undefined): Principal {
  if (companion === undefined) throw new Error('nothing proves who asks');
  return companion.prove(principal);
}

/** Hands on what a principal may see of a reading. Of closures it would be two, each time that something is read. */
class ReaderAs implements Callback<Reading> {
  constructor(
    private readonly principal: Principal,
    private readonly action: 'read' | 'evaluate',
    private readonly reader: Callback<ReadingAs>,
    private readonly past: Reading | undefined,
    private readonly companion: Companion | undefined,
  ) {}

  get span(): Span | undefined {
    return this.reader.span;
  }

  ready(found: Reading): void {
    const { action } = this;
    const { ruleset, staleSeconds, past } = this.past ?? found;
    let reading: ReadingAs;
    try {
      const principal = proven(this.principal, this.companion);
      if (isNone(principal.permissions[action])) throw notAllowed(action);
      reading = { ruleset: visibleRuleset(ruleset, principal, action), staleSeconds, past, principal };
    } catch (error) {
      this.reader.failed(error);
      return;
    }
    this.reader.ready(reading);
  }

  failed(error: unknown): void {
    this.reader.failed(error);
  }
}

/**
 * Collecting what a load leaves takes some 50 ms for a million rules, which is little beside the load; and patterns are compiled before
 * somebody waits for them. A vocabulary is new where all was loaded, or most of it was forgotten.
 */
function afterLoad(now: Ruleset, before: Ruleset | undefined): void {
  if (now.vocabulary === before?.vocabulary) return;
  if (countRules(now) >= MANY_RULES) collectGarbage();
  const rollouts = [...now.settings.values()].flatMap((setting) => setting.rollouts);
  inSlices(preparePatterns(rollouts), { ready: () => undefined, failed: () => undefined });
}
