import {
  type Context,
  type Evaluation,
  type Evaluator,
  type Explanation,
  makeEvaluator,
  type Share,
} from '@heksher/core';
import { evaluableSetting, ruleCount } from '../query/evaluable-setting.js';
import { type Setting } from '../query/ruleset.js';
import { type Reading } from '../query/ruleset.service.js';

/** Evaluators are made when they are first needed, and live as long as their setting stays as it is. */
const evaluators = new WeakMap<Setting, Evaluator>();

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

  /** The setting of that name or alias. */
  findSetting(name: string): Setting | undefined {
    const { settings, aliases } = this.reading.ruleset;
    return settings.get(name) ?? settings.get(aliases.get(name) ?? '');
  }

  evaluate(setting: Setting, context: Context, nowMs: number): Evaluation {
    return this.evaluatorOf(setting).evaluate(context, nowMs);
  }

  explain(setting: Setting, context: Context, nowMs: number, limit?: number): Explanation {
    return this.evaluatorOf(setting).explain(context, nowMs, limit);
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
  return rollouts.map(({ share }) => share).filter(({ kind }) => kind === 'ramp');
}
