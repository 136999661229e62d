import { type Json, type JsonText } from './json.js';
import { parseStoredJson } from './json-parser.js';

/** A text for each JSON value: the same just where jsonEquals holds. What is not JSON is like its own text only. */
export function jsonKey(text: JsonText): string {
  const json = parseStoredJson(text);
  return json === null ? `not JSON: ${text}` : keyOf(json);
}

function keyOf(json: Json): string {
  switch (json.kind) {
    case 'null':
    case 'boolean':
    case 'number':
      return String(json.value);
    case 'string':
      return JSON.stringify(json.value);
    case 'array':
      return `[${json.items.map(keyOf).join(',')}]`;
    case 'object':
      return `{${Array.from(json.members, ([key, member]) => `${JSON.stringify(key)}:${keyOf(member)}`)
        .sort()
        .join(',')}}`;
  }
}
