import { type Json } from './json.js';
import { parseStoredJson } from './json-parser.js';

/**
 * What JSON.parse makes of a text. V8 since 12.8, in Node 22.8 to 26 and in browsers, takes an escaped key such as "\u0061" for
 * another one that began with a backslash and came earlier (nodejs/node#63785): a text with such a key is read by our own parser.
 * Throws SyntaxError.
 */
export function parseNative(text: string): unknown {
  if (!hasEscapedKey(text)) return JSON.parse(text);
  const json = parseStoredJson(text);
  if (json !== null) return nativeOf(json);
  JSON.parse(text);
  throw new SyntaxError('the JSON is nested too deep');
}

/** Whether a string with an escape stands before a colon. */
function hasEscapedKey(text: string): boolean {
  if (!text.includes('\\')) return false;
  for (const [whole] of text.matchAll(STRING_WITH_COLON)) if (whole.endsWith(':') && whole.includes('\\')) return true;
  return false;
}

const STRING_WITH_COLON = /"[^"\\]*(?:\\.[^"\\]*)*"\s*:?/gs;

function nativeOf(json: Json): unknown {
  if ('value' in json) return json.value;
  if (json.kind === 'array') return json.items.map(nativeOf);
  return Object.fromEntries(Array.from(json.members, ([key, member]) => [key, nativeOf(member)]));
}
