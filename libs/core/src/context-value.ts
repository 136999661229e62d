import { type Json } from './json.js';

/*
 * JSON as the value of a context feature, the same wherever one is expected: a text is itself, true and false are their
 * text, and a number is its shortest decimal text (1.0 is "1"), but a whole number its digits, however many. Null, lists
 * and objects are no values. Which texts are values is for `isFeatureValue` to say.
 */

export function contextValueOf(json: Json): string | undefined {
  if (json.kind !== 'number') return 'value' in json ? contextValueOfNative(json.value) : undefined;
  const isLong = !Number.isSafeInteger(json.value) && /^-?[0-9]+$/.test(json.text);
  return isLong ? json.text : contextValueOfNative(json.value);
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
