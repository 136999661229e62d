import { type GivenContext } from './context/context.js';
import { type DeclarationOutcome } from './declaring/outcome.js';
import { type ClientOptions } from './options.js';
import { type AnySetting } from './setting.js';
import { type Snapshot } from './snapshot.js';
import { type ClientStatus } from './status.js';

/** Names, as declared, of settings whose values may differ from before. */
export type ChangeListener = (changed: readonly string[]) => void;

/** Keeps settings at the values that a Heksher service has for them. */
export class HeksherClient {
  private constructor(private readonly options: ClientOptions) {}

  /** Declares the settings, reads their values, and keeps them up to date until `close`. */
  static start(options: ClientOptions): Promise<HeksherClient> {
    return Promise.resolve(new HeksherClient(options));
  }

  /** Declares and serves more settings; rejects where one is refused and `onConflict` says `'fail'`. */
  add(...settings: readonly AnySetting[]): Promise<void> {
    void settings;
    return Promise.reject(new Error(`cannot add to ${String(this.options.url)} yet`));
  }

  /** The setting that was declared by this name or alias. */
  find(name: string): AnySetting | undefined {
    void name;
    return undefined;
  }

  /** What the service made of each declaration, by name; those that it has not been asked about are missing. */
  outcomes(): ReadonlyMap<string, DeclarationOutcome> {
    return new Map();
  }

  /**
   * Runs `work`, in which, and in whatever it starts, these values of context features are the defaults. They go before those
   * of an outer `withContext`, and before the client's `context`.
   */
  withContext<Result>(context: GivenContext, work: () => Result): Result {
    void context;
    return work();
  }

  /** Asks for values now; they are at least as new as this call. Rejects where the service does not answer. */
  reload(): Promise<void> {
    return Promise.resolve();
  }

  status(): ClientStatus {
    throw new Error('not yet');
  }

  /** What `bootstrap` takes: to start from when the service is away. */
  snapshot(): Snapshot {
    throw new Error('not yet');
  }

  /** Calls `listener` after each update that changed something. Returns what ends that. */
  onChange(listener: ChangeListener): () => void {
    void listener;
    return () => undefined;
  }

  /** Ends updates and requests. Settings keep their last values, and another client may take them up. */
  close(): Promise<void> {
    return Promise.resolve();
  }
}
