import { countRules, preparePatterns, type Ruleset } from '@heksher/ruleset';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { type Callback } from '../../callback.js';
import { inSlices } from '../../in-slices.js';
import { collectGarbage } from '../../v8.js';
import { Logger } from '../logging/index.js';
import { PostgresSource } from './postgres-source.js';
import { ReadOptions } from './read-options.js';
import { type Reading, RulesetFollower } from './ruleset-follower.js';

/** Above this number of rules, a load leaves tens of megabytes of garbage or more. */
const MANY_RULES = 100_000;

/** The follower of the application's database, from start to stop. */
@Injectable()
export class RulesetService implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly follower: RulesetFollower;

  constructor(
    private readonly options: ReadOptions,
    logger: Logger,
  ) {
    const { connection, timeoutMs, loadTimeoutMs } = options;
    const source = new PostgresSource(connection, { checkTimeoutMs: timeoutMs, loadTimeoutMs });
    this.follower = new RulesetFollower(source, options, logger.child('query'));
    this.follower.onChange(afterLoad);
  }

  /** Everything is loaded before the first request is taken. */
  async onApplicationBootstrap(): Promise<void> {
    if (this.options.isConnected) await this.follower.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.follower.close();
  }

  /** See `RulesetFollower.read`. */
  read(reader: Callback<Reading>): void {
    this.follower.read(reader);
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
