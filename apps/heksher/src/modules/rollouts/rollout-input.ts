import { conditionOn, formatJson, invalid, parseConditions } from '@heksher/core';
import { metadataOf } from '../../metadata.store.js';
import {
  readEnabled,
  readHash,
  readPattern,
  readPercentage,
  readRamp,
  readSalt,
  readVariants,
} from './rollout-fields.js';
import { type AddRolloutDto, type ChangeRolloutDto, type RolloutFieldsDto } from './rollouts.dto.js';
import { type RolloutChanges, type RolloutDraft, type RolloutFields } from './rollouts.service.js';

/** A body that asks for a rollout; what it leaves out, or says null of, is as by default. */
export function draftOf(body: AddRolloutDto): RolloutDraft {
  const { setting, feature, feature_values, metadata } = body;
  const given = withoutNulls(givenFields(body));
  const conditions = feature_values === undefined ? [] : parseConditions(feature_values);
  if (conditionOn(conditions, feature) !== undefined) {
    const message = `feature_values must be on other features than "${feature}", whose values are the units`;
    throw invalid(message, 'feature_values');
  }
  const outcome = outcomeOf(given);
  if (outcome === undefined) throw invalid('a rollout must have a value or variants; given: neither', 'value');
  return {
    ...{ setting, feature, conditions, metadata: metadataOf(metadata), salt: given.salt },
    ...{ enabled: given.enabled ?? true, pattern: given.pattern ?? null, hash: given.hash ?? 'murmur3' },
    ...(shareOf(given) ?? { percentage: 0, ramp: null }),
    ...outcome,
  };
}

const CHANGEABLE = 'enabled, percentage, ramp, pattern, value, variants, hash, salt, metadata';

/** A body that asks for changes; what it leaves out stays. */
export function changesOf(body: ChangeRolloutDto): RolloutChanges {
  const given = givenFields(body);
  const { percentage, ramp, value, variants, ...others } = given;
  const fields = {
    ...definedOf(others),
    ...shareOf({ percentage, ramp }),
    ...outcomeOf({ value, variants }),
  };
  if (body.metadata !== undefined) return { fields, metadata: metadataOf(body.metadata) };
  if (Object.keys(fields).length > 0) return { fields };
  throw invalid(`the body changes nothing; give one or more of ${CHANGEABLE}`, 'body');
}

type Given = { readonly [Name in keyof RolloutFields]?: RolloutFields[Name] | undefined };

function givenFields(body: RolloutFieldsDto): Given {
  const { enabled, percentage, ramp, pattern, value, variants, hash, salt } = body;
  return {
    enabled: enabled && readEnabled(enabled),
    percentage: percentage && readPercentage(percentage),
    ramp: ramp && readRamp(ramp),
    pattern: pattern && readPattern(pattern),
    value: value && formatJson(value),
    variants: variants && readVariants(variants),
    hash: hash && readHash(hash),
    salt: salt && readSalt(salt),
  };
}

function withoutNulls(given: Given): Given {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
}

function definedOf(given: Given): Partial<RolloutFields> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

type Share = Pick<RolloutFields, 'percentage' | 'ramp'>;

/** The share that is given, of which one replaces the other; undefined where neither is. */
function shareOf({ percentage, ramp }: Given): Share | undefined {
  requireAlternative('percentage', percentage, 'ramp', ramp);
  if (percentage === undefined && ramp === undefined) return undefined;
  return { percentage: percentage ?? null, ramp: ramp ?? null };
}

type Outcome = Pick<RolloutFields, 'value' | 'variants'>;

function outcomeOf({ value, variants }: Given): Outcome | undefined {
  requireAlternative('value', value, 'variants', variants);
  if (value === undefined && variants === undefined) return undefined;
  return { value: value ?? null, variants: variants ?? null };
}

/** Of two members that exclude each other one is given, or neither; null, which takes one away, needs the other one. */
function requireAlternative(name: string, value: unknown, otherName: string, other: unknown): void {
  const [isGiven, isOtherGiven] = [value, other].map((each) => each !== undefined && each !== null);
  if (isGiven && isOtherGiven) throw invalid(`give ${name} or ${otherName}, not both`, otherName);
  if (isGiven || isOtherGiven) return;
  if (value === null) throw invalid(`${name} can be null only where ${otherName} is given in its place`, name);
  if (other === null) throw invalid(`${otherName} can be null only where ${name} is given in its place`, otherName);
}
