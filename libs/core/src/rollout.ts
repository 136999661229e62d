import { admissionBucket, type BucketHash, BUCKETS, isWithinShare } from './bucketing.js';
import { type JsonText } from './json.js';
import { type Share, shareAt } from './percentage.js';
import { type Condition, type Context } from './precedence.js';
import { firstFailing } from './ranking.js';

/** One of the values among which a rollout divides its units, as often as its weight, a positive whole number, says. */
export type Variant<Value = JsonText> = Readonly<{ name: string; value: Value; weight: number }>;

/** A pattern to search for in unit ids. The caller compiles it: core has no engine that is safe from backtracking. */
export type UnitPattern = Readonly<{ source: string; test(unit: string): boolean }>;

/** Units of a rollout: a Set of them is one. */
export type Members = Iterable<string> & Readonly<{ size: number; has(unit: string): boolean }>;

export type Outcome<Value = JsonText> =
  Readonly<{ kind: 'value'; value: Value }> | Readonly<{ kind: 'variants'; variants: readonly Variant<Value>[] }>;

/**
 * A rule with one soft condition: that the unit, which is the context's value of `feature`, is among the members, has
 * the pattern, or falls into the share. `conditions` are exact, on other features, in feature order. `members` is null
 * where there are some, but they are not known here.
 */
export type Rollout<Value = JsonText> = Readonly<{
  id: number;
  feature: string;
  conditions: readonly Condition[];
  enabled: boolean;
  share: Share;
  members: Members | null;
  pattern: UnitPattern | undefined;
  outcome: Outcome<Value>;
  hash: BucketHash;
  salt: string;
}>;

export type AdmittedBy = 'member' | 'pattern' | 'percentage';

/** Whether a rollout matches, and why: `bucket`, of bucketCount(hash), is held against `thousandths` of a percent. */
export type Admission =
  | Readonly<{ admitted: true; by: AdmittedBy; unit: string; bucket: number; thousandths: number }>
  | Readonly<{ admitted: false; because: 'disabled' }>
  | Readonly<{ admitted: false; because: 'condition'; condition: Condition }>
  | Readonly<{ admitted: false; because: 'no-unit' }>
  /** Where the members are not known here, the unit may be one of them. */
  | Readonly<{
      admitted: false;
      because: 'bucket';
      unit: string;
      bucket: number;
      thousandths: number;
      membersKnown: boolean;
    }>;

/** Decides whether the rollout matches; a condition that fails is the first one that does. */
export function admission(rollout: Rollout<unknown>, context: Context, nowMs: number): Admission {
  if (!rollout.enabled) return { admitted: false, because: 'disabled' };
  const condition = firstFailing(rollout.conditions, context);
  if (condition !== undefined) return { admitted: false, because: 'condition', condition };
  const unit = context.get(rollout.feature);
  if (unit === undefined) return { admitted: false, because: 'no-unit' };
  const bucket = admissionBucket(rollout.hash, rollout.salt, unit);
  const thousandths = shareAt(rollout.share, nowMs);
  const by = admittedBy(rollout, unit, nowMs);
  if (by !== undefined) return { admitted: true, by, unit, bucket, thousandths };
  return { admitted: false, because: 'bucket', unit, bucket, thousandths, membersKnown: rollout.members !== null };
}

/** What admits the unit, conditions apart; undefined where nothing does. Members that are not known here admit nobody. */
export function admittedBy(rollout: Rollout<unknown>, unit: string, nowMs: number): AdmittedBy | undefined {
  const { members } = rollout;
  if (members !== null && members.size > 0 && members.has(unit)) return 'member';
  if (rollout.pattern?.test(unit)) return 'pattern';
  const thousandths = shareAt(rollout.share, nowMs);
  if (thousandths <= 0) return undefined;
  if (thousandths >= BUCKETS) return 'percentage';
  const bucket = admissionBucket(rollout.hash, rollout.salt, unit);
  return isWithinShare(rollout.hash, bucket, thousandths) ? 'percentage' : undefined;
}
