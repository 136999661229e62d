import { formatJson, jsonEquals, type JsonText, parseStoredJson, rawJson, writeJson } from '@heksher/core';
import { NO_METADATA } from '../rule-table.js';

/** Metadata by key; values as JSON text. */
export type Metadata = ReadonlyMap<string, JsonText>;

/** The texts that metadata was read from: what nobody changes is written as the database spells it. */
const sources = new WeakMap<Metadata, JsonText>();

const NONE: Metadata = new Map();
sources.set(NONE, NO_METADATA);

/** The members of a JSON object. */
export function readMetadata(text: JsonText): Metadata {
  if (text === NO_METADATA) return NONE;
  const json = parseStoredJson(text);
  const members = json?.kind === 'object' ? json.members : [];
  const metadata = new Map(Array.from(members, ([key, value]) => [key, formatJson(value)]));
  sources.set(metadata, text);
  return metadata;
}

export function writeMetadata(metadata: Metadata): JsonText {
  const source = sources.get(metadata);
  if (source !== undefined) return source;
  return writeJson(new Map(Array.from(metadata, ([key, text]) => [key, rawJson(text)])));
}

/** Whether two texts are equal as JSON: the database normalizes metadata. */
export function haveSameJson(a: JsonText, b: JsonText): boolean {
  if (a === b) return true;
  const [one, other] = [parseStoredJson(a), parseStoredJson(b)];
  return one !== null && other !== null && jsonEquals(one, other);
}

export function haveSameMetadata(a: Metadata, b: Metadata): boolean {
  if (a.size !== b.size) return false;
  return [...a].every(([key, text]) => haveSameJson(text, b.get(key) ?? ('' as JsonText)));
}

/** Makes other metadata of what is stored. */
export type MetadataChange = (stored: Metadata) => Metadata;

/** Sets the given keys; others stay. */
export const mergeMetadata =
  (given: Metadata): MetadataChange =>
  (stored) =>
    new Map([...stored, ...given]);

export const replaceMetadata =
  (given: Metadata): MetadataChange =>
  () =>
    given;

export const clearMetadata: MetadataChange = () => new Map();

export const deleteMetadataKey =
  (key: string): MetadataChange =>
  (stored) =>
    new Map([...stored].filter(([each]) => each !== key));
