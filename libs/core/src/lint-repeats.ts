import { type Candidate, isRollout, nameOf } from './candidate.js';
import { type Finding, finding, nameAll } from './finding.js';
import { type InSteps } from './in-steps.js';
import { type Placed, projectAll, projection, type Shape, sharedFeatures } from './lint-shapes.js';

/** A shape as seen from one above it: what of it can match where a member of that one does. */
type Below = {
  readonly shape: Shape;
  readonly shared: readonly string[];
  /** One of its members that can match together matches for certain. */
  readonly isCertain: boolean;
  /** Its members by their conditions on the shared features; made when first needed. */
  overridden: ReadonlyMap<string, Overridden> | undefined;
};

/** Members of a shape with the same conditions; `valueKey` is undefined where they can give different values. */
type Overridden = Readonly<{ valueKey: string | undefined; members: readonly Placed[] }>;

/**
 * What could be removed, one or all together, without changing a value anywhere: everything that decides in its place,
 * down to what matches for certain, gives the same value. A rollout counts as if it might match, also while it does not.
 * Nothing is said of the `silent`.
 */
export function* findRepeats(
  shapes: readonly Shape[],
  silent: ReadonlySet<Candidate>,
  defaultKey: string,
): InSteps<readonly Finding[]> {
  const findings: Finding[] = [];
  let compared = 0;
  for (const [index, shape] of shapes.entries()) {
    const below = shapes.slice(index).map((other) => seenFrom(shape, other));
    for (const placed of shape.members) {
      const { candidate } = placed;
      const isExperiment = isRollout(candidate) && candidate.outcome.kind === 'variants';
      if (!isExperiment && !silent.has(candidate)) findings.push(...(yield* findRepeat(placed, below, defaultKey)));
      compared += below.length;
      if (compared < COMPARED_PER_STEP) continue;
      compared = 0;
      yield;
    }
  }
  return findings;
}

const COMPARED_PER_STEP = 1_000;

function seenFrom(shape: Shape, other: Shape): Below {
  const shared = sharedFeatures(other.features, shape.features);
  const isCertain = other !== shape && other.soft === undefined && shared.length === other.features.size;
  return { shape: other, shared, isCertain, overridden: undefined };
}

function* summarize(members: readonly Placed[], shared: readonly string[]): InSteps<ReadonlyMap<string, Overridden>> {
  const summaries = new Map<string, Overridden>();
  for (const [key, group] of yield* projectAll(members, shared)) {
    const [first] = group;
    const isOne = group.every(({ valueKey }) => valueKey === first?.valueKey);
    summaries.set(key, { valueKey: isOne ? first?.valueKey : undefined, members: group });
    if (summaries.size % 1_000 === 0) yield;
  }
  return summaries;
}

function* findRepeat(placed: Placed, below: readonly Below[], defaultKey: string): InSteps<Finding[]> {
  const { candidate, valueKey } = placed;
  const others: Candidate[] = [];
  let isSettled = false;
  for (const one of below) {
    one.overridden ??= yield* summarize(one.shape.members, one.shared);
    const met = one.overridden.get(projection(placed, one.shared));
    if (met === undefined) continue;
    if (met.valueKey !== valueKey) return [];
    // More than a message shows (10): collecting all would be quadratic.
    for (const other of met.members.slice(0, 12)) if (other !== placed) others.push(other.candidate);
    isSettled = one.isCertain;
    if (isSettled) break;
  }
  if (!isSettled && valueKey !== defaultKey) return [];
  const heirs = [...(others.length > 0 ? [nameAll(others)] : []), ...(isSettled ? [] : ['the default'])].join(' or ');
  const why = `where it decides, ${heirs} would decide without it, with the same value`;
  const message = `${nameOf(candidate)} changes nothing: ${why}`;
  return [finding(others.length === 0 ? 'repeats-default' : 'repeats-overridden', [candidate, ...others], message)];
}
