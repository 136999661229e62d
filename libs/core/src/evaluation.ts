import { variantOf } from './bucketing.js';
import { type Candidate, type EvaluableRule, type EvaluableSetting, requireFeatures } from './candidate.js';
import { type DecisionTree, findMatch, growTree, type Match } from './decision-tree.js';
import { explainSteps, type Explanation, inPrecedence } from './explanation.js';
import { atOnce, type InSteps } from './in-steps.js';
import { type JsonText } from './json.js';
import { type Context } from './precedence.js';
import { type AdmittedBy, type Variant } from './rollout.js';

export type Decision<Value = JsonText> =
  | Readonly<{ value: Value; reason: 'RULE'; ruleId: number }>
  | Readonly<{ value: Value; reason: 'ROLLOUT'; rolloutId: number; variant?: string; by: AdmittedBy }>
  | Readonly<{ value: Value; reason: 'DEFAULT' }>;

/**
 * The value of a setting in a context, and why. Where `unlessMemberOf` is present, it is the id of a rollout whose members
 * are not known here, and which would decide otherwise if the unit were one of them: the service knows.
 */
export type Evaluation<Value = JsonText> = Decision<Value> & Readonly<{ unlessMemberOf?: number }>;

export type Evaluator<Value = JsonText> = Readonly<{
  /** Where there is no doubt, the same decision is the same object: callers can keep what they make of it. */
  evaluate: (context: Context, nowMs: number) => Evaluation<Value>;
  /** Every rule and rollout by precedence, and what became of it; where they are more than `limit`, some are left out. */
  explain: (context: Context, nowMs: number, limit?: number) => Explanation<Value>;
}>;

/**
 * Prepares decisions on a setting: what evaluating costs is up to its shapes of conditions, not its number of rules.
 * Throws 'invalid' where a rule or rollout names a feature that is not listed.
 */
export function makeEvaluator<Value>(setting: EvaluableSetting<Value>): Evaluator<Value> {
  return atOnce(makeEvaluatorInSteps(setting));
}

/** Does as makeEvaluator, in steps of well below a millisecond: for many rules, where others wait for the thread. */
export function* makeEvaluatorInSteps<Value>(setting: EvaluableSetting<Value>): InSteps<Evaluator<Value>> {
  requireFeatures(setting);
  yield;
  const tree = yield* growTree<Value>([...setting.rules, ...setting.rollouts], setting.features);
  const hasUnknownMembers = setting.rollouts.some(({ members }) => members === null);
  const decide = decider<Value>();
  const byDefault: Decision<Value> = { value: setting.defaultValue, reason: 'DEFAULT' };
  const evaluate = (context: Context, nowMs: number): Evaluation<Value> => {
    if (tree === undefined) return byDefault;
    const match = findMatch(tree, context, nowMs, false);
    const decision = match === undefined ? byDefault : decide(match, context);
    return hasUnknownMembers ? withDoubt(decision, match, tree, context, nowMs) : decision;
  };
  let ordered: readonly Candidate<Value>[] | undefined;
  const explain = (context: Context, nowMs: number, limit = 1000): Explanation<Value> =>
    explainSteps(setting.defaultValue, (ordered ??= inPrecedence(setting)), context, nowMs, limit);
  return { evaluate, explain };
}

/** Decisions as they are first met: of a match, or of a match and the variant that is drawn. */
function decider<Value>(): (match: Match<Value>, context: Context) => Decision<Value> {
  const ofMatch = new Map<Match<Value>, Decision<Value>>();
  const ofVariant = new Map<Match<Value>, Map<Variant<Value>, Decision<Value>>>();
  return (match, context) => {
    if (match.kind === 'rule') return getOrMake(ofMatch, match, () => decisionOfRule(match.candidate));
    const { candidate: rollout, by } = match;
    const { id, outcome, hash, salt } = rollout;
    if (outcome.kind === 'value') return getOrMake(ofMatch, match, () => decisionOfRollout(id, outcome, by));
    const variant = variantOf(hash, salt, context.get(rollout.feature) ?? '', outcome.variants);
    const decisions = getOrMake(ofVariant, match, () => new Map<Variant<Value>, Decision<Value>>());
    return getOrMake(decisions, variant, () => decisionOfRollout(id, variant, by));
  };
}

function getOrMake<K, V>(known: Map<K, V>, key: K, make: () => V): V {
  const value = known.get(key);
  if (value !== undefined) return value;
  const made = make();
  known.set(key, made);
  return made;
}

function decisionOfRule<Value>({ value, id }: EvaluableRule<Value>): Decision<Value> {
  return { value, reason: 'RULE', ruleId: id };
}

/** @param given the rollout's one value, or the variant drawn for the unit */
function decisionOfRollout<Value>(
  rolloutId: number,
  { value, name }: Readonly<{ value: Value; name?: string }>,
  by: AdmittedBy,
): Decision<Value> {
  return { value, reason: 'ROLLOUT', rolloutId, ...(name !== undefined && { variant: name }), by };
}

/** If a member of every rollout whose members are not known gets the same, there is no doubt. */
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
