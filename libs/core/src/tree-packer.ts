import { type EvaluableSetting, requireFeatures } from './candidate.js';
import { featureOf, valueOf } from './condition.js';
import { type Decision } from './decision.js';
import { type DecisionTree, growTree, type RolloutMatches } from './decision-tree.js';
import { type InSteps } from './in-steps.js';
import { ADMITTED_BY } from './matcher.js';
import { type TextNumbers } from './packed-context.js';
import { LEAF, NOWHERE, type PackedRollout, PackedTree } from './packed-tree.js';
import { type Rollout } from './rollout.js';

/**
 * Packs the decision tree of a setting. All contexts that it is asked about must be packed with the same features and
 * numbers. Throws 'invalid' where makeEvaluator does.
 */
export function* packTree<Value>(setting: EvaluableSetting<Value>, numbers: TextNumbers): InSteps<PackedTree<Value>> {
  requireFeatures(setting);
  const tree = yield* growTree<Value>([...setting.rules, ...setting.rollouts], setting.features);
  const packer = new Packer<Value>(setting, numbers);
  const root = yield* packer.add(tree);
  return new PackedTree(Int32Array.from(packer.code), root, packer.rollouts, packer.decisions);
}

/** Writes nodes in post-order: each after its subtrees. */
class Packer<Value> {
  readonly code: number[] = [NOWHERE];
  readonly rollouts: PackedRollout[] = [];
  readonly decisions: [Decision<Value>, ...Decision<Value>[]];
  private readonly places: ReadonlyMap<string, number>;

  constructor(
    { features, defaultValue }: EvaluableSetting<Value>,
    private readonly numbers: TextNumbers,
  ) {
    this.decisions = [{ value: defaultValue, reason: 'DEFAULT' }];
    this.places = new Map(features.map((feature, place) => [feature, place]));
  }

  /** Returns the offset of the tree. */
  *add(tree: DecisionTree<Value> | undefined): InSteps<number> {
    if (tree === undefined) return NOWHERE;
    if (tree.kind === 'leaf') return this.addLeaf(tree);
    const subtrees: (readonly [number: number, at: number])[] = [];
    for (const [value, subtree] of tree.equal) {
      const at = subtree.kind === 'leaf' ? this.addLeaf(subtree) : yield* this.add(subtree);
      subtrees.push([this.numbers.numberFor(value), at]);
      if (subtrees.length % 256 === 0) yield;
    }
    subtrees.sort(([a], [b]) => a - b);
    const soft = yield* this.add(tree.soft);
    const none = yield* this.add(tree.none);
    const at = this.code.length;
    this.code.push(this.placeOf(tree.feature), soft, none, subtrees.length);
    for (const [number] of subtrees) this.code.push(number);
    for (const [, place] of subtrees) this.code.push(place);
    return at;
  }

  private addLeaf(leaf: Extract<DecisionTree<Value>, { kind: 'leaf' }>): number {
    const { match, rollout, matches, unchecked } = leaf;
    const next = leaf.next === undefined ? NOWHERE : this.addLeaf(leaf.next);
    const outcome = rollout && matches ? this.addRollout(rollout, matches) : this.addDecisions(match ? [match] : []);
    const at = this.code.length;
    this.code.push(LEAF, next, outcome, unchecked.length);
    for (const condition of unchecked) {
      this.code.push(this.placeOf(featureOf(condition)), this.numbers.numberFor(valueOf(condition)));
    }
    return at;
  }

  private addRollout(rollout: Rollout<unknown>, matches: RolloutMatches<Value>): number {
    const decision = this.addDecisions(ADMITTED_BY.flatMap((by) => matches[by]));
    const outcomes = (this.decisions.length - decision) / ADMITTED_BY.length;
    this.rollouts.push({ rollout, place: this.placeOf(rollout.feature), decision, outcomes });
    return ~(this.rollouts.length - 1);
  }

  private addDecisions(matches: readonly Readonly<{ decision: Decision<Value> }>[]): number {
    for (const { decision } of matches) this.decisions.push(decision);
    return this.decisions.length - matches.length;
  }

  private placeOf(feature: string): number {
    return this.places.get(feature) ?? 0;
  }
}
