import { formatJson, invalid, pointerTo } from '@heksher/core';
import {
  type GivenValue,
  type NewRollout,
  requireOtherFeatures,
  type RolloutChanges,
  type RolloutFields,
} from '@heksher/ruleset';
import { type AddRolloutRequest, type ChangeRolloutRequest, type RolloutFieldsRequest } from './rollouts.dto.js';

/** A body that asks for a rollout; what it leaves out, or says null of, is as by default. */
export function draftOf(body: AddRolloutRequest): NewRollout {
  const { feature, feature_values: conditions, metadata, members } = body;
  const given = withoutNulls(givenFields(body));
  requireOtherFeatures(conditions, feature);
  const outcome = outcomeOf(given);
  if (outcome === undefined) {
    throw invalid('a rollout must have a value or variants; given: neither', 'value', { code: 'missing' });
  }
  return {
    ...{ feature, conditions, metadata: metadata ?? new Map(), salt: given.salt },
    ...{ enabled: given.enabled ?? true, pattern: given.pattern ?? null, hash: given.hash ?? 'murmur3' },
    ...(shareOf(given) ?? { percentage: 0, ramp: null }),
    ...outcome,
    ...{ values: valuesOf(body), members: members ?? [] },
  };
}

const CHANGEABLE = 'enabled, percentage, ramp, pattern, value, variants, hash, salt, metadata, feature_values';

/** A body that asks for changes; what it leaves out stays. */
export function changesOf(body: ChangeRolloutRequest): RolloutChanges {
  const { percentage, ramp, value, variants, ...others } = givenFields(body);
  const fields = {
    ...definedOf(others),
    ...shareOf({ percentage, ramp }),
    ...outcomeOf({ value, variants }),
  };
  const values = valuesOf(body);
  const { metadata, feature_values: conditions } = body;
  const changes = {
    ...(metadata !== undefined && { metadata: metadata ?? new Map() }),
    ...(conditions !== undefined && { conditions }),
  };
  if (Object.keys({ ...fields, ...changes }).length > 0) return { fields, values, ...changes };
  throw invalid(`the body changes nothing; give one or more of ${CHANGEABLE}`, 'body', { code: 'missing' });
}

type GivenFields = { readonly [Name in keyof RolloutFields]?: RolloutFields[Name] | undefined };

/** The fields as they are stored. */
function givenFields(body: RolloutFieldsRequest): GivenFields {
  const { enabled, percentage, ramp, pattern, value, variants, hash, salt } = body;
  return {
    ...{ enabled, percentage, ramp, pattern, hash, salt },
    value: value && formatJson(value),
    variants: variants && variants.text,
  };
}

function valuesOf({ value, variants }: RolloutFieldsRequest): readonly GivenValue[] {
  if (variants != null) return variants.values;
  return value === undefined ? [] : [{ of: 'a rollout', pointer: pointerTo('value'), json: value }];
}

function withoutNulls(given: GivenFields): GivenFields {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
}

function definedOf(given: GivenFields): Partial<RolloutFields> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

type GivenShare = Pick<RolloutFields, 'percentage' | 'ramp'>;

/** The share that is given, of which one replaces the other; undefined where neither is. */
function shareOf({ percentage, ramp }: GivenFields): GivenShare | undefined {
  requireAlternative('percentage', percentage, 'ramp', ramp);
  if (percentage === undefined && ramp === undefined) return undefined;
  return { percentage: percentage ?? null, ramp: ramp ?? null };
}

type GivenOutcome = Pick<RolloutFields, 'value' | 'variants'>;

function outcomeOf({ value, variants }: GivenFields): GivenOutcome | undefined {
  requireAlternative('value', value, 'variants', variants);
  if (value === undefined && variants === undefined) return undefined;
  return { value: value ?? null, variants: variants ?? null };
}

/** Of two members that exclude each other one is given, or neither; null, which takes one away, needs the other one. */
function requireAlternative(name: string, value: unknown, otherName: string, other: unknown): void {
  const code = 'exclusive';
  const [isGiven, isOtherGiven] = [value, other].map((each) => each !== undefined && each !== null);
  if (isGiven && isOtherGiven) throw invalid(`give ${name} or ${otherName}, not both`, otherName, { code });
  if (isGiven || isOtherGiven) return;
  if (value === null)
    throw invalid(`${name} can be null only where ${otherName} is given in its place`, name, { code });
  if (other === null) {
    throw invalid(`${otherName} can be null only where ${name} is given in its place`, otherName, { code });
  }
}
