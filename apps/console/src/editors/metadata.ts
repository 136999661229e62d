import { formatJson, isMetadataKey, type Json, METADATA_KEY_RULE, parseJson, writeJson } from '@heksher/core';
import { newId } from './draft.js';

export const METADATA_KINDS = ['text', 'number', 'boolean', 'JSON'] as const;
export type MetadataKind = (typeof METADATA_KINDS)[number];

/** A key with its value, as they are typed: of a text its characters, else its JSON. */
export type MetadataEntry = Readonly<{ id: number; key: string; kind: MetadataKind; text: string }>;
export type MetadataDraft = readonly MetadataEntry[];

export function metadataDraftOf(metadata: Json | undefined): MetadataDraft {
  if (metadata?.kind !== 'object') return [];
  return [...metadata.members].map(([key, value]): MetadataEntry => {
    const text = value.kind === 'string' ? value.value : formatJson(value);
    return { id: newId(), key, kind: kindOf(value), text };
  });
}

function kindOf({ kind }: Json): MetadataKind {
  if (kind === 'string') return 'text';
  return kind === 'number' || kind === 'boolean' ? kind : 'JSON';
}

export const newMetadataEntry = (): MetadataEntry => ({ id: newId(), key: '', kind: 'text', text: '' });

/** The same value as another kind, as far as it can be. */
export function withKind(entry: MetadataEntry, kind: MetadataKind): MetadataEntry {
  if (kind === 'boolean') return { ...entry, kind, text: entry.text === 'true' ? 'true' : 'false' };
  if (kind === 'JSON' && entry.kind === 'text') return { ...entry, kind, text: writeJson(entry.text) };
  if (kind === 'text' && entry.kind === 'JSON') {
    const json = jsonOf(entry);
    return { ...entry, kind, text: json?.kind === 'string' ? json.value : entry.text };
  }
  return { ...entry, kind };
}

/** What is wrong with the key of an entry. */
export function keyProblem({ id, key }: MetadataEntry, all: MetadataDraft): string | undefined {
  if (!isMetadataKey(key)) return `must be ${METADATA_KEY_RULE}`;
  return all.some((other) => other.id !== id && other.key === key) ? 'there is one of this name' : undefined;
}

/** What is wrong with the value of an entry. */
export function valueProblem(entry: MetadataEntry): string | undefined {
  const json = jsonOf(entry);
  if (entry.kind === 'number') return json?.kind === 'number' ? undefined : 'must be a number, such as 12 or 0.5';
  return json === undefined ? 'must be JSON' : undefined;
}

/** Undefined where it is not complete. */
export function metadataOf(draft: MetadataDraft): Json | undefined {
  if (draft.some((entry) => keyProblem(entry, draft) !== undefined || valueProblem(entry) !== undefined))
    return undefined;
  const members = draft.flatMap((entry): [string, Json][] => {
    const json = jsonOf(entry);
    return json === undefined ? [] : [[entry.key, json]];
  });
  return { kind: 'object', members: new Map(members.sort(([a], [b]) => (a < b ? -1 : 1))) };
}

function jsonOf({ kind, text }: MetadataEntry): Json | undefined {
  if (kind === 'text') return { kind: 'string', value: text, text: writeJson(text) };
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
