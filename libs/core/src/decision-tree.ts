import { type Candidate, type EvaluableRule, isRollout } from './candidate.js';
import { type InSteps } from './in-steps.js';
import { type JsonText } from './json.js';
import { type Condition, type Context } from './precedence.js';
import { firstFailing, rankOn } from './ranking.js';
import { type AdmittedBy, admittedBy, type Rollout } from './rollout.js';

/**
 * Candidates by what they ask of the features, from the last feature to the first. Walking it in the order equality,
 * soft condition, no condition meets candidates in their precedence, and meets no more than the shapes that there are.
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
/**
 * A candidate, and behind it those with equal conditions. Standing as high as it is alone, it has conditions that the
 * way to it has not checked. `match` is that of a rule, `matches` are those of a rollout.
 */
type Leaf<Value> = Readonly<{
  kind: 'leaf';
  match: Match<Value> | undefined;
  rollout: Rollout<Value> | undefined;
  matches: Readonly<Record<AdmittedBy, Match<Value>>> | undefined;
  unchecked: readonly Condition[];
  next: Leaf<Value> | undefined;
}>;

/** A rule or rollout that matches; a rollout, with what admits the unit. In one tree, the same match is the same object. */
export type Match<Value = JsonText> =
  | Readonly<{ kind: 'rule'; candidate: EvaluableRule<Value> }>
  | Readonly<{ kind: 'rollout'; candidate: Rollout<Value>; by: AdmittedBy }>;

/** After so many candidates growing a tree takes a step: some tens of microseconds. */
const CANDIDATES_PER_STEP = 256;

/** Undefined where there are no candidates that could match. Of those with equal conditions the older goes first. */
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
  let untilStep = CANDIDATES_PER_STEP;
  for (const candidate of candidates) {
    const value = candidate.conditions.find((condition) => condition[0] === feature)?.[1];
    if (value === undefined) (rankOn(candidate, feature) === 1 ? soft : none).push(candidate);
    else if (!equal.get(value)?.push(candidate)) equal.set(value, [candidate]);
    if ((untilStep -= 1) > 0) continue;
    untilStep = CANDIDATES_PER_STEP;
    yield;
  }
  // Of small groups there are many: these count, too.
  yield;
  return division;
}

/** `at` is the last feature that the way to the leaf did not branch on. */
function leafOf<Value>(
  candidates: readonly Candidate<Value>[],
  features: readonly string[],
  at: number,
): Leaf<Value> | undefined {
  const byAge = candidates.length > 1 ? candidates.toSorted((a, b) => a.id - b.id) : candidates;
  return byAge.reduceRight<Leaf<Value> | undefined>((next, candidate) => {
    const ahead = candidate.conditions.filter(([feature]) => features.indexOf(feature) <= at);
    const unchecked = ahead.length === 0 ? NONE : ahead;
    if (!isRollout(candidate)) {
      return {
        kind: 'leaf',
        match: { kind: 'rule', candidate },
        rollout: undefined,
        matches: undefined,
        unchecked,
        next,
      };
    }
    return { kind: 'leaf', match: undefined, rollout: candidate, matches: matchesOf(candidate), unchecked, next };
  }, undefined);
}

function matchesOf<Value>(candidate: Rollout<Value>): Readonly<Record<AdmittedBy, Match<Value>>> {
  const match = (by: AdmittedBy): Match<Value> => ({ kind: 'rollout', candidate, by });
  return { member: match('member'), pattern: match('pattern'), percentage: match('percentage') };
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
    const by = admittedBy(rollout, unit, nowMs);
    if (by !== undefined) return matches[by];
    if (assumed && rollout.members === null) return matches.member;
  }
  return undefined;
}
