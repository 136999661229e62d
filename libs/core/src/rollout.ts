import { type Condition, type Context, firstFailing } from './condition.js';
import { type JsonText } from './json.js';
import { type AdmittedBy, admittedBy, type Draw, drawOf, type Matchers } from './matcher.js';

/** One of the values among which a rollout divides its units, as often as its weight, a positive whole number, says. */
export type Variant<Value = JsonText> = Readonly<{ name: string; value: Value; weight: number }>;

export type Outcome<Value = JsonText> =
  Readonly<{ kind: 'value'; value: Value }> | Readonly<{ kind: 'variants'; variants: readonly Variant<Value>[] }>;

/**
 * A rule with one soft condition: that a matcher admits the unit, which is the context's value of `feature`. `conditions`
 * are exact, on other features, in feature order.
 */
export type Rollout<Value = JsonText> = Matchers &
  Readonly<{
    id: number;
    feature: string;
    conditions: readonly Condition[];
    enabled: boolean;
    outcome: Outcome<Value>;
  }>;

/** Whether a rollout matches, and why. */
export type RolloutAdmission =
  | (Draw & Readonly<{ admitted: true; by: AdmittedBy; unit: string }>)
  | Readonly<{ admitted: false; because: 'disabled' }>
  | Readonly<{ admitted: false; because: 'condition'; condition: Condition }>
  | Readonly<{ admitted: false; because: 'no-unit' }>
  /** Where the members are not known here, the unit may be one of them. */
  | (Draw & Readonly<{ admitted: false; because: 'bucket'; unit: string; membersKnown: boolean }>);

/** Decides whether the rollout matches; a condition that fails is the first one that does. */
export function admission(rollout: Rollout<unknown>, context: Context, nowMs: number): RolloutAdmission {
  if (!rollout.enabled) return { admitted: false, because: 'disabled' };
  const condition = firstFailing(rollout.conditions, context);
  if (condition !== undefined) return { admitted: false, because: 'condition', condition };
  const unit = context.get(rollout.feature);
  if (unit === undefined) return { admitted: false, because: 'no-unit' };
  const draw = drawOf(rollout, unit, nowMs);
  const by = admittedBy(rollout, unit, nowMs);
  if (by !== undefined) return { admitted: true, by, unit, ...draw };
  return { admitted: false, because: 'bucket', unit, ...draw, membersKnown: rollout.members !== null };
}
