import { type DedicatedConnection } from '@heksher/database';
import { type Revision, type Ruleset } from '@heksher/ruleset';
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
  ) {
    this.reader = { connection, ...timeouts };
  }

  revision(): Promise<Revision> {
    return readRevision(this.reader);
  }

  load(): Promise<Ruleset> {
    return loadRuleset(this.reader);
  }

  since(previous: Ruleset): Promise<Ruleset> {
    return refreshRuleset(this.reader, previous);
  }

  /** Nothing wakes it: each reader waits for a check anyway. */
  watch(): () => void {
    return () => undefined;
  }

  close(): Promise<void> {
    return this.connection.close();
  }
}
