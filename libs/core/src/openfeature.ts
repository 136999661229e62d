import { contextValueOfNative } from './context-value.js';
import { type Decision } from './decision.js';
import { type AdmittedBy } from './matcher.js';
import { type Rollout } from './rollout.js';

/*
 * How OpenFeature's contexts are understood, and its words for decisions: the same for the service's remote evaluation
 * protocol and the SDK's provider.
 */

/** OpenFeature's reasons, as far as they can be ours. */
export type FlagReason = 'STATIC' | 'DEFAULT' | 'TARGETING_MATCH' | 'SPLIT' | 'DISABLED';

/** What a setting can be else than its default: nothing; only what rollouts that are switched off would give; anything. */
export type Alternatives = 'none' | 'disabled' | 'some';

const TARGETING_KEY = 'targetingKey';
const LONGEST_TEXT = 255;

/**
 * The members of an evaluation context as values of context features. The targeting key stands for `targetingFeature` too,
 * unless that is given by its own name. Clients send what they have: members that hold null, an array, an object, no
 * character or too many are as absent, and a date is its JSON.
 * @param digitsOf the digits of a member that JavaScript rounded, where they are known
 */
export function readFlagContext(
  given: Readonly<Record<string, unknown>>,
  targetingFeature: string | undefined,
  digitsOf?: (name: string) => string | undefined,
): ReadonlyMap<string, string> {
  const context = new Map<string, string>();
  const set = (feature: string, name: string, value: unknown): void => {
    const exact = isRounded(value) ? (digitsOf?.(name) ?? value) : value;
    const text = contextValueOfNative(exact instanceof Date ? exact.toJSON() : exact);
    if (text !== undefined && isSane(text)) context.set(feature, text);
  };
  if (targetingFeature !== undefined && Object.hasOwn(given, TARGETING_KEY)) {
    set(targetingFeature, TARGETING_KEY, given[TARGETING_KEY]);
  }
  for (const name of Object.keys(given)) set(name, name, given[name]);
  return context;
}

/** Ids of 64 bits come as numbers from languages that have such; JavaScript would make one of many. */
function isRounded(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value);
}

/** No value of a feature is empty or longer; a text has at least half as many code points as units. */
function isSane(text: string): boolean {
  if (text === '') return false;
  return text.length <= LONGEST_TEXT || (text.length <= 2 * LONGEST_TEXT && [...text].length <= LONGEST_TEXT);
}

/** What of a setting can decide instead of its default. */
export function alternativesIn(hasRules: boolean, rollouts: readonly Pick<Rollout, 'enabled'>[]): Alternatives {
  if (hasRules || rollouts.some(({ enabled }) => enabled)) return 'some';
  return rollouts.length > 0 ? 'disabled' : 'none';
}

/** The part of a decision that OpenFeature reports. */
type Decided = Readonly<{
  reason: Decision['reason'];
  ruleId?: number;
  rolloutId?: number;
  variant?: string;
  by?: AdmittedBy;
}>;

const REASONS_OF_DEFAULTS = { none: 'STATIC', disabled: 'DISABLED', some: 'DEFAULT' } as const;

/** A variant is drawn, and a percentage is: whom a rollout names, by id or pattern, and gives its one value is targeted. */
export function flagReasonOf({ reason, by, variant }: Decided, alternatives: Alternatives): FlagReason {
  if (reason === 'DEFAULT') return REASONS_OF_DEFAULTS[alternatives];
  return reason === 'ROLLOUT' && (by === 'percentage' || variant !== undefined) ? 'SPLIT' : 'TARGETING_MATCH';
}

/** Flags always have a variant: that of the rollout, or the name of whatever the value comes from. */
export function flagVariantOf({ reason, ruleId, rolloutId, variant }: Decided): string {
  switch (reason) {
    case 'RULE':
      return `rule-${ruleId}`;
    case 'ROLLOUT':
      return variant ?? `rollout-${rolloutId}`;
    case 'DEFAULT':
      return 'default';
  }
}

/** Its members are primitives: clients keep no others. */
export function flagMetadataOf({ ruleId, rolloutId }: Decided): Readonly<Record<string, number>> {
  if (ruleId !== undefined) return { rule_id: ruleId };
  return rolloutId === undefined ? {} : { rollout_id: rolloutId };
}
