import {
  type Candidate,
  compareByPrecedence,
  type Condition,
  conditionsKey,
  type Evaluation,
  type EvaluableRule,
  type Finding,
  jsonKey,
  type JsonText,
  leastContext,
  lintRuleset,
  type LintedSetting,
  makeEvaluator,
} from '@heksher/core';

/** A rule as it would be; without an id it is a new one. */
export type RuleDraft = Readonly<{ id?: number | undefined; conditions: readonly Condition[]; value: JsonText }>;

/** What the context that just fulfils the conditions gets before and after. */
export type BeforeAfter = Readonly<{ conditions: readonly Condition[]; before: Evaluation; after: Evaluation }>;

export type RuleEffect = Readonly<{
  /** Its place in the order of precedence, from 1, of `count` lines, the default with them. */
  place: number;
  count: number;
  here: BeforeAfter;
  /** Where its conditions were before, if they were others. */
  there: BeforeAfter | undefined;
  /** Lines above it that decide for some of its contexts. */
  except: readonly Candidate[];
  /** What lint finds that it did not find before; undefined where there is too much to look at. */
  findings: readonly Finding[] | undefined;
  /** Another rule with the same conditions. */
  equal: EvaluableRule | undefined;
}>;

/** Stands for the id of a rule that is new: it is younger than all others. */
export const NEW_ID = Number.MAX_SAFE_INTEGER;
const MOST_LINTED = 500;

/** What a rule would do, by the service's own evaluation. */
export function effectOf(setting: LintedSetting, draft: RuleDraft, nowMs: number): RuleEffect {
  const { features, rules, rollouts } = setting;
  const rule: EvaluableRule = { id: draft.id ?? NEW_ID, conditions: draft.conditions, value: draft.value };
  const others = rules.filter(({ id }) => id !== rule.id);
  const old = rules.find(({ id }) => id === rule.id);
  const next: LintedSetting = { ...setting, rules: [...others, rule] };
  const [was, willBe] = [makeEvaluator(setting), makeEvaluator(next)];
  const compare = (conditions: readonly Condition[]): BeforeAfter => {
    const context = leastContext(conditions);
    return { conditions, before: was.evaluate(context, nowMs), after: willBe.evaluate(context, nowMs) };
  };
  const key = conditionsKey(rule.conditions);
  const above = [...others, ...rollouts].filter((other) => compareByPrecedence(other, rule, features) < 0);
  const isMoved = old !== undefined && conditionsKey(old.conditions) !== key;
  return {
    place: above.length + 1,
    count: others.length + rollouts.length + 2,
    here: compare(rule.conditions),
    there: isMoved ? compare(old.conditions) : undefined,
    except: above.filter((other) => canBothHold(other.conditions, rule.conditions) && isOther(other, rule)),
    findings: others.length + rollouts.length > MOST_LINTED ? undefined : newFindings(setting, next, nowMs),
    equal: others.find(({ conditions }) => conditionsKey(conditions) === key),
  };
}

/** Whether some context fulfils both. */
function canBothHold(a: readonly Condition[], b: readonly Condition[]): boolean {
  const wanted = leastContext(b);
  return a.every(([feature, value]) => (wanted.get(feature) ?? value) === value);
}

/** A rollout that is off decides for nobody, and a line with the same value makes no difference. */
function isOther(other: Candidate, rule: EvaluableRule): boolean {
  if ('outcome' in other) return other.enabled;
  return jsonKey(other.value) !== jsonKey(rule.value);
}

export function newFindings(before: LintedSetting, after: LintedSetting, nowMs: number): readonly Finding[] {
  const known = new Set(lintRuleset(before, nowMs).map(({ message }) => message));
  return lintRuleset(after, nowMs)
    .filter(({ message }) => !known.has(message))
    .map((found) => ({ ...found, message: found.message.replaceAll(`rule ${NEW_ID}`, 'this rule') }));
}
