import { SingleFlight } from './concurrency.js';
import { AmbientContext, type GivenContext } from './context.js';
import { Declarer } from './declaring/declarer.js';
import { conflictError, type DeclarationOutcome } from './declaring/outcome.js';
import { isUnavailable, messageOf, refusalOf, retryAfterOf, unavailable } from './errors.js';
import { EvaluationQueue } from './members/evaluation-queue.js';
import { RemoteEvaluator } from './members/remote-evaluator.js';
import { type CheckedOptions, checkOptions, type ClientOptions } from './options.js';
import { callSafely, openLogs, ProblemLog } from './problems.js';
import { Tracking } from './resolution/tracking.js';
import { connect } from './service/service.js';
import { type AnySetting } from './setting.js';
import { makeSnapshot, readSnapshot, type Snapshot } from './snapshot.js';
import { type ClientStatus, StatusKeeper } from './status.js';
import { canUnrefRequests } from './runtime.js';
import { ChangeFeed } from './updates/change-feed.js';
import { Identity } from './updates/identity.js';
import { polling } from './updates/polling.js';
import { type Entry, SettingRegistry } from './updates/setting-registry.js';
import { streaming } from './updates/streaming.js';
import { type UpdateSource } from './updates/update-source.js';
import { Updater } from './updates/updater.js';

/** Names, as declared, of settings whose values may differ from before. */
export type ChangeListener = (changed: readonly string[]) => void;

/** How the client is doing now. */
export type StatusListener = (status: ClientStatus) => void;

/** Keeps settings at the values that a Heksher service has for them. */
export class HeksherClient {
  private readonly closing = new AbortController();
  private readonly keeper = new StatusKeeper();
  private readonly listeners = new Set<ChangeListener>();
  private readonly statusListeners = new Set<StatusListener>();
  private readonly flight = new SingleFlight(() => this.update());
  private readonly ambient: AmbientContext;
  private readonly problems: ProblemLog;
  private readonly registry: SettingRegistry;
  private readonly declarer: Declarer | undefined;
  private readonly updater: Updater;
  private readonly feed: ChangeFeed;

  private constructor(private readonly options: CheckedOptions) {
    this.problems = new ProblemLog(options.onProblem);
    this.ambient = new AmbientContext(options.context);
    const tracking = new Tracking(options.trackContexts, this.problems);
    const { send, open } = connect(options, this.closing.signal);
    const queue = new EvaluationQueue(send, (name) => this.registry.find(name));
    const remote = new RemoteEvaluator(queue, this.problems, options.updateIntervalMs, this.closing.signal);
    const { onMissingFeature } = options;
    this.registry = new SettingRegistry({ ambient: this.ambient, tracking, onMissingFeature, remote });
    this.declarer = options.declare ? new Declarer(send, this.problems, options.onConflict) : undefined;
    const identity = new Identity(options.name);
    this.updater = new Updater(send, tracking, this.problems, identity);
    this.feed = new ChangeFeed(open, identity, () => this.registry.entries().map(({ setting }) => setting.name));
  }

  /**
   * Declares the settings, reads their values, and keeps them up to date until `close`. Rejects with 'conflict' where a
   * declaration is refused, with 'unavailable' where the service does not answer (both as configured), and with 'invalid' for
   * options that make no sense.
   */
  static async start(options: ClientOptions): Promise<HeksherClient> {
    const client = new HeksherClient(checkOptions(options));
    openLogs.add(client.problems);
    try {
      await client.add(...(options.settings ?? []));
    } catch (error) {
      await client.close();
      throw error;
    }
    client.source()({
      refresh: () => client.refresh(),
      failures: () => client.keeper.failures,
      retryAfterMs: () => retryAfterOf(client.keeper.lastError),
      listen: (signal) => client.feed.listen(signal),
      streams: (isStreaming) => client.streams(isStreaming),
      closed: client.closing.signal,
    });
    return client;
  }

  /** Declares and serves more settings; rejects as `start` does, and then leaves them as they were. */
  async add(...settings: readonly AnySetting[]): Promise<void> {
    this.requireOpen();
    const entries = this.registry.add(settings);
    try {
      await this.declareAll(entries);
      for (const entry of entries) entry.isAdmitted = true;
      await this.flight.run();
    } catch (error) {
      if (!isUnavailable(error) || this.options.onUnavailable !== 'continue') {
        this.registry.remove(entries);
        throw error;
      }
      await this.goOnWithout(entries);
      this.reportOutage(error);
    } finally {
      this.feed.replace();
    }
  }

  /** The setting that was declared by this name, or alias. */
  find(name: string): AnySetting | undefined {
    const settings = this.registry.entries().map(({ setting }) => setting);
    return this.registry.find(name)?.setting ?? settings.find(({ declaration }) => declaration.alias === name);
  }

  /** What the service made of each declaration, by name; those that it was not asked about are missing. */
  outcomes(): ReadonlyMap<string, DeclarationOutcome> {
    const outcomes = new Map<string, DeclarationOutcome>();
    for (const { setting, outcome } of this.registry.entries())
      if (outcome !== undefined) outcomes.set(setting.name, outcome);
    return outcomes;
  }

