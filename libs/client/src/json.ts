import { parseNative } from '@heksher/core';

/** A JSON value as the client hands it out: frozen, all the way down. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

export type JsonPrimitive = null | boolean | number | string;

export type JsonMembers = Readonly<Record<string, JsonValue | undefined>>;

/** Undefined where the text is not JSON. */
export function parseJsonOrNothing(text: string): JsonValue | undefined {
  try {
    return parseNative(text) as JsonValue;
  } catch {
    return undefined;
  }
}

/** No members of what is not an object. */
export function membersOf(json: JsonValue | undefined): JsonMembers {
  return typeof json === 'object' && json !== null && !isList(json) ? json : {};
}

export function isList(json: unknown): json is readonly JsonValue[] {
  return Array.isArray(json);
}

export function isPrimitive(json: JsonValue): json is JsonPrimitive {
  return json === null || typeof json !== 'object';
}

/** The JSON text of a value that code gives, in which sets stand for lists; undefined of what JSON does not have. */
export function jsonTextOf(value: unknown): string | undefined {
  const plain = (_: string, part: unknown): unknown => (part instanceof Set ? [...part] : part);
  return JSON.stringify(value, plain);
}

/** Throws TypeError for anything else. */
export function requireText(json: unknown): string {
  if (typeof json === 'string') return json;
  throw new TypeError(`expected a text, found ${JSON.stringify(json)}`);
}
