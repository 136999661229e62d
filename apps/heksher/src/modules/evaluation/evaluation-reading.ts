import {
  type Context,
  type EvaluableSetting,
  type Evaluation,
  type Evaluator,
  explain,
  type Explanation,
  isTimed,
  makeEvaluator,
  type Share,
} from '@heksher/core';
import { settingsOf } from '../query/answer.js';
import { evaluableSetting, ruleCount, type Setting, settingFor } from '@heksher/ruleset';
import { type Reading } from '../ruleset/ruleset.service.js';

/** Evaluators are made when they are first needed, and live as long as their setting stays as it is. */
const evaluators = new WeakMap<Setting, Evaluator>();

/**
 * A setting with more rules has no evaluator but to explain: it takes microseconds to make for each rule, in one piece,
 * and memory; to find the few rules that a context meets first makes each evaluation take some microseconds more.
 */
const MOST_RULES_OF_EVALUATOR = 2_048;

/** All settings as of one revision, to be evaluated in any number of contexts. */
export class EvaluationReading {
  constructor(private readonly reading: Reading) {}

  /** Equal tokens mean equal settings, on every replica. */
  get revisionToken(): string {
    return this.reading.ruleset.revision.token;
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

  /**
   * The settings of these names or aliases, each once, or all; HeksherError as from `settingsOf` where there are none of
   * some names.
   */
  settingsNamed(names: readonly string[] | undefined): Iterable<Setting> {
    return settingsOf(this.reading.ruleset, { settings: names });
  }

  /** The setting of that name or alias. */
  findSetting(name: string): Setting | undefined {
    const { settings, aliases } = this.reading.ruleset;
    return settings.get(name) ?? settings.get(aliases.get(name) ?? '');
  }

  /** The same object for the same decision, unless the setting is large. */
  evaluate(setting: Setting, context: Context, nowMs: number): Evaluation {
    const evaluator = this.isLarge(setting)
      ? makeEvaluator(settingFor(context, this.reading.ruleset, setting))
      : this.evaluatorOf(setting);
    return evaluator.evaluate(context, nowMs);
  }

  isLarge(setting: Setting): boolean {
    return ruleCount(setting) > MOST_RULES_OF_EVALUATOR;
  }

  explain(setting: Setting, context: Context, nowMs: number, limit?: number): Explanation {
    return explain(evaluableSetting(this.reading.ruleset, setting), context, nowMs, limit);
  }

  /** All that a setting has, also the rules that never decide because an older one has the same conditions. */
  wholeSetting(setting: Setting): EvaluableSetting {
    return evaluableSetting(this.reading.ruleset, setting, 'with shadowed rules');
  }

  hasRules(setting: Setting): boolean {
    return ruleCount(setting) > 0;
  }

  private evaluatorOf(setting: Setting): Evaluator {
    const known = evaluators.get(setting);
    if (known !== undefined) return known;
    const made = makeEvaluator(evaluableSetting(this.reading.ruleset, setting));
    evaluators.set(setting, made);
    return made;
  }
}

/** The shares that the clock alone moves. */
export function rampsOf({ rollouts }: Setting): readonly Share[] {
  return rollouts.filter(isTimed).map(({ share }) => share);
}