  /**
   * Runs `work`, in which, and in whatever it starts, these values of context features are the defaults. They go before those
   * of an outer `withContext`, and before the client's `context`. Throws 'unavailable' in browsers, which cannot do this.
   */
  withContext<Result>(context: GivenContext, work: () => Result): Result {
    return this.ambient.run(context, work);
  }

  /** Asks for values now; they are at least as new as this call. Rejects with 'unavailable' where that fails. */
  async reload(): Promise<void> {
    this.requireOpen();
    await this.flight.run();
  }

  status(): ClientStatus {
    return this.keeper.status();
  }

  /** What `bootstrap` takes: to start from when the service is away. */
  snapshot(): Snapshot {
    return makeSnapshot(this.registry.entries(), this.updater.known.features, this.status().revision);
  }

  /** Calls `listener` after each update that changed something. Returns what ends that. */
  onChange(listener: ChangeListener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Calls `listener` after each update, also one that failed or changed nothing, and on `close`. Returns what ends that. */
  onStatus(listener: StatusListener): () => void {
    this.statusListeners.add(listener);
    return () => void this.statusListeners.delete(listener);
  }

  /** Ends updates and requests. Settings keep their last values, and another client may take them up. */
  async close(): Promise<void> {
    this.closing.abort();
    openLogs.delete(this.problems);
    this.keeper.closed();
    this.notifyStatus();
    await this.flight.settled();
    this.registry.release();
  }

  private source(): UpdateSource {
    const { updates, updateIntervalMs } = this.options;
    if (typeof updates === 'function') return updates;
    if (updates === 'stream') {
      return streaming(updateIntervalMs, { keepsRunning: true, onFailure: (reason) => this.reportNoStream(reason) });
    }
    return updates === undefined && canUnrefRequests() ? streaming(updateIntervalMs) : polling(updateIntervalMs);
  }

  private streams(isStreaming: boolean): void {
    if (this.keeper.isStreaming === isStreaming) return;
    this.keeper.isStreaming = isStreaming;
    if (isStreaming) this.problems.forget('stream');
    this.notifyStatus();
  }

  private reportNoStream(reason: string): void {
    const message = `there is no stream of changes: ${reason}; values are asked for every ${this.options.updateIntervalMs} ms`;
    this.problems.report({ kind: 'stream', message, reason }, 'outage');
  }

  /** A background update. */
  private async refresh(): Promise<void> {
    try {
      await this.flight.run();
    } catch (error) {
      this.reportOutage(error);
      throw error;
    }
  }

  /** Once for each outage. */
  private reportOutage(cause: unknown): void {
    if (this.closing.signal.aborted) return;
    const kept = { service: 'last values', bootstrap: 'values of the bootstrap', defaults: 'declared defaults' };
    const message = `${messageOf(cause)}; the ${kept[this.status().source]} hold until the service answers`;
    const { status, scope } = refusalOf(cause) ?? {};
    if (status === undefined) return this.problems.report({ kind: 'unavailable', message, cause }, 'outage');
    this.problems.report(
      { kind: 'credentials', message, status, ...(scope !== undefined && { scope }), cause },
      'outage',
    );
  }

  private async declareAll(entries: readonly Entry[]): Promise<void> {
    try {
      const conflicts = (await this.declarer?.declareAll(entries)) ?? [];
      if (conflicts.length > 0) throw conflictError(conflicts);
    } catch (error) {
      if (isUnavailable(error)) this.fail(error);
      throw error;
    }
  }

  private async update(): Promise<void> {
    const askedAt = performance.now();
    try {
      const entries = this.registry.entries().filter(({ isAdmitted }) => isAdmitted);
      await this.declarer?.declareAll(entries);
      const changed = await this.updater.update(entries);
      const { etags, isStale } = this.updater.known;
      this.problems.forget('unavailable');
      this.problems.forget('credentials');
      this.keeper.succeeded(askedAt, [...etags.values()].join(' ') || null, isStale);
      this.notifyChanged(changed);
      this.notifyStatus();
    } catch (error) {
      this.fail(error);
      throw error;
    }
  }

  private fail(error: unknown): void {
    if (this.closing.signal.aborted) return;
    this.keeper.failed(error);
    callSafely(() => this.options.onUpdateError?.(error));
    this.notifyStatus();
  }

  private notifyStatus(): void {
    const status = this.status();
    for (const listener of this.statusListeners) callSafely(() => listener(status));
  }

  private notifyChanged(changed: readonly Entry[]): void {
    if (changed.length === 0) return;
    const names = changed.map(({ setting }) => setting.name);
    for (const listener of this.listeners) callSafely(() => listener(names));
  }

  /** Without the service, that is: with the bootstrap, or with the declared defaults. */
  private async goOnWithout(entries: readonly Entry[]): Promise<void> {
    for (const entry of entries) entry.isAdmitted = true;
    const { bootstrap } = this.options;
    if (bootstrap === undefined) return;
    try {
      const { contextFeatures, settings, revision } = await readSnapshot(bootstrap);
      await this.updater.restore(entries, contextFeatures, settings);
      this.keeper.restored(revision);
    } catch (cause) {
      const message = `the bootstrap cannot be read: ${messageOf(cause)}; the declared defaults hold`;
      this.problems.report({ kind: 'bootstrap', message, cause });
    }
  }

  private requireOpen(): void {
    if (this.closing.signal.aborted) throw unavailable('the client is closed');
  }
}
