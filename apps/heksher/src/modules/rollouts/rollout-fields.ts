import {
  type BucketHash,
  formatPercentage,
  formatVariants,
  type Json,
  type JsonText,
  parsePercentage,
  parseRamp,
  parseVariants,
  pointerTo,
  primitivesOf,
  writeJson,
} from '@heksher/core';
import { type GivenValue } from '@heksher/ruleset';
import { compilePattern } from '@heksher/core/re2';
import { unacceptable } from '../../http/readers.js';

/*
 * Each function reads one member of a body into what is stored of it, and throws `invalid`. Where null may be given, it
 * says that there is none.
 */

export function readEnabled(json: Json): boolean {
  if (json.kind === 'boolean') return json.value;
  throw unacceptable('enabled', 'true or false', json);
}

export function readPercentage(json: Json): number | null {
  if (json.kind === 'null') return null;
  if (json.kind === 'number') return formatPercentage(parsePercentage(json.value));
  throw unacceptable('percentage', 'a number from 0 to 100 with at most three decimals, such as 33.333', json);
}

/** @returns `{"start", "end", "from", "to"}`, its times as they were given */
export function readRamp(json: Json): JsonText | null {
  if (json.kind === 'null') return null;
  if (json.kind !== 'object') throw unacceptable('ramp', 'an object {start, end, from, to}', json);
  const given = primitivesOf(json);
  parseRamp(given);
  const { start, end, from, to } = given;
  return writeJson({ start, end, from, to });
}

export function readPattern(json: Json): string | null {
  if (json.kind === 'null') return null;
  if (json.kind === 'string') return compilePattern(json.value, 'pattern').source;
  throw unacceptable('pattern', 'a regular expression in RE2 syntax', json);
}

/** Variants as they are stored, and what of them must be of the type of the setting. */
export type GivenVariants = Readonly<{ text: JsonText; values: readonly GivenValue[] }>;

/** `text` is `[{"name", "value", "weight"}]`, its values as they were given. */
export function readVariants(json: Json): GivenVariants | null {
  if (json.kind === 'null') return null;
  const variants = parseVariants(json);
  const items = json.kind === 'array' ? json.items : [];
  const values = variants.flatMap(({ name }, index) => {
    const item = items[index];
    const value = item?.kind === 'object' ? item.members.get('value') : undefined;
    return value === undefined
      ? []
      : [{ of: `the variant "${name}" of a rollout`, pointer: pointerTo('variants', index, 'value'), json: value }];
  });
  return { text: formatVariants(variants), values };
}

export function readHash(json: Json): BucketHash {
  if (json.kind === 'string' && (json.value === 'murmur3' || json.value === 'crc32')) return json.value;
  throw unacceptable('hash', '"murmur3" or "crc32"', json);
}

export function readSalt(json: Json): string {
  if (json.kind === 'string' && /^[^\p{Cc}\p{Cs}]{1,255}$/u.test(json.value)) return json.value;
  throw unacceptable('salt', '1 to 255 characters, none of them a control character', json);
}
