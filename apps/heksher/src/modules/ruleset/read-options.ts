import { type DedicatedConnection } from '@heksher/database';
import { type Tracing } from '../../tracing/tracing.js';
import { type Companion } from './companion.js';

/** How reads are made. A class, so that it can be injected. Times in milliseconds. */
export class ReadOptions {
  /** The session of all checks and loads. */
  readonly connection!: DedicatedConnection;
  /** The session that past rulesets are read over, so that nobody who reads the present waits for them. */
  readonly pastConnection!: DedicatedConnection;
  /** The session that the feed of changes is read over, and told of new ones. */
  readonly feedConnection!: DedicatedConnection;
  /** False where only documents are served. */
  readonly isConnected!: boolean;
  /** A check that began less than this ago need not be made again; 0: every read is current. */
  readonly maxStalenessMs!: number;
  /** How long reads go on from memory while the database does not answer. */
  readonly staleIfErrorMs!: number;
  /** How long a check may take before the database counts as not answering. */
  readonly timeoutMs!: number;
  /** How long one statement of a load may take. */
  readonly loadTimeoutMs!: number;
  /** Bound of all cached answers together; 0: none is kept. */
  readonly cacheBytes!: number;
  /** What is read and proved together with the ruleset, if anything. */
  readonly companion!: Companion | undefined;
  /** Undefined: there are no traces. */
  readonly tracing?: Tracing | undefined;
}
