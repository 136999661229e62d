import { variantIndex } from './bucketing.js';
import { type Candidate, isRollout } from './candidate.js';
import { type Condition, conditionOn, type Context, featureOf, firstFailing, valueOf } from './condition.js';
import { type Decision, decisionOfRollout, decisionOfRule } from './decision.js';
import { type InSteps, partsOf } from './in-steps.js';
import { type JsonText } from './json.js';
import { ADMITTED_BY, type AdmittedBy, admittedBy } from './matcher.js';
import { rankOn } from './precedence.js';
import { type Rollout } from './rollout.js';

/**
 * Candidates indexed by their conditions, from the last feature to the first. Visiting equality, then soft condition, then no
 * condition yields candidates in order of precedence; the cost depends on the number of shapes, not of candidates.
 */
export type DecisionTree<Value = JsonText> = Branch<Value> | Leaf<Value>;

type Branch<Value> = Readonly<{
  kind: 'branch';
  feature: string;
  equal: ReadonlyMap<string, DecisionTree<Value>>;
  soft: DecisionTree<Value> | undefined;
  none: DecisionTree<Value> | undefined;
}>;

/**
 * A candidate, followed by those with equal conditions. A leaf stands at the highest node where it is alone, so that some of its
 * conditions are not checked on the path to it: `unchecked`.
 */
type Leaf<Value> = Readonly<{
  kind: 'leaf';
  /** Of a rule. */
  match: Match<Value> | undefined;
  /** Of a rollout. */
  rollout: Rollout<Value> | undefined;
  matches: RolloutMatches<Value> | undefined;
  unchecked: readonly Condition[];
  next: Leaf<Value> | undefined;
}>;

/** A rule or rollout that matches, and the decision. Made with the tree, so that evaluation allocates nothing. */
export type Match<Value = JsonText> = Readonly<{ candidate: Candidate<Value>; decision: Decision<Value> }>;

/** The match of each outcome, one value or each variant, by what admits the unit. */
export type RolloutMatches<Value> = Readonly<Record<AdmittedBy, readonly Match<Value>[]>>;

/** Builds the tree; undefined if no candidate could match. Of candidates with equal conditions the older comes first. */
export function growTree<Value>(
  candidates: readonly Candidate<Value>[],
  features: readonly string[],
): InSteps<DecisionTree<Value> | undefined> {
  const able = candidates.filter((candidate) => !isRollout(candidate) || candidate.enabled);
  return grow(able, features, features.length - 1);
}

function* grow<Value>(
  candidates: readonly Candidate<Value>[],
  features: readonly string[],
  at: number,
): InSteps<DecisionTree<Value> | undefined> {
  const feature = features[at];
  if (candidates.length <= 1 || feature === undefined) return leafOf(candidates, features, at);
  const { equal, soft, none } = yield* divide(candidates, feature);
  if (none.length === candidates.length) return yield* grow(candidates, features, at - 1);
  const trees = new Map<string, DecisionTree<Value>>();
  for (const [value, group] of equal) {
    const tree = group.length === 1 ? leafOf(group, features, at - 1) : yield* grow(group, features, at - 1);
    if (tree !== undefined) trees.set(value, tree);
    if (trees.size % 256 === 0) yield;
  }
  const softTree = yield* grow(soft, features, at - 1);
  return { kind: 'branch', feature, equal: trees, soft: softTree, none: yield* grow(none, features, at - 1) };
}

type Division<Value> = Readonly<
  Record<'soft' | 'none', Candidate<Value>[]> & { equal: Map<string, Candidate<Value>[]> }
>;

function* divide<Value>(candidates: readonly Candidate<Value>[], feature: string): InSteps<Division<Value>> {
  const division: Division<Value> = { equal: new Map(), soft: [], none: [] };
  const { equal, soft, none } = division;
  for (const part of partsOf(candidates)) {
    for (const candidate of part) {
      const condition = conditionOn(candidate.conditions, feature);
      if (condition === undefined) (rankOn(candidate, feature) === 1 ? soft : none).push(candidate);
      else if (!equal.get(valueOf(condition))?.push(candidate)) equal.set(valueOf(condition), [candidate]);
    }
    yield;
  }
  return division;
}

/** `at` is the last feature that the path to the leaf did not branch on. */
function leafOf<Value>(
  candidates: readonly Candidate<Value>[],
  features: readonly string[],
  at: number,
): Leaf<Value> | undefined {
  const byAge = candidates.length > 1 ? candidates.toSorted((a, b) => a.id - b.id) : candidates;
  return byAge.reduceRight<Leaf<Value> | undefined>((next, candidate) => {
    const ahead = candidate.conditions.filter((condition) => features.indexOf(featureOf(condition)) <= at);
    const unchecked = ahead.length === 0 ? NONE : ahead;
    if (isRollout(candidate)) {
      const matches = matchesOf(candidate);
      return { kind: 'leaf', match: undefined, rollout: candidate, matches, unchecked, next };
    }
    const match = { candidate, decision: decisionOfRule(candidate) };
    return { kind: 'leaf', match, rollout: undefined, matches: undefined, unchecked, next };
  }, undefined);
}

function matchesOf<Value>(candidate: Rollout<Value>): RolloutMatches<Value> {
  const { id, outcome } = candidate;
  const given = outcome.kind === 'value' ? [outcome] : outcome.variants;
  const matchesBy = (by: AdmittedBy): readonly Match<Value>[] =>
    given.map((one) => ({ candidate, decision: decisionOfRollout(id, one, by) }));
  return Object.fromEntries(ADMITTED_BY.map((by) => [by, matchesBy(by)])) as RolloutMatches<Value>;
}

const NONE: readonly Condition[] = [];

/**
 * The match of highest precedence. `assumed` says whether units count as members of a rollout whose members are not
 * known here.
 */
export function findMatch<Value>(
  tree: DecisionTree<Value>,
  context: Context,
  nowMs: number,
  assumed: boolean,
): Match<Value> | undefined {
  let node: DecisionTree<Value> | undefined = tree;
  while (node !== undefined) {
    if (node.kind === 'leaf') return matchLeaf(node, context, nowMs, assumed);
    const value = context.get(node.feature);
    if (value !== undefined) {
      const equal = node.equal.get(value);
      const match: Match<Value> | undefined = equal && findMatch(equal, context, nowMs, assumed);
      if (match !== undefined) return match;
      const softMatch: Match<Value> | undefined = node.soft && findMatch(node.soft, context, nowMs, assumed);
      if (softMatch !== undefined) return softMatch;
    }
    node = node.none;
  }
  return undefined;
}

function matchLeaf<Value>(
  first: Leaf<Value>,
  context: Context,
  nowMs: number,
  assumed: boolean,
): Match<Value> | undefined {
  for (let leaf: Leaf<Value> | undefined = first; leaf !== undefined; leaf = leaf.next) {
    const { match, rollout, matches, unchecked } = leaf;
    if (unchecked.length > 0 && firstFailing(unchecked, context) !== undefined) continue;
    if (rollout === undefined || matches === undefined) return match;
    const unit = context.get(rollout.feature);
    if (unit === undefined) continue;
    const by = admittedBy(rollout, unit, nowMs) ?? (assumed && rollout.members === null ? 'member' : undefined);
    if (by !== undefined) return matches[by][outcomeIndex(rollout, unit)];
  }
  return undefined;
}

/** The place of the value that a unit gets among the outcomes of a rollout. */
export function outcomeIndex({ outcome, hash, salt }: Rollout<unknown>, unit: string): number {
  return outcome.kind === 'value' ? 0 : variantIndex(hash, salt, unit, outcome.variants);
}
