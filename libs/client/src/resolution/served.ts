import {
  type BucketHash,
  type Condition,
  type GivenVariant,
  type Outcome,
  parsePercentage,
  parseRamp,
  readConditions,
  readVariants,
  type Share,
} from '@heksher/core';
import { isList, type JsonMembers, type JsonValue } from '../json.js';

/** A rule as the service sends it, checked; its value is still only JSON. */
export type ServedRule = Readonly<{ id: number; conditions: readonly Condition[]; value: JsonValue }>;

/** A rollout as the service sends it, checked; its values are still only JSON, and its pattern is text. */
export type ServedRollout = Readonly<{
  id: number;
  feature: string;
  conditions: readonly Condition[];
  enabled: boolean;
  share: Share;
  members: ReadonlySet<string> | null;
  pattern: string | undefined;
  outcome: Outcome<JsonValue>;
  hash: BucketHash;
  salt: string;
}>;

/** Throws TypeError, or 'invalid', where it is not one. */
export function readRule(json: unknown): ServedRule {
  const { rule_id: id, context_features: conditions, value } = requireMembers(json, 'a rule');
  if (!isId(id) || value === undefined) throw new TypeError('a rule without its id or value');
  return { id, conditions: readConditions(conditions), value };
}

/** Throws TypeError, or 'invalid', where it is not one. */
export function readRollout(json: unknown): ServedRollout {
  const members = requireMembers(json, 'a rollout');
  const { rollout_id: id, feature, enabled, pattern, hash, salt } = members;
  if (!isId(id) || typeof feature !== 'string' || typeof enabled !== 'boolean') {
    throw new TypeError('a rollout without its id, its feature or whether it is enabled');
  }
  if ((hash !== 'murmur3' && hash !== 'crc32') || typeof salt !== 'string') {
    throw new TypeError(`rollout ${id} has no hash that is known, or no salt`);
  }
  return {
    id,
    feature,
    conditions: readConditions(members.context_features),
    enabled,
    share: readShare(members),
    members: readMembers(members),
    pattern: typeof pattern === 'string' ? pattern : undefined,
    outcome: readOutcome(members),
    hash,
    salt,
  };
}

function requireMembers(json: unknown, what: string): JsonMembers {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new TypeError(`${what} is no object`);
  return json as JsonMembers;
}

function isId(json: JsonValue | undefined): json is number {
  return Number.isSafeInteger(json);
}

function readShare({ percentage, ramp }: JsonMembers): Share {
  if (typeof percentage === 'number') return { kind: 'fixed', thousandths: parsePercentage(percentage) };
  if (ramp === undefined || ramp === null) return { kind: 'fixed', thousandths: 0 };
  return parseRamp(requireMembers(ramp, 'a ramp'));
}

function readMembers({ members, member_count: count }: JsonMembers): ReadonlySet<string> | null {
  if (isList(members)) return new Set(members.filter((member) => typeof member === 'string'));
  return count === 0 ? new Set() : null;
}

function readOutcome({ value, variants: given }: JsonMembers): Outcome<JsonValue> {
  if (!isList(given) || given.length === 0) {
    if (value === undefined) throw new TypeError('a rollout without a value or variants');
    return { kind: 'value', value };
  }
  const variants = readVariants(given.map(givenVariant));
  if (variants === null) throw new TypeError('a variant without its name, value or weight');
  return { kind: 'variants', variants };
}

function givenVariant(json: JsonValue): GivenVariant<JsonValue> {
  const { name, value, weight } = requireMembers(json, 'a variant');
  return { name, value, weight };
}
