import {
  atOnce,
  type Context,
  type Evaluation,
  type Evaluator,
  explainSteps,
  type Explanation,
  type InSteps,
  isTimed,
  makeEvaluator,
  makeEvaluatorInSteps,
  type PackedTree,
  packTree,
  type Share,
  type TextNumbers,
} from '@heksher/core';
import {
  evaluable,
  evaluableIn,
  explainSetting,
  findSetting,
  findSettings,
  type LoadedSetting,
  preparePatterns,
  type Revision,
  ruleCount,
  type Setting,
} from '@heksher/ruleset';
import { type Reading } from '../ruleset/ruleset-follower.js';

/** Evaluators are made when they are first needed, and live as long as their setting stays as it is. */
const evaluators = new WeakMap<Setting, Evaluator>();

/**
 * A setting with more rules has no evaluator: it takes microseconds to make for each rule, and memory; to find the few rules
 * that a context meets first makes each evaluation take some microseconds more.
 */
const MOST_RULES_OF_EVALUATOR = 2_048;

/** All settings as of one revision, to be evaluated in any number of contexts. */
export class EvaluationReading {
  constructor(private readonly reading: Reading) {}

  /** Equal tokens mean equal settings, on every replica. */
  get revisionToken(): string {
    return this.revision.token;
  }

  get revision(): Revision {
    return this.reading.ruleset.revision;
  }

  /** Undefined: this is current; else it held so many seconds ago. */
  get staleSeconds(): number | undefined {
    return this.reading.staleSeconds;
  }

  /** The context features in order, the most specific last. */
  get features(): ReadonlySet<string> {
    return this.reading.ruleset.features;
  }

  /** All settings, in the order of their names. */
  settings(): Iterable<Setting> {
    return this.reading.ruleset.settings.values();
  }

  /** See `findSettings`. */
  settingsNamed(names: readonly string[] | undefined): Iterable<Setting> {
    return findSettings(this.reading.ruleset, names);
  }

  /** The setting of that name or alias. */
  findSetting(name: string): Setting | undefined {
    return findSetting(this.reading.ruleset, name);
  }

  /** Whether `prepare` has nothing to do. */
  isPrepared(setting: Setting): boolean {
    return evaluators.has(setting);
  }

  /** Makes in steps what `evaluate` otherwise makes when it is called first, which may take long. */
  *prepare(setting: Setting): InSteps<void> {
    if (evaluators.has(setting)) return;
    yield* preparePatterns(setting.rollouts);
    if (this.isLarge(setting)) return;
    evaluators.set(setting, yield* makeEvaluatorInSteps(yield* evaluable(this.reading.ruleset, setting)));
  }

  /** The same object for the same decision, unless the setting is large. */
  evaluate(setting: Setting, context: Context, nowMs: number): Evaluation {
    const evaluator = this.isLarge(setting)
      ? makeEvaluator(evaluableIn(context, this.reading.ruleset, setting))
      : this.evaluatorOf(setting);
    return evaluator.evaluate(context, nowMs);
  }

  isLarge(setting: Setting): boolean {
    return ruleCount(setting) > MOST_RULES_OF_EVALUATOR;
  }

  /** Explains a setting that was prepared. */
  *explain(setting: Setting, context: Context, nowMs: number, limit: number): InSteps<Explanation> {
    const { ruleset } = this.reading;
    if (this.isLarge(setting)) return explainSetting(ruleset, setting, context, nowMs, limit);
    return yield* explainSteps(yield* evaluable(ruleset, setting), context, nowMs, limit);
  }

  /** The setting to be evaluated with many others; undefined where it is large. */
  *packedTree(setting: Setting, numbers: TextNumbers): InSteps<PackedTree | undefined> {
    yield* preparePatterns(setting.rollouts);
    if (this.isLarge(setting)) return undefined;
    return yield* packTree(yield* evaluable(this.reading.ruleset, setting), numbers);
  }

  /** All that a setting has, also the rules that never decide because an older one has the same conditions. */
  *wholeSetting(setting: Setting): InSteps<LoadedSetting> {
    yield* preparePatterns(setting.rollouts);
    return yield* evaluable(this.reading.ruleset, setting, 'with shadowed');
  }

  hasRules(setting: Setting): boolean {
    return ruleCount(setting) > 0;
  }

  private evaluatorOf(setting: Setting): Evaluator {
    const known = evaluators.get(setting);
    if (known !== undefined) return known;
    const made = makeEvaluator(atOnce(evaluable(this.reading.ruleset, setting)));
    evaluators.set(setting, made);
    return made;
  }
}

/** The shares that the clock alone moves. */
export function rampsOf({ rollouts }: Setting): readonly Share[] {
  return rollouts.filter(isTimed).map(({ share }) => share);
}
