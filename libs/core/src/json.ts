import { canonicalNumber } from './json-number.js';

declare const brand: unique symbol;

/**
 * JSON text without insignificant white space, otherwise spelled as its writer spelled it: 1.0 stays 1.0, escapes
 * and the order of keys stay. Always well-formed UTF-16: a lone surrogate is there as its escape.
 */
export type JsonText = string & { readonly [brand]: true };

/** A JSON value whose parts remember how they were spelled. The `value` of a number is the nearest double, its text exact. */
export type Json =
  | Readonly<{ kind: 'null'; text: JsonText; value: null }>
  | Readonly<{ kind: 'boolean'; text: JsonText; value: boolean }>
  | Readonly<{ kind: 'number'; text: JsonText; value: number }>
  | Readonly<{ kind: 'string'; text: JsonText; value: string }>
  | Readonly<{ kind: 'array'; items: readonly Json[]; spelled?: Spelled }>
  | JsonObject;

/** Members by decoded key, in the order of the text. `spellings` has those keys that JSON.stringify spells otherwise. */
export type JsonObject = Readonly<{
  kind: 'object';
  members: ReadonlyMap<string, Json>;
  spellings?: ReadonlyMap<string, JsonText>;
  spelled?: Spelled;
}>;

/** Where a large array or object stands in the text that it was read from, without insignificant white space. */
export type Spelled = Readonly<{ document: Readonly<{ compact: string }>; from: number; to: number }>;

/** Vouches that `text` is JSON text, such as the text of a stored value; nothing is checked. */
export function jsonText(text: string): JsonText {
  return text as JsonText;
}

export function formatJson(json: Json): JsonText {
  if ('value' in json) return json.text;
  // What is large takes no longer than what is small.
  const { spelled } = json;
  if (spelled !== undefined) return jsonText(spelled.document.compact.slice(spelled.from, spelled.to));
  const parts: string[] = [];
  addParts(json, parts);
  return jsonText(parts.join(''));
}

function addParts(json: Json, parts: string[]): void {
  if ('value' in json) {
    parts.push(json.text);
    return;
  }
  const isArray = json.kind === 'array';
  let separator = isArray ? '[' : '{';
  if (isArray) {
    for (const item of json.items) {
      parts.push(separator);
      addParts(item, parts);
      separator = ',';
    }
  } else {
    for (const [key, member] of json.members) {
      parts.push(separator, json.spellings?.get(key) ?? JSON.stringify(key), ':');
      addParts(member, parts);
      separator = ',';
    }
  }
  if (separator !== ',') parts.push(separator);
  parts.push(isArray ? ']' : '}');
}

/**
 * Equality of JSON values: numbers by value, exactly (1 and 1.0 are equal), strings by decoded value, arrays in order, objects
 * whatever the order of their keys. 1, true and "1" all differ.
 */
export function jsonEquals(a: Json, b: Json): boolean {
  if (a.kind === 'number') return b.kind === 'number' && haveEqualNumbers(a.text, b.text);
  if ('value' in a) return 'value' in b && a.value === b.value;
  if (a.kind === 'array') return b.kind === 'array' && haveEqualItems(a.items, b.items);
  return b.kind === 'object' && haveEqualMembers(a.members, b.members);
}

function haveEqualNumbers(a: string, b: string): boolean {
  return a === b || canonicalNumber(a) === canonicalNumber(b);
}

function haveEqualItems(a: readonly Json[], b: readonly Json[]): boolean {
  if (a.length !== b.length) return false;
  return a.every((item, index) => {
    const other = b[index];
    return other !== undefined && jsonEquals(item, other);
  });
}

function haveEqualMembers(a: ReadonlyMap<string, Json>, b: ReadonlyMap<string, Json>): boolean {
  if (a.size !== b.size) return false;
  for (const [key, member] of a) {
    const other = b.get(key);
    if (other === undefined || !jsonEquals(member, other)) return false;
  }
  return true;
}

/**
 * True where PostgreSQL's jsonb cannot hold the value: U+0000 or a lone surrogate in a string or key, or a number
 * spelled with more decimals than its numeric type has.
 */
export function hasUnstorableText(json: Json): boolean {
  switch (json.kind) {
    case 'string':
      return !isStorableText(json.value);
    case 'number':
      return !isStorableNumber(json.text);
    case 'array':
      return json.items.some(hasUnstorableText);
    case 'object':
      for (const [key, member] of json.members) if (!isStorableText(key) || hasUnstorableText(member)) return true;
      return false;
    case 'null':
    case 'boolean':
      return false;
  }
}

/** True where a PostgreSQL text column can hold it: no U+0000, well-formed UTF-16. */
export function isStorableText(text: string): boolean {
  return !text.includes('\0') && isWellFormed(text);
}

/** True where there is no lone surrogate. */
export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

/** PostgreSQL's numeric has at most 16383 decimals; the limit of the exponent is ours, far below where it overflows. */
function isStorableNumber(text: string): boolean {
  if (text.length <= 16_383 && !/[eE]/.test(text)) return true;
  const [mantissa = '', exponentText = '0'] = text.toLowerCase().split('e');
  const [, decimals = ''] = mantissa.split('.');
  const exponent = Number(exponentText);
  return Math.abs(exponent) <= 100_000 && decimals.length - exponent <= 16_383;
}
