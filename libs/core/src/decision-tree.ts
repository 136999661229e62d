import { type Candidate, type EvaluableRule, isRollout } from './candidate.js';
import { type Condition, type Context } from './precedence.js';
import { firstFailing, rankOn } from './ranking.js';
import { type AdmittedBy, admittedBy, type Rollout } from './rollout.js';

/**
 * Candidates by what they ask of the features, from the last feature to the first. Walking it in the order equality,
 * soft condition, no condition meets candidates in their precedence, and meets no more than the shapes that there are.
 */
export type DecisionTree = Branch | Leaf;

type Branch = Readonly<{
  kind: 'branch';
  feature: string;
  equal: ReadonlyMap<string, DecisionTree>;
  soft: DecisionTree | undefined;
  none: DecisionTree | undefined;
}>;

/**
 * A candidate, and behind it those with equal conditions. Standing as high as it is alone, it has conditions that the
 * way to it has not checked. `match` is that of a rule, `matches` are those of a rollout.
 */
type Leaf = Readonly<{
  kind: 'leaf';
  match: Match | undefined;
  rollout: Rollout | undefined;
  matches: Readonly<Record<AdmittedBy, Match>> | undefined;
  unchecked: readonly Condition[];
  next: Leaf | undefined;
}>;

/** A rule or rollout that matches; a rollout, with what admits the unit. In one tree, the same match is the same object. */
export type Match =
  | Readonly<{ kind: 'rule'; candidate: EvaluableRule }>
  | Readonly<{ kind: 'rollout'; candidate: Rollout; by: AdmittedBy }>;

/** Undefined where there are no candidates that could match. Of those with equal conditions the older goes first. */
export function growTree(candidates: readonly Candidate[], features: readonly string[]): DecisionTree | undefined {
  const able = candidates.filter((candidate) => !isRollout(candidate) || candidate.enabled);
  return grow(able, features, features.length - 1);
}

function grow(candidates: readonly Candidate[], features: readonly string[], at: number): DecisionTree | undefined {
  const feature = features[at];
  if (candidates.length <= 1 || feature === undefined) return leafOf(candidates, features.slice(0, at + 1));
  const equal = new Map<string, Candidate[]>();
  const soft: Candidate[] = [];
  const none: Candidate[] = [];
  for (const candidate of candidates) {
    const value = candidate.conditions.find((condition) => condition[0] === feature)?.[1];
    if (value === undefined) (rankOn(candidate, feature) === 1 ? soft : none).push(candidate);
    else if (!equal.get(value)?.push(candidate)) equal.set(value, [candidate]);
  }
  if (none.length === candidates.length) return grow(candidates, features, at - 1);
  const trees = new Map<string, DecisionTree>();
  for (const [value, group] of equal) {
    const tree = grow(group, features, at - 1);
    if (tree !== undefined) trees.set(value, tree);
  }
  const [softTree, noneTree] = [grow(soft, features, at - 1), grow(none, features, at - 1)];
  return { kind: 'branch', feature, equal: trees, soft: softTree, none: noneTree };
}

function leafOf(candidates: readonly Candidate[], ahead: readonly string[]): Leaf | undefined {
  const byAge = candidates.length > 1 ? candidates.toSorted((a, b) => a.id - b.id) : candidates;
  return byAge.reduceRight<Leaf | undefined>((next, candidate) => {
    const unchecked = candidate.conditions.filter(([feature]) => ahead.includes(feature));
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

function matchesOf(candidate: Rollout): Readonly<Record<AdmittedBy, Match>> {
  const match = (by: AdmittedBy): Match => ({ kind: 'rollout', candidate, by });
  return { member: match('member'), pattern: match('pattern'), percentage: match('percentage') };
}

/**
 * The match of highest precedence. `assumed` says whether units count as members of a rollout whose members are not
 * known here.
 */
export function findMatch(tree: DecisionTree, context: Context, nowMs: number, assumed: boolean): Match | undefined {
  let node: DecisionTree | undefined = tree;
  while (node !== undefined) {
    if (node.kind === 'leaf') return matchLeaf(node, context, nowMs, assumed);
    const value = context.get(node.feature);
    if (value !== undefined) {
      const equal = node.equal.get(value);
      const match = equal && findMatch(equal, context, nowMs, assumed);
      if (match !== undefined) return match;
      const softMatch = node.soft && findMatch(node.soft, context, nowMs, assumed);
      if (softMatch !== undefined) return softMatch;
    }
    node = node.none;
  }
  return undefined;
}

function matchLeaf(first: Leaf, context: Context, nowMs: number, assumed: boolean): Match | undefined {
  for (let leaf: Leaf | undefined = first; leaf !== undefined; leaf = leaf.next) {
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
