import { type Decision } from './decision.js';
import { outcomeIndex } from './decision-tree.js';
import { type JsonText } from './json.js';
import { ADMITTED_BY, admittedBy } from './matcher.js';
import { ABSENT, type PackedContext, UNNAMED } from './packed-context.js';
import { type Rollout } from './rollout.js';

/**
 * Layout of a node:
 *
 *     branch: feature index (≥ 0) | soft subtree | none subtree | value count n | values (n), ascending | subtrees (n)
 *     leaf: LEAF | next leaf | decision, or ~rollout index | unchecked count m | feature index, value (m times)
 */
export const LEAF = -1;
const HEAD = 4;

/** Null pointer: no tree begins at offset 0. */
export const NOWHERE = 0;

export type PackedRollout = Readonly<{
  rollout: Rollout<unknown>;
  /** The place of its feature. */
  place: number;
  /** Its first decision; the others follow by ADMITTED_BY, and by outcome within each. */
  decision: number;
  outcomes: number;
}>;

/**
 * The decision tree of a setting as one array of numbers. Evaluating very many settings in one context is bound by memory
 * access: 200 flags took 150 µs of processor time with trees of objects, and take 47 µs with these.
 */
export class PackedTree<Value = JsonText> {
  constructor(
    private readonly code: Int32Array,
    private readonly root: number,
    private readonly rollouts: readonly PackedRollout[],
    /** All possible decisions, the default first. */
    private readonly decisions: readonly [Decision<Value>, ...Decision<Value>[]],
  ) {}

  get decisionCount(): number {
    return this.decisions.length;
  }

  decision(number: number): Decision<Value> {
    return this.decisions[number] ?? this.decisions[0];
  }

  /** The number of the decision in a context, a small one: 0 is the default. Members that are not known here admit nobody. */
  find(context: PackedContext, nowMs: number): number {
    return this.findFrom(this.root, context, nowMs) ?? 0;
  }

  /** As findMatch of decision-tree.ts. */
  private findFrom(start: number, context: PackedContext, nowMs: number): number | undefined {
    const { code } = this;
    let at = start;
    while (at !== NOWHERE) {
      const place = code[at] ?? 0;
      if (place === LEAF) return this.matchLeaf(at, context, nowMs);
      const number = context.numbers[place] ?? ABSENT;
      if (number !== ABSENT) {
        const equal = number === UNNAMED ? NOWHERE : subtreeOf(code, at, number);
        const match = equal === NOWHERE ? undefined : this.findFrom(equal, context, nowMs);
        if (match !== undefined) return match;
        const soft = code[at + 1] ?? NOWHERE;
        const softMatch = soft === NOWHERE ? undefined : this.findFrom(soft, context, nowMs);
        if (softMatch !== undefined) return softMatch;
      }
      at = code[at + 2] ?? NOWHERE;
    }
    return undefined;
  }

  private matchLeaf(first: number, context: PackedContext, nowMs: number): number | undefined {
    const { code } = this;
    for (let at = first; at !== NOWHERE; at = code[at + 1] ?? NOWHERE) {
      if (!holdAll(code, at, context.numbers)) continue;
      const outcome = code[at + 2] ?? 0;
      if (outcome >= 0) return outcome;
      const decision = this.matchRollout(~outcome, context, nowMs);
      if (decision !== undefined) return decision;
    }
    return undefined;
  }

  private matchRollout(index: number, context: PackedContext, nowMs: number): number | undefined {
    const packed = this.rollouts[index];
    if (packed === undefined) return undefined;
    const unit = context.texts[packed.place];
    if (unit === undefined) return undefined;
    const by = admittedBy(packed.rollout, unit, nowMs);
    if (by === undefined) return undefined;
    return packed.decision + ADMITTED_BY.indexOf(by) * packed.outcomes + outcomeIndex(packed.rollout, unit);
  }
}

/** Binary search down to 8 values, then linear search. */
function subtreeOf(code: Int32Array, branch: number, number: number): number {
  const count = code[branch + 3] ?? 0;
  const from = branch + HEAD;
  let low = 0;
  let high = count;
  while (high - low > 8) {
    const middle = (low + high) >>> 1;
    if ((code[from + middle] ?? 0) <= number) low = middle;
    else high = middle;
  }
  for (let at = low; at < high; at += 1) if (code[from + at] === number) return code[from + count + at] ?? NOWHERE;
  return NOWHERE;
}

function holdAll(code: Int32Array, leaf: number, numbers: Int32Array): boolean {
  const end = leaf + HEAD + 2 * (code[leaf + 3] ?? 0);
  for (let at = leaf + HEAD; at < end; at += 2) if (numbers[code[at] ?? 0] !== code[at + 1]) return false;
  return true;
}
