import { type BucketHash, type Condition, parsePercentage, parseRamp, type Share } from '@heksher/core';
import { isList, type JsonMembers, type JsonValue } from '../json.js';

/** A rule as the service sends it, checked; its value is still only JSON. */
export type ServedRule = Readonly<{ id: number; conditions: readonly Condition[]; value: JsonValue }>;

type ServedVariant = Readonly<{ name: string; value: JsonValue; weight: number }>;

/** A rollout as the service sends it, checked; its values are still only JSON, and its pattern is text. */
export type ServedRollout = Readonly<{
  id: number;
  feature: string;
  conditions: readonly Condition[];
  enabled: boolean;
  share: Share;
  members: ReadonlySet<string> | null;
  pattern: string | undefined;
  outcome:
    Readonly<{ kind: 'value'; value: JsonValue }> | Readonly<{ kind: 'variants'; variants: readonly ServedVariant[] }>;
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

function readConditions(json: JsonValue | undefined): readonly Condition[] {
  if (!isList(json)) throw new TypeError('conditions are no list');
  return json.map((condition) => {
    if (isList(condition)) {
      const [feature, value] = condition;
      if (typeof feature === 'string' && typeof value === 'string') return [feature, value];
    }
    throw new TypeError('a condition is not a feature and its value');
  });
}

function readShare({ percentage, ramp }: JsonMembers): Share {
  if (typeof percentage === 'number') return { kind: 'fixed', thousandths: parsePercentage(percentage) };
  if (ramp === undefined || ramp === null) return { kind: 'fixed', thousandths: 0 };
  const { start, end, from, to } = requireMembers(ramp, 'a ramp');
  if (typeof start !== 'string' || typeof end !== 'string' || typeof from !== 'number' || typeof to !== 'number') {
    throw new TypeError('a ramp without its start, end, from or to');
  }
  return parseRamp({ start, end, from, to });
}

function readMembers({ members, member_count: count }: JsonMembers): ReadonlySet<string> | null {
  if (isList(members)) return new Set(members.filter((member) => typeof member === 'string'));
  return count === 0 ? new Set() : null;
}

function readOutcome({ value, variants }: JsonMembers): ServedRollout['outcome'] {
  if (!isList(variants) || variants.length === 0) {
    if (value === undefined) throw new TypeError('a rollout without a value or variants');
    return { kind: 'value', value };
  }
  return { kind: 'variants', variants: variants.map(readVariant) };
}

function readVariant(json: JsonValue): ServedVariant {
  const { name, value, weight } = requireMembers(json, 'a variant');
  if (typeof name !== 'string' || value === undefined || !isId(weight) || weight <= 0) {
    throw new TypeError('a variant without its name, value or weight');
  }
  return { name, value, weight };
}
