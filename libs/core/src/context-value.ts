import { type Json } from './json.js';
import { canonicalNumber } from './json-number.js';
import { isFeatureValue } from './names.js';

/*
 * JSON as the value of a context feature, the same wherever one is expected: a text is itself, true and false are their
 * text, and a number is its canonical text, the same for equal numbers: 1.0 is "1", and a whole number has all its digits.
 * Null, lists and objects are no values. Which texts are values is for `isFeatureValue` to say.
 */

export function contextValueOf(json: Json): string | undefined {
  if (json.kind === 'number') return canonicalNumber(json.text);
  return 'value' in json ? contextValueOfNative(json.value) : undefined;
}

/** The same, but undefined also for texts that are no values of a feature. */
export function featureValueOf(json: Json): string | undefined {
  const text = contextValueOf(json);
  return text !== undefined && isFeatureValue(text) ? text : undefined;
}

/** Of a value of JavaScript, which may have rounded a number of its own accord. */
export function contextValueOfNative(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return value;
    case 'boolean':
    case 'bigint':
      return String(value);
    case 'number':
      return Number.isFinite(value) ? String(value) : undefined;
    default:
      return undefined;
  }
}
