import { countRules, preparePatterns, type Ruleset } from '@heksher/ruleset';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { notAllowed } from '../../access/access-error.js';
import { isNone } from '../../access/grants.js';
import { type Principal } from '../../access/principal.js';
import { visibleRuleset } from '../../access/visible-ruleset.js';
import { type Callback } from '../../callback.js';
import { inSlices } from '../../in-slices.js';
import { collectGarbage } from '../../v8.js';
import { Metrics } from '../../metrics/metrics.js';
import { Logger } from '../logging/index.js';
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
    this.follower.read({
      span: reader.span,
      ready: (reading) => this.readyAs(principal, action, past ?? reading, reader),
      failed: (error) => reader.failed(error),
    });
  }

  /** The principal as it is now, after a check that began after this call. */
  async prove(principal: Principal): Promise<Readonly<{ principal: Principal; ruleset: Ruleset }>> {
    const { ruleset } = await this.follower.checked();
    return { principal: this.proven(principal), ruleset };
  }

  /** The principal as of the newest check there was. Throws as `Companion.prove` does. */
  proveNow(principal: Principal): Principal {
    return this.proven(principal);
  }

  private readyAs(
    principal: Principal,
    action: 'read' | 'evaluate',
    { ruleset, staleSeconds, past }: Reading,
    reader: Callback<ReadingAs>,
  ): void {
    let reading: ReadingAs;
    try {
      const proven = this.proven(principal);
      if (isNone(proven.permissions[action])) throw notAllowed(action);
      reading = { ruleset: visibleRuleset(ruleset, proven, action), staleSeconds, past, principal: proven };
    } catch (error) {
      reader.failed(error);
      return;
    }
    reader.ready(reading);
  }

  private proven(principal: Principal): Principal {
    const { companion } = this.options;
    if (companion === undefined) throw new Error('nothing proves who asks');
    return companion.prove(principal);
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
