import {
  type BucketHash,
  formatJson,
  formatPercentage,
  formatVariants,
  type HeksherError,
  invalid,
  type Json,
  type JsonText,
  parsePercentage,
  parseRamp,
  parseVariants,
  primitivesOf,
  writeJson,
} from '@heksher/core';
import { compilePattern } from '@heksher/core/re2';

/*
 * Each function reads one member of a body into what is stored of it, and throws `invalid`. Where null may be given, it
 * says that there is none.
 */

export function readEnabled(json: Json): boolean {
  if (json.kind === 'boolean') return json.value;
  throw wrong('enabled', 'true or false', json);
}

export function readPercentage(json: Json): number | null {
  if (json.kind === 'null') return null;
  if (json.kind === 'number') return formatPercentage(parsePercentage(json.value));
  throw wrong('percentage', 'a number from 0 to 100 with at most three decimals, such as 33.333', json);
}

/** @returns `{"start", "end", "from", "to"}`, its times as they were given */
export function readRamp(json: Json): JsonText | null {
  if (json.kind === 'null') return null;
  if (json.kind !== 'object') throw wrong('ramp', 'an object {start, end, from, to}', json);
  const given = primitivesOf(json);
  parseRamp(given);
  const { start, end, from, to } = given;
  return writeJson({ start, end, from, to });
}

export function readPattern(json: Json): string | null {
  if (json.kind === 'null') return null;
  if (json.kind === 'string') return compilePattern(json.value, 'pattern').source;
  throw wrong('pattern', 'a regular expression in RE2 syntax', json);
}

/** @returns `[{"name", "value", "weight"}]`, its values as they were given */
export function readVariants(json: Json): JsonText | null {
  return json.kind === 'null' ? null : formatVariants(parseVariants(json));
}

export function readHash(json: Json): BucketHash {
  if (json.kind === 'string' && (json.value === 'murmur3' || json.value === 'crc32')) return json.value;
  throw wrong('hash', '"murmur3" or "crc32"', json);
}

export function readSalt(json: Json): string {
  if (json.kind === 'string' && /^[^\p{Cc}\p{Cs}]{1,255}$/u.test(json.value)) return json.value;
  throw wrong('salt', '1 to 255 characters, none of them a control character', json);
}

function wrong(field: string, accepted: string, json: Json): HeksherError {
  const given = formatJson(json);
  const shown = given.length > 100 ? `${given.slice(0, 100)}…` : given;
  return invalid(`${field} must be ${accepted}; given: ${shown}`, field);
}
