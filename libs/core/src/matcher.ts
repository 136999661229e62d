import { admissionBucket, type BucketHash, bucketCount, BUCKETS, isWithinShare } from './bucketing.js';
import { quoted } from './errors.js';
import { formatInstant } from './instant.js';
import { formatPercentage, type Share, shareAt, shareBounds } from './percentage.js';

/*
 * The one file that looks inside a rollout's matchers. Another one, such as named segments, is a field of `Matchers` and
 * an entry of `MATCHERS`.
 */

/** A pattern to search for in unit ids. The caller compiles it: core has no engine that is safe from backtracking. */
export type UnitPattern = Readonly<{ source: string; test(unit: string): boolean }>;

/** Units of a rollout: a Set of them is one. */
export type Members = Iterable<string> & Readonly<{ size: number; has(unit: string): boolean }>;

/** What a rollout matches units by. `members` is null where there are some, but they are not known here. */
export type Matchers = Readonly<{
  members: Members | null;
  pattern: UnitPattern | undefined;
  share: Share;
  hash: BucketHash;
  salt: string;
}>;

/** The `bucket` of a unit, of bucketCount(hash), and the share in `thousandths` of a percent that it is held against. */
export type Draw = Readonly<{ bucket: number; thousandths: number }>;

/** Whom a matcher admits from some time on, for ever. */
type Reach = 'nobody' | 'some' | 'everybody';

type Matcher = Readonly<{
  admits(matchers: Matchers, unit: string, nowMs: number): boolean;
  reach(matchers: Matchers, nowMs: number): Reach;
  /** Completes "it admits …". */
  whom: string;
  /** Completes "the unit …". */
  describe(matchers: Matchers, draw: Draw): string;
}>;

/** In order of evaluation: the first that admits is enough. */
const MATCHERS = {
  member: {
    admits: ({ members }, unit) => members !== null && members.size > 0 && members.has(unit),
    reach: ({ members }) => (members?.size === 0 ? 'nobody' : 'some'),
    whom: 'its members',
    describe: () => 'is a member',
  },
  pattern: {
    admits: ({ pattern }, unit) => pattern?.test(unit) === true,
    reach: ({ pattern }) => (pattern === undefined ? 'nobody' : 'some'),
    whom: 'units with its pattern',
    describe: ({ pattern }) => `has the pattern ${quoted(pattern?.source ?? '')}`,
  },
  percentage: {
    admits: isInShare,
    reach: reachOfShare,
    whom: 'its share of the units',
    describe: (matchers, draw) => describeDraw(matchers, draw, 'below'),
  },
} as const satisfies Readonly<Record<string, Matcher>>;

/** What admits a unit to a rollout. */
export type AdmittedBy = keyof typeof MATCHERS;

export const ADMITTED_BY = Object.keys(MATCHERS) as readonly AdmittedBy[];

/** What admits the unit, conditions apart; undefined where nothing does. Members that are not known here admit nobody. */
export function admittedBy(matchers: Matchers, unit: string, nowMs: number): AdmittedBy | undefined {
  for (const by of ADMITTED_BY) if (MATCHERS[by].admits(matchers, unit, nowMs)) return by;
  return undefined;
}

function isInShare({ share, hash, salt }: Matchers, unit: string, nowMs: number): boolean {
  const thousandths = shareAt(share, nowMs);
  if (thousandths <= 0 || thousandths >= BUCKETS) return thousandths > 0;
  return isWithinShare(hash, admissionBucket(hash, salt, unit), thousandths);
}

/** With crc32, all of the hundred buckets are in above 99 %. */
function reachOfShare({ share, hash }: Matchers, nowMs: number): Reach {
  const { least, greatest } = shareBounds(share, nowMs);
  if (greatest === 0) return 'nobody';
  return isWithinShare(hash, bucketCount(hash) - 1, least) ? 'everybody' : 'some';
}

/** Where the unit falls, whether or not that decides. */
export function drawOf({ share, hash, salt }: Matchers, unit: string, nowMs: number): Draw {
  return { bucket: admissionBucket(hash, salt, unit), thousandths: shareAt(share, nowMs) };
}

/** Where a bucket begins, in percent: the unit is in where that is below the percentage. */
export function bucketPercent(hash: BucketHash, bucket: number): number {
  return formatPercentage(bucket * (BUCKETS / bucketCount(hash)));
}

/** Why a unit is admitted, or by nothing: completes "the unit …". */
export function describeAdmission(matchers: Matchers, by: AdmittedBy | undefined, draw: Draw): string {
  return by === undefined ? describeDraw(matchers, draw, 'not below') : MATCHERS[by].describe(matchers, draw);
}

function describeDraw({ hash }: Matchers, { bucket, thousandths }: Draw, relation: string): string {
  const share = `the ${formatPercentage(thousandths)} % of the rollout`;
  return `falls at ${bucketPercent(hash, bucket)} %, ${relation} ${share}`;
}

/** Whether every unit is admitted from `nowMs` on. */
export function admitsEverybody(matchers: Matchers, nowMs: number): boolean {
  return ADMITTED_BY.some((by) => MATCHERS[by].reach(matchers, nowMs) === 'everybody');
}

/** Whom the rollout can admit from `nowMs` on, by all matchers but those left out: completes "it admits …"; empty: nobody. */
export function whomAdmitted(matchers: Matchers, nowMs: number, ...leftOut: readonly AdmittedBy[]): readonly string[] {
  return ADMITTED_BY.filter((by) => !leftOut.includes(by))
    .filter((by) => MATCHERS[by].reach(matchers, nowMs) !== 'nobody')
    .map((by) => MATCHERS[by].whom);
}

/** Lint reports ramps that ended at least this long ago: a week, in milliseconds. */
export const RAMP_REST_MS = 7 * 86_400_000;

/** What lint says of matchers: completes "the rollout …". */
export type Remark = Readonly<{
  kind: 'rollout-disabled' | 'rollout-at-hundred' | 'rollout-at-zero' | 'ramp-finished';
  what: string;
}>;

/** Lint of the matchers of a rollout, from `nowMs` on. */
export function remarksOn(matchers: Matchers & Readonly<{ feature: string }>, nowMs: number): readonly Remark[] {
  const { share, feature } = matchers;
  const remarks: Remark[] = [];
  if (admitsEverybody(matchers, nowMs)) {
    remarks.push({ kind: 'rollout-at-hundred', what: `is at 100 %: it admits everybody whose ${feature} is known` });
  } else if (reachOfShare(matchers, nowMs) === 'nobody') {
    const others = whomAdmitted(matchers, nowMs, 'percentage');
    const whom = others.length === 0 ? 'nobody' : `${others.join(' and ')} only`;
    remarks.push({ kind: 'rollout-at-zero', what: `is at 0 %: it admits ${whom}` });
  }
  if (share.kind === 'ramp' && nowMs - share.endMs >= RAMP_REST_MS) {
    const ended = `has a ramp that ended at ${formatInstant(share.endMs)}`;
    const percentage = formatPercentage(share.toThousandths);
    remarks.push({ kind: 'ramp-finished', what: `${ended}: a percentage of ${percentage} says the same` });
  }
  return remarks;
}

/** Whether the clock alone can change whom the matchers admit. */
export function isTimed({ share }: Matchers): boolean {
  return share.kind === 'ramp';
}
