import { type EvaluableSetting, requireFeatures } from './candidate.js';
import { type Context } from './condition.js';
import { type Decision } from './decision.js';
import { type DecisionTree, findMatch, growTree, type Match } from './decision-tree.js';
import { atOnce, type InSteps } from './in-steps.js';
import { type JsonText } from './json.js';

/**
 * A decision; where `unlessMemberOf` is present, it is the id of a rollout whose members are not known here, and which
 * would decide otherwise if the unit were one of them: the service knows.
 */
export type Evaluation<Value = JsonText> = Decision<Value> & Readonly<{ unlessMemberOf?: number }>;

export type Evaluator<Value = JsonText> = Readonly<{
  /** Without `unlessMemberOf`, equal decisions are the same object, so that callers can cache what they derive from it. */
  evaluate: (context: Context, nowMs: number) => Evaluation<Value>;
}>;

/**
 * Prepares decisions on a setting: the cost of an evaluation depends on the number of shapes of conditions, not of rules.
 * Throws 'invalid' where a rule or rollout names a feature that is not listed.
 */
export function makeEvaluator<Value>(setting: EvaluableSetting<Value>): Evaluator<Value> {
  return atOnce(makeEvaluatorInSteps(setting));
}

/** As makeEvaluator, in steps of well below a millisecond: for many rules. */
export function* makeEvaluatorInSteps<Value>(setting: EvaluableSetting<Value>): InSteps<Evaluator<Value>> {
  requireFeatures(setting);
  yield;
  const tree = yield* growTree<Value>([...setting.rules, ...setting.rollouts], setting.features);
  const hasUnknownMembers = setting.rollouts.some(({ members }) => members === null);
  const byDefault: Decision<Value> = { value: setting.defaultValue, reason: 'DEFAULT' };
  const evaluate = (context: Context, nowMs: number): Evaluation<Value> => {
    if (tree === undefined) return byDefault;
    const match = findMatch(tree, context, nowMs, false);
    const decision = match === undefined ? byDefault : match.decision;
    return hasUnknownMembers ? withDoubt(decision, match, tree, context, nowMs) : decision;
  };
  return { evaluate };
}

/** The decision is certain if a member of every rollout with unknown members would get the same. */
function withDoubt<Value>(
  decision: Decision<Value>,
  match: Match<Value> | undefined,
  tree: DecisionTree<Value>,
  context: Context,
  nowMs: number,
): Evaluation<Value> {
  const other = findMatch(tree, context, nowMs, true);
  if (other === undefined || other.candidate === match?.candidate) return decision;
  return { ...decision, unlessMemberOf: other.candidate.id };
}
