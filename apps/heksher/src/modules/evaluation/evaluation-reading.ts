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
  findSettingsInSteps,
  type LoadedSetting,
  preparePatterns,
  type Revision,
  ruleCount,
  type Setting,
  tryPatterns,
} from '@heksher/ruleset';
import { OPEN_CHANNEL } from '../../access/channel.js';
import { type Held, visibilityOf } from '../../access/principal.js';
import { requireVisible } from '../../access/visible-ruleset.js';
import { type ReadingAs } from '../ruleset/ruleset.service.js';

/** Evaluators are made when they are first needed, and live as long as their setting stays as it is. */
const evaluators = new WeakMap<Setting, Evaluator>();

/**
 * A setting with more rules has no evaluator: it takes microseconds to make for each rule, and memory; to find the few rules
 * that a context meets first makes each evaluation take some microseconds more.
 */
const MOST_RULES_OF_EVALUATOR = 2_048;

/** The patterns of so many rollouts are tested without a step between. */
const FEW_ROLLOUTS = 3;

/** All settings as of one revision, to be evaluated in any number of contexts. */
export class EvaluationReading {
  constructor(private readonly reading: ReadingAs) {}

  /** What is known of the context of whoever asks; undefined: nobody in particular does. */
  get held(): Held | undefined {
    return this.reading.principal;
  }

  /** By which whoever asks can follow changes; undefined: not at all. */
  get channel(): string | undefined {
    const { principal } = this.reading;
    return principal === undefined ? OPEN_CHANNEL : principal.channel;
  }

  /** Equal for all who see the same settings, of which there may be different ones at a revision. */
  get visibility(): string {
    return visibilityOf(this.reading.principal, 'evaluate');
  }

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

  /** The number of the revision where this is of the past. */
  get asOf(): string | undefined {
    return this.reading.past?.seq;
  }

  /** The time that ramps go by: now, or that which is looked back at. */
  get nowMs(): number {
    return this.reading.past?.atMs ?? Date.now();
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
  settingsNamed(names: readonly string[] | undefined): InSteps<Iterable<Setting>> {
    requireVisible(this.reading.ruleset, names);
    return findSettingsInSteps(this.reading.ruleset, names);
  }

  /** The setting of that name or alias. Throws `forbidden` for one that is not visible. */
  findSetting(name: string): Setting | undefined {
    const setting = findSetting(this.reading.ruleset, name);
    if (setting === undefined) requireVisible(this.reading.ruleset, [name]);
    return setting;
  }

  /**
   * Makes in steps what `evaluate` otherwise makes when it is called: evaluators for the first time, and what very many
   * patterns need for a unit. Undefined: nothing.
   */
  prepare(setting: Setting, context: Context): InSteps<void> | undefined {
    return evaluators.has(setting) ? this.tryPatterns(setting, context) : this.makeReady(setting, context);
  }

  /** What very many patterns need for a unit; undefined where they are not so many. */
  tryPatterns({ rollouts }: Setting, context: Context): InSteps<void> | undefined {
    return rollouts.length > FEW_ROLLOUTS ? tryPatterns(rollouts, context) : undefined;
  }

  private *makeReady(setting: Setting, context: Context): InSteps<void> {
    yield* preparePatterns(setting.rollouts);
    if (!this.isLarge(setting)) {
      evaluators.set(setting, yield* makeEvaluatorInSteps(yield* evaluable(this.reading.ruleset, setting)));
    }
    const trying = this.tryPatterns(setting, context);
    if (trying !== undefined) yield* trying;
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

/** How many settings without patterns one takes as long as to evaluate: a pattern may take milliseconds for a unit that is new to it. */
export function workOf({ rollouts }: Setting): number {
  return rollouts.some(({ pattern }) => pattern !== undefined) ? 64 : 1;
}

/** The shares that the clock alone moves. */
export function rampsOf({ rollouts }: Setting): readonly Share[] {
  return rollouts.filter(isTimed).map(({ share }) => share);
}
