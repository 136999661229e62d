import { formatJson, type Json, type JsonObject, parseStoredJson, rawJson, type RawJson } from '@heksher/core';

/** Members of answers that are kept as JSON with its spelling, so that `70.0` stays `70.0`; everything else is plain data. */
export const EXACT_MEMBERS = ['value', 'default_value', 'metadata', 'current'] as const;

type ExactMember = (typeof EXACT_MEMBERS)[number];

/** The type of an answer as `readExact` gives it. */
export type Exact<T> = T extends readonly (infer Item)[]
  ? Exact<Item>[]
  : T extends object
    ? { [Key in keyof T]: Key extends ExactMember ? Json : Exact<T[Key]> }
    : T;

/** Reads the text of an answer. Undefined where it is no JSON. */
export function readExact(text: string, exact: readonly string[] = EXACT_MEMBERS): unknown {
  const json = parseStoredJson(text);
  return json === null ? undefined : plainOf(json, new Set(exact));
}

/** A value for a body, spelled as it is. */
export function exactly(json: Json): RawJson {
  return rawJson(formatJson(json));
}

export function plainOf(json: Json, exact: ReadonlySet<string> = new Set()): unknown {
  switch (json.kind) {
    case 'array':
      return json.items.map((item) => plainOf(item, exact));
    case 'object':
      return Object.fromEntries(
        [...json.members].map(([key, member]) => [key, exact.has(key) ? member : plainOf(member, exact)]),
      );
    default:
      return json.value;
  }
}

/** The text of a member of metadata where it is a text, else its JSON. */
export function metadataText(metadata: Json | undefined, key: string): string | undefined {
  const member = metadata?.kind === 'object' ? metadata.members.get(key) : undefined;
  if (member === undefined) return undefined;
  return member.kind === 'string' ? member.value : formatJson(member);
}

export const NO_MEMBERS: JsonObject = { kind: 'object', members: new Map() };
