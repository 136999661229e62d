import { type Alternatives } from '@heksher/core';
import {
  type AmbientContext,
  type GivenContext,
  givenValue,
  type MissingFeaturePolicy,
  requireContext,
  type ScopedContext,
} from '../context.js';
import { missingFeature } from '../errors.js';
import { type SettingEvaluation, type SettingReader } from '../reading.js';
import { type AnySetting } from '../setting.js';
import { type PreparedSetting } from './prepare.js';
import { type Tracking } from './tracking.js';

export type KnownContext = ReadonlyMap<string, string>;

/** Decisions that depend on members of rollouts who are known to the service only. */
export type ServiceEvaluator = Readonly<{
  /** What the service said of this, if it did; where that is missing or old, it is asked meanwhile. */
  recall(name: string, prepared: PreparedSetting, context: KnownContext): SettingEvaluation<unknown> | undefined;
  /** What the service says; undefined where it does not answer. */
  ask(name: string, prepared: PreparedSetting, context: KnownContext): Promise<SettingEvaluation<unknown> | undefined>;
}>;

/** What the readers of one client share. */
export type ReaderSetup = Readonly<{
  ambient: AmbientContext;
  tracking: Tracking;
  onMissingFeature: MissingFeaturePolicy;
  remote: ServiceEvaluator;
}>;

type Slot = Readonly<{ feature: string; isRequired: boolean; tracked: ReadonlySet<string> | undefined }>;

/** Reads a setting as it was served last; the declared default before that. */
export class LiveReader implements SettingReader<unknown> {
  /** Its client has closed: another one may take the setting up. */
  isReleased = false;
  private prepared: PreparedSetting | undefined;
  private slots: readonly Slot[] = [];
  /** One for all readings, none of which overlap: a context for each would cost more than the rest of a reading. */
  private readonly context = new Map<string, string>();
  /** Features whose value a function of the program gives. */
  private computed: readonly string[] = [];

  constructor(
    private readonly setting: AnySetting,
    private readonly setup: ReaderSetup,
  ) {
    this.lookFor([]);
  }

  /** From now on; undefined for the declared default. */
  serve(prepared: PreparedSetting | undefined): void {
    this.prepared = prepared;
    this.lookFor(prepared?.features ?? []);
    this.context.clear();
  }

  get(given: GivenContext | undefined): unknown {
    const missing = this.look(given);
    if (missing !== undefined && this.setup.onMissingFeature !== 'resolve') {
      return this.without(missing, this.setup.onMissingFeature).value;
    }
    const { prepared } = this;
    if (prepared === undefined) return this.setting.defaultValue;
    const found = prepared.evaluator.evaluate(this.context, prepared.hasRamp ? Date.now() : 0);
    if (found.unlessMemberOf === undefined) return found.value;
    return (this.recall(prepared) ?? found).value;
  }

  evaluate(given: GivenContext | undefined, onMissing = this.setup.onMissingFeature): SettingEvaluation<unknown> {
    const missing = this.look(given);
    if (missing !== undefined && onMissing !== 'resolve') return this.without(missing, onMissing);
    const { prepared } = this;
    if (prepared === undefined) return this.byDefault();
    const found = prepared.evaluator.evaluate(this.context, Date.now());
    return found.unlessMemberOf === undefined ? found : (withAdmission(this.recall(prepared), found) ?? found);
  }

  async resolve(
    given: GivenContext | undefined,
    onMissing?: MissingFeaturePolicy,
  ): Promise<SettingEvaluation<unknown>> {
    const found = this.evaluate(given, onMissing);
    if (found.unlessMemberOf === undefined || this.prepared === undefined) return found;
    const answer = await this.setup.remote.ask(this.setting.name, this.prepared, new Map(this.context));
    return withAdmission(answer, found) ?? found;
  }

  alternatives(): Alternatives {
    return this.prepared?.alternatives ?? 'some';
  }

  private recall(prepared: PreparedSetting): SettingEvaluation<unknown> | undefined {
    return this.setup.remote.recall(this.setting.name, prepared, this.context);
  }

  private without(feature: string, policy: 'throw' | 'default'): SettingEvaluation<unknown> {
    if (policy === 'throw') throw missingFeature(this.setting.name, feature);
    return this.byDefault();
  }

  private byDefault(): SettingEvaluation<unknown> {
    const { prepared } = this;
    return { value: prepared === undefined ? this.setting.defaultValue : prepared.defaultValue, reason: 'DEFAULT' };
  }

  /** Fills the context; the first feature that should have a value and has none, if any. */
  private look(given: GivenContext | undefined): string | undefined {
    if (given !== undefined) requireContext(given);
    const { ambient, tracking } = this.setup;
    const scoped = ambient.scoped();
    const computed = this.computed.length === 0 ? undefined : this.compute(given, scoped);
    let missing: string | undefined;
    for (const { feature, isRequired, tracked } of this.slots) {
      let value = known(feature, given, scoped);
      if (value === undefined) value = computed?.has(feature) ? computed.get(feature) : ambient.constantOf(feature);
      if (typeof value === 'string') {
        this.context.set(feature, value);
        if (tracked?.has(value) === false) tracking.reportUntracked(feature, value);
        continue;
      }
      this.context.delete(feature);
      if (value === undefined && isRequired) missing ??= feature;
    }
    return missing;
  }

  /** Functions of the program may read settings, this one too: they are called before the context is filled. */
  private compute(
    given: GivenContext | undefined,
    scoped: ScopedContext | undefined,
  ): ReadonlyMap<string, string | null | undefined> {
    const unknown = this.computed.filter((feature) => known(feature, given, scoped) === undefined);
    return new Map(unknown.map((feature) => [feature, this.setup.ambient.compute(feature)]));
  }

  /** What is declared must be known; what only the service's rules use, may be. */
  private lookFor(used: readonly string[]): void {
    const { ambient, tracking } = this.setup;
    const { configurableFeatures: declared } = this.setting;
    this.slots = [...new Set([...declared, ...used])].map((feature) => ({
      feature,
      isRequired: declared.includes(feature),
      tracked: tracking.valuesOf(feature),
    }));
    this.computed = this.slots.map(({ feature }) => feature).filter((feature) => ambient.isComputed(feature));
  }
}

/** Answers of the service do not say what admitted a unit to a rollout: what did so here, or else that the unit is a member. */
function withAdmission(
  answer: SettingEvaluation<unknown> | undefined,
  found: SettingEvaluation<unknown>,
): SettingEvaluation<unknown> | undefined {
  if (answer?.reason !== 'ROLLOUT') return answer;
  return { ...answer, by: (answer.rolloutId === found.rolloutId ? found.by : undefined) ?? 'member' };
}

function known(
  feature: string,
  given: GivenContext | undefined,
  scoped: ScopedContext | undefined,
): string | null | undefined {
  const value = given === undefined ? undefined : givenValue(given, feature);
  return value === undefined && scoped !== undefined ? scoped.get(feature) : value;
}
