import { type Candidate, type EvaluableRule, type EvaluableSetting, isRollout } from './candidate.js';
import { type JsonText } from './json.js';
import { type Condition, type Context } from './precedence.js';
import { firstFailing, groupByShape } from './ranking.js';
import { type Admission, admission, type Rollout } from './rollout.js';

/** The first by precedence that matches decides, others that match are overridden by it. */
export type StepOutcome = 'decides' | 'overridden' | 'does-not-match';

/** `position` counts from 1 in the order of precedence; `failed` is the first condition that does not hold. */
export type Step<Value = JsonText> =
  | Readonly<{
      kind: 'rule';
      position: number;
      rule: EvaluableRule<Value>;
      outcome: StepOutcome;
      failed: Condition | undefined;
    }>
  | Readonly<{ kind: 'rollout'; position: number; rollout: Rollout<Value>; outcome: StepOutcome; admission: Admission }>
  | Readonly<{ kind: 'default'; position: number; value: Value; outcome: 'decides' | 'overridden' }>;

/** The steps to a decision, the default last; `omitted` counts rules and rollouts left out, none of which match. */
export type Explanation<Value = JsonText> = Readonly<{ steps: readonly Step<Value>[]; omitted: number }>;

/**
 * Explains a decision. All that matches is told; of the rest, as much from the first on as `limit` leaves room for.
 * `ordered` are the rules and rollouts by precedence.
 */
export function explainSteps<Value>(
  defaultValue: Value,
  ordered: readonly Candidate<Value>[],
  context: Context,
  nowMs: number,
  limit: number,
): Explanation<Value> {
  const steps: Step<Value>[] = [];
  let isDecided = false;
  let matches = 0;
  for (const [index, candidate] of ordered.entries()) {
    const step: Step<Value> = explainOne(candidate, index + 1, isDecided, context, nowMs);
    if (isMatch(step)) {
      isDecided = true;
      matches += 1;
    } else if (steps.length - matches >= limit) continue;
    steps.push(step);
  }
  let room = limit - matches;
  const told = steps.filter((step) => isMatch(step) || room-- > 0);
  const outcome = isDecided ? 'overridden' : 'decides';
  const last: Step<Value> = { kind: 'default', position: ordered.length + 1, value: defaultValue, outcome };
  return { steps: [...told, last], omitted: ordered.length - told.length };
}

function isMatch(step: Step<unknown>): boolean {
  return step.outcome !== 'does-not-match';
}

/** Explains what decides the value of a setting in a context; see `explainSteps`. */
export function explain<Value>(
  setting: EvaluableSetting<Value>,
  context: Context,
  nowMs: number,
  limit: number,
): Explanation<Value> {
  return explainSteps(setting.defaultValue, inPrecedence(setting), context, nowMs, limit);
}

/** Rules and rollouts by precedence. */
export function inPrecedence<Value>({
  features,
  rules,
  rollouts,
}: EvaluableSetting<Value>): readonly Candidate<Value>[] {
  return [...groupByShape<Candidate<Value>>([...rules, ...rollouts], features).values()].flat();
}

function explainOne<Value>(
  candidate: Candidate<Value>,
  position: number,
  isDecided: boolean,
  context: Context,
  nowMs: number,
): Step<Value> {
  const match: StepOutcome = isDecided ? 'overridden' : 'decides';
  if (isRollout(candidate)) {
    const admitted = admission(candidate, context, nowMs);
    const outcome = admitted.admitted ? match : 'does-not-match';
    return { kind: 'rollout', position, rollout: candidate, outcome, admission: admitted };
  }
  const failed = firstFailing(candidate.conditions, context);
  return { kind: 'rule', position, rule: candidate, outcome: failed === undefined ? match : 'does-not-match', failed };
}
