import { type Candidate, type EvaluableRule, type EvaluableSetting, isRollout, requireFeatures } from './candidate.js';
import { type Condition, type Context, firstFailing } from './condition.js';
import { atOnce, type InSteps, partsOf } from './in-steps.js';
import { type JsonText } from './json.js';
import { groupByShapeSteps } from './precedence.js';
import { type RolloutAdmission, admission, type Rollout } from './rollout.js';

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
  | Readonly<{
      kind: 'rollout';
      position: number;
      rollout: Rollout<Value>;
      outcome: StepOutcome;
      admission: RolloutAdmission;
    }>
  | Readonly<{ kind: 'default'; position: number; value: Value; outcome: 'decides' | 'overridden' }>;

/** The steps to a decision, the default last; `omitted` counts rules and rollouts left out, none of which match. */
export type Explanation<Value = JsonText> = Readonly<{ steps: readonly Step<Value>[]; omitted: number }>;

/**
 * Explains what decides in a context: everything that matches, and the first of the rest up to `limit` steps. Throws 'invalid' where makeEvaluator does.
 */
export function explain<Value>(
  setting: EvaluableSetting<Value>,
  context: Context,
  nowMs: number,
  limit = 1000,
): Explanation<Value> {
  return atOnce(explainSteps(setting, context, nowMs, limit));
}

/** As explain, in steps of about a millisecond. */
export function* explainSteps<Value>(
  setting: EvaluableSetting<Value>,
  context: Context,
  nowMs: number,
  limit: number,
): InSteps<Explanation<Value>> {
  requireFeatures(setting);
  const ordered = yield* inPrecedence(setting);
  const steps: Step<Value>[] = [];
  let isDecided = false;
  let matches = 0;
  let position = 0;
  for (const part of partsOf(ordered)) {
    for (const candidate of part) {
      const step: Step<Value> = explainOne(candidate, (position += 1), isDecided, context, nowMs);
      if (isMatch(step)) {
        isDecided = true;
        matches += 1;
      } else if (steps.length - matches >= limit) continue;
      steps.push(step);
    }
    yield;
  }
  let room = limit - matches;
  const shown = steps.filter((step) => isMatch(step) || room-- > 0);
  const outcome = isDecided ? 'overridden' : 'decides';
  const last: Step<Value> = { kind: 'default', position: position + 1, value: setting.defaultValue, outcome };
  return { steps: [...shown, last], omitted: position - shown.length };
}

function isMatch(step: Step<unknown>): boolean {
  return step.outcome !== 'does-not-match';
}

/** Rules and rollouts by precedence. */
function* inPrecedence<Value>({
  features,
  rules,
  rollouts,
}: EvaluableSetting<Value>): InSteps<readonly Candidate<Value>[]> {
  const groups = yield* groupByShapeSteps<Candidate<Value>>([...rules, ...rollouts], features);
  return [...groups.values()].flat();
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
