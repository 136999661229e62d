import { type JsonText, jsonText } from './json.js';

/** Ready-made JSON text inside a value given to writeJson: it is copied out as it is. */
export class RawJson {
  constructor(readonly text: string) {}
}

export function rawJson(text: string): RawJson {
  return new RawJson(text);
}

export type Writable =
  | null
  | boolean
  | number
  | string
  | RawJson
  | readonly Writable[]
  | { readonly [key: string]: Writable | undefined }
  | ReadonlyMap<string, Writable>;

/**
 * JSON.stringify that copies RawJson out as it is and writes a Map as an object in the order of the Map (an object's
 * keys such as "2" and "1" would be sorted). Members that are undefined are left out.
 */
export function writeJson(value: Writable): JsonText {
  return jsonText(write(value));
}

function write(value: Writable): string {
  if (value instanceof RawJson) return value.text;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(write).join(',')}]`;
  const members: string[] = [];
  for (const [key, member] of isMap(value) ? value : Object.entries(value)) {
    if (member !== undefined) members.push(`${JSON.stringify(key)}:${write(member)}`);
  }
  return `{${members.join(',')}}`;
}

function isList(value: object): value is readonly Writable[] {
  return Array.isArray(value);
}

function isMap(value: object): value is ReadonlyMap<string, Writable> {
  return value instanceof Map;
}
