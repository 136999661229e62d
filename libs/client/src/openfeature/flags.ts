import { type Alternatives, flagMetadataOf, flagReasonOf, flagVariantOf } from '@heksher/core';
import { type FlagMetadata, type JsonValue, type ResolutionReason } from '@openfeature/server-sdk';
import { type SettingEvaluation } from '../reading.js';

/** A copy of a setting's value as JSON: the options of Flags are a list. */
export function jsonOf(value: unknown): JsonValue {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  if (value instanceof Set || Array.isArray(value)) return Array.from<unknown, JsonValue>(value, jsonOf);
  if (typeof value !== 'object') throw new TypeError(`a ${typeof value} is no value of a setting`);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, jsonOf(item)]));
}

export function isBoolean(json: JsonValue): json is boolean {
  return typeof json === 'boolean';
}

export function isString(json: JsonValue): json is string {
  return typeof json === 'string';
}

export function isNumber(json: JsonValue): json is number {
  return typeof json === 'number';
}

/** Lists and null, too, as JavaScript has it. */
export function isStructure(json: JsonValue): json is JsonValue & (object | null) {
  return typeof json === 'object';
}

/** What OpenFeature is given of a decision beside the value. */
export type Details = Readonly<{ reason: ResolutionReason; variant: string; flagMetadata: FlagMetadata }>;

/** The same words as those of the service's own OpenFeature endpoint. */
export function detailsOf(evaluation: SettingEvaluation<unknown>, alternatives: Alternatives): Details {
  return {
    reason: flagReasonOf(evaluation, alternatives),
    variant: flagVariantOf(evaluation),
    flagMetadata: flagMetadataOf(evaluation),
  };
}
