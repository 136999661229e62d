import { bucketCount, isWithinShare } from './bucketing.js';
import { type Candidate, isRollout, nameOf } from './candidate.js';
import { type Finding, finding, type FindingKind } from './finding.js';
import { formatInstant } from './instant.js';
import { type Placed, projectAll, projection, type Shape, sharedFeatures } from './lint-shapes.js';
import { formatPercentage, shareBounds } from './percentage.js';
import { type Members, type Rollout } from './rollout.js';

/** How long a ramp has been finished when lint speaks of it: a week, in milliseconds. */
export const RAMP_REST_MS = 7 * 86_400_000;

/** What is worth a thought about a rollout by itself: switched off, at 0 or 100 % for good, a ramp long finished. */
export function lintRollout(rollout: Rollout, nowMs: number): readonly Finding[] {
  const { share, feature } = rollout;
  const tell = (kind: FindingKind, what: string) => [finding(kind, [rollout], `${nameOf(rollout)} ${what}`)];
  const ended = share.kind === 'ramp' && nowMs - share.endMs >= RAMP_REST_MS ? share : undefined;
  const afterRamp = ended === undefined ? [] : tell('ramp-finished', describeEnd(ended.endMs, ended.toThousandths));
  if (!rollout.enabled) return [...tell('rollout-disabled', 'is switched off and matches nothing'), ...afterRamp];
  if (admitsAll(rollout, nowMs)) {
    return [...tell('rollout-at-hundred', `is at 100 %: it admits everybody whose ${feature} is known`), ...afterRamp];
  }
  if (shareBounds(share, nowMs).greatest > 0) return afterRamp;
  return [...tell('rollout-at-zero', `is at 0 %: it admits ${exceptions(rollout)}`), ...afterRamp];
}

function describeEnd(endMs: number, thousandths: number): string {
  return `has a ramp that ended at ${formatInstant(endMs)}: a percentage of ${formatPercentage(thousandths)} says the same`;
}

function exceptions({ members, pattern }: Rollout): string {
  const some = [
    ...(members?.size === 0 ? [] : ['its members']),
    ...(pattern === undefined ? [] : ['units with its pattern']),
  ];
  return some.length === 0 ? 'nobody' : `${some.join(' and ')} only`;
}

/** Whether it admits every unit from `nowMs` on. With crc32, all of the hundred buckets are in above 99 %. */
function admitsAll({ enabled, hash, share }: Rollout, nowMs: number): boolean {
  return enabled && isWithinShare(hash, bucketCount(hash) - 1, shareBounds(share, nowMs).least);
}

/**
 * The rollout cannot match from `nowMs` on but for its members, which are these; undefined where others are admitted or
 * may be. One that is switched off is not meant.
 */
export function onlyMembers(rollout: Rollout, nowMs: number): Members | undefined {
  if (!rollout.enabled || rollout.members === null || rollout.pattern !== undefined) return undefined;
  return shareBounds(rollout.share, nowMs).greatest === 0 ? rollout.members : undefined;
}

type Cover = Readonly<{ shape: Shape; feature: string; takers: ReadonlyMap<string, readonly Placed[]> }>;

/**
 * What decides only where a feature is unknown, since a rollout by that feature, which admits everybody, ranks above it.
 * Nothing is said of the `silent`.
 */
export function findCovered(
  shapes: readonly Shape[],
  silent: ReadonlySet<Candidate>,
  nowMs: number,
): readonly Finding[] {
  const covers = shapes.flatMap((shape) => coverOf(shape, nowMs));
  return shapes.flatMap((shape) => {
    const above = covers.filter((cover) => cover.shape.key > shape.key && isImplied(cover, shape));
    if (above.length === 0) return [];
    return shape.members.flatMap((placed) => (silent.has(placed.candidate) ? [] : findTaker(placed, above)));
  });
}

function coverOf(shape: Shape, nowMs: number): Cover[] {
  if (shape.soft === undefined) return [];
  const full = shape.members.filter(({ candidate }) => isRollout(candidate) && admitsAll(candidate, nowMs));
  return full.length === 0 ? [] : [{ shape, feature: shape.soft, takers: projectAll(full, [...shape.features]) }];
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
