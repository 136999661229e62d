import { type HeksherClient } from '../client.js';
import {
  AmbientContext,
  type ContextDefaults,
  type ContextOf,
  type GivenContext,
  type MissingFeaturePolicy,
} from '../context.js';
import { type DeclarationOutcome } from '../declaring/outcome.js';
import { openLogs, ProblemLog } from '../problems.js';
import { type SettingReader } from '../reading.js';
import { LiveReader, type ReaderSetup } from '../resolution/live-reader.js';
import { Tracking } from '../resolution/tracking.js';
import { type AnySetting, type Setting } from '../setting.js';
import { makeSnapshot, type Snapshot } from '../snapshot.js';
import { type ClientStatus, withJson } from '../status.js';
import { prepareStub } from './prepare-stub.js';

/** A rule of a test: the value where the context has all values of `when`. */
export type StubRule<Value, Feature extends string> = Readonly<{
  when: ContextOf<Feature>;
  value: Value;
}>;

export type StubOptions = Readonly<{
  /** In order, the most specific last, as the service has them. Default: those of each setting, as it declares them. */
  contextFeatures?: readonly string[];
  /** As the option of HeksherClient.start. */
  context?: ContextDefaults;
  /** As the option of HeksherClient.start, but by default `'resolve'`: tests give the part of a context that counts. */
  onMissingFeature?: MissingFeaturePolicy;
}>;

/**
 * Gives settings other values in a test, without a service:
 * ```ts
 * const stub = new StubHeksher();
 * afterEach(() => stub.restore());
 *
 * it('keeps less for guests', () => {
 *   stub.setRules(cacheSize, [{ when: { user: 'guest' }, value: 10 }], 100);
 *   expect(cacheSize.get({ user: 'guest' })).toBe(10);
 *   expect(cacheSize.get({ user: 'jim' })).toBe(100);
 * });
 * ```
 * It works on settings that no client serves, and on those of a running client, too. Where code under test is given a client,
 * the stub stands in for it: it has all that a client has, and what it is asked to do there does nothing.
 */
export class StubHeksher implements Pick<HeksherClient, keyof HeksherClient> {
  private readonly ambient: AmbientContext;
  private readonly setup: ReaderSetup;
  private readonly added = new Set<AnySetting>();
  private isClosed = false;
  private readonly stubbed = new Map<AnySetting, Readonly<{ reader: LiveReader; earlier: SettingReader<unknown> }>>();

  constructor(private readonly options: StubOptions = {}) {
    const { context, onMissingFeature = 'resolve' } = options;
    this.ambient = new AmbientContext(context);
    const problems = new ProblemLog(() => undefined);
    const tracking = new Tracking(undefined, problems);
    const remote = { recall: () => undefined, ask: () => Promise.resolve(undefined) };
    // Tests read declared defaults on purpose: nothing is printed of that.
    openLogs.add(problems);
    this.setup = { ambient: this.ambient, tracking, onMissingFeature, remote };
  }

  /** Makes the setting this value in any context. Throws 'invalid' for a value that its type does not have. */
  set<Value, Feature extends string>(setting: Setting<Value, Feature>, value: NoInfer<Value>): void {
    this.setRules(setting, [], value);
  }

  /**
   * Makes the setting what these rules say, by the precedence of the service, and where none holds `defaultValue`, or
   * else the declared default. Throws 'invalid' for rules that the service would not have.
   */
  setRules<Value, Feature extends string>(
    setting: Setting<Value, Feature>,
    rules: readonly StubRule<NoInfer<Value>, NoInfer<Feature>>[],
    defaultValue: NoInfer<Value> = setting.defaultValue,
  ): void {
    const prepared = prepareStub(setting, this.options.contextFeatures, rules, defaultValue);
    const reader = this.stubbed.get(setting)?.reader ?? this.takeOver(setting);
    reader.serve(prepared);
  }

  /** Lets these settings, or else all, read as they did before. */
  restore(...settings: readonly AnySetting[]): void {
    for (const setting of settings.length > 0 ? settings : [...this.stubbed.keys()]) {
      const stubbed = this.stubbed.get(setting);
      this.stubbed.delete(setting);
      if (stubbed !== undefined && setting.reader === stubbed.reader) setting.reader = stubbed.earlier;
    }
  }

  /** As that of a client, as are all methods from here on. */
  withContext<Result>(context: GivenContext, work: () => Result): Result {
    return this.ambient.run(context, work);
  }

  /** An application that was given the stub for its client closes it, which restores all. */
  close(): Promise<void> {
    this.isClosed = true;
    this.restore();
    return Promise.resolve();
  }

  /** Settings that are added keep their values. */
  add(...settings: readonly AnySetting[]): Promise<void> {
    for (const setting of settings) this.added.add(setting);
    return Promise.resolve();
  }

  find(name: string): AnySetting | undefined {
    const settings = [...this.stubbed.keys(), ...this.added];
    return settings.find(({ declaration }) => [declaration.name, declaration.alias].includes(name));
  }

  outcomes(): ReadonlyMap<string, DeclarationOutcome> {
    return new Map();
  }

  reload(): Promise<void> {
    return Promise.resolve();
  }

  /** That of a client which has just been updated. */
  status(): ClientStatus {
    const state = this.isClosed ? 'closed' : 'serving';
    const current = {
      source: 'service',
      revision: null,
      ageMs: 0,
      isStale: false,
      isStreaming: false,
      failures: 0,
    } as const;
    return withJson({ state, ...current, lastError: undefined });
  }

  snapshot(): Snapshot {
    return makeSnapshot([], this.options.contextFeatures ?? [], null);
  }

  onChange(): () => void {
    return () => undefined;
  }

  onStatus(): () => void {
    return () => undefined;
  }

  private takeOver(setting: AnySetting): LiveReader {
    const reader = new LiveReader(setting, this.setup);
    // A client may take the setting up even so.
    reader.isReleased = true;
    this.stubbed.set(setting, { reader, earlier: setting.reader });
    setting.reader = reader;
    return reader;
  }
}
