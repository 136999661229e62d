import { type Candidate, isRollout, nameOf } from './candidate.js';
import { type Finding, finding } from './finding.js';
import { flatMapSteps, type InSteps } from './in-steps.js';
import { type Placed, projectAll, projection, type Shape, sharedFeatures } from './lint-shapes.js';
import { admitsEverybody, type Members, type Remark, remarksOn, whomAdmitted } from './matcher.js';
import { type Rollout } from './rollout.js';

/** Lint of a single rollout: switched off, at 0 or 100 % for good, a ramp long finished. */
export function lintRollout(rollout: Rollout, nowMs: number): readonly Finding[] {
  const report = ({ kind, what }: Remark): Finding => finding(kind, [rollout], `${nameOf(rollout)} ${what}`);
  const remarks = remarksOn(rollout, nowMs).filter(({ kind }) => rollout.enabled || kind === 'ramp-finished');
  return (rollout.enabled ? remarks : [DISABLED, ...remarks]).map(report);
}

const DISABLED: Remark = { kind: 'rollout-disabled', what: 'is switched off and matches nothing' };

/**
 * The rollout cannot match from `nowMs` on but for its members, which are these; undefined where others are admitted or
 * may be. One that is switched off is not meant.
 */
export function onlyMembers(rollout: Rollout, nowMs: number): Members | undefined {
  if (!rollout.enabled || rollout.members === null) return undefined;
  return whomAdmitted(rollout, nowMs, 'member').length === 0 ? rollout.members : undefined;
}

type Cover = Readonly<{ shape: Shape; feature: string; takers: ReadonlyMap<string, readonly Placed[]> }>;

/**
 * What decides only where a feature is unknown, since a rollout by that feature, which admits everybody, ranks above it.
 * Nothing is said of the `silent`.
 */
export function* findCovered(
  shapes: readonly Shape[],
  silent: ReadonlySet<Candidate>,
  nowMs: number,
): InSteps<readonly Finding[]> {
  const covers: Cover[] = [];
  for (const shape of shapes) {
    const cover = yield* coverOf(shape, nowMs);
    if (cover !== undefined) covers.push(cover);
  }
  const findings: Finding[][] = [];
  for (const shape of shapes) {
    const above = covers.filter((cover) => cover.shape.key > shape.key && isImplied(cover, shape));
    if (above.length > 0) {
      const find = (placed: Placed): Finding[] => (silent.has(placed.candidate) ? [] : findTaker(placed, above));
      findings.push(yield* flatMapSteps(shape.members, find));
    }
    yield;
  }
  return findings.flat();
}

function* coverOf(shape: Shape, nowMs: number): InSteps<Cover | undefined> {
  if (shape.soft === undefined) return undefined;
  const admitsAll = ({ candidate }: Placed) =>
    isRollout(candidate) && candidate.enabled && admitsEverybody(candidate, nowMs);
  const full = shape.members.filter(admitsAll);
  if (full.length === 0) return undefined;
  return { shape, feature: shape.soft, takers: yield* projectAll(full, [...shape.features]) };
}

function isImplied(cover: Cover, shape: Shape): boolean {
  return sharedFeatures(cover.shape.features, shape.features).length === cover.shape.features.size;
}

function findTaker(placed: Placed, covers: readonly Cover[]): Finding[] {
  for (const { shape, feature, takers } of covers) {
    const taker: Candidate | undefined = takers.get(projection(placed, [...shape.features]))?.[0]?.candidate;
    if (taker === undefined) continue;
    const why = `${nameOf(taker)} matches everywhere else, and ranks above it`;
    const message = `${nameOf(placed.candidate)} decides only where ${feature} is unknown: ${why}`;
    return [finding('wins-only-without-feature', [placed.candidate, taker], message)];
  }
  return [];
}
