import { type Json, type JsonText } from './json.js';
import { canonicalNumber } from './json-number.js';
import { parseStoredJson } from './json-parser.js';

/** A text for each JSON value: the same just where jsonEquals holds. What is not JSON is like its own text only. */
export function jsonKey(text: JsonText): string {
  const json = parseStoredJson(text);
  return json === null ? `not JSON: ${text}` : jsonKeyOf(json);
}

/** The jsonKey of a value. That of a primitive is JSON text of it. */
export function jsonKeyOf(json: Json): string {
  switch (json.kind) {
    case 'null':
    case 'boolean':
      return json.text;
    case 'number':
      return canonicalNumber(json.text);
    case 'string':
      return JSON.stringify(json.value);
    case 'array':
      return `[${json.items.map(jsonKeyOf).join(',')}]`;
    case 'object':
      return `{${Array.from(json.members, ([key, member]) => `${JSON.stringify(key)}:${jsonKeyOf(member)}`)
        .sort()
        .join(',')}}`;
  }
}
