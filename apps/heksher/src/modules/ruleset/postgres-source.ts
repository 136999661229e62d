import { type DedicatedConnection } from '@heksher/database';
import { type Revision, type Ruleset } from '@heksher/ruleset';
import { type Companion } from './companion.js';
import { type Reader } from './loading.js';
import { refreshRuleset } from './refreshing.store.js';
import { type RulesetSource } from './ruleset-source.js';
import { loadRuleset, readRevision } from './ruleset.store.js';

/** Rulesets of a database, over a session of its own, so that reads never queue behind writes. */
export class PostgresSource implements RulesetSource {
  private readonly reader: Reader;

  constructor(
    private readonly connection: DedicatedConnection,
    timeouts: Readonly<{ checkTimeoutMs: number; loadTimeoutMs: number }>,
    private readonly companion?: Companion,
  ) {
    this.reader = { connection, ...timeouts };
  }

  revision(): Promise<Revision> {
    return readRevision(this.reader);
  }

  /** The companion is read after the ruleset, so that it is never older. */
  async load(): Promise<Ruleset> {
    const ruleset = await loadRuleset(this.reader);
    await this.companion?.load(this.reader);
    return ruleset;
  }

  async since(previous: Ruleset): Promise<Ruleset> {
    const ruleset = await refreshRuleset(this.reader, previous);
    if (ruleset === previous) return previous;
    await this.companion?.follow(this.reader, previous.revision);
    return ruleset;
  }

  /** Nothing wakes it: each reader waits for a check anyway. */
  watch(): () => void {
    return () => undefined;
  }

  close(): Promise<void> {
    return this.connection.close();
  }
}
