import { formatJson, type Json, jsonKey, type JsonText, jsonText, parseStoredJson } from '@heksher/core';

/**
 * Whether the JSON text of a value is what somebody typed: the text itself, or JSON of an equal value. So `dark` and `"dark"` find
 * the text "dark"; `50` finds the number, and the text "50" too.
 */
export function textMatcher(given: string): (stored: string) => boolean {
  const asText = jsonKey(jsonText(JSON.stringify(given)));
  const isJson = parseStoredJson(given) !== null;
  const asJson = isJson ? jsonKey(jsonText(given)) : asText;
  const known = new Map<string, boolean>();
  return (stored) => {
    const before = known.get(stored);
    if (before !== undefined) return before;
    if (!isJson && !mayHave(stored, given)) return false;
    const key = jsonKey(jsonText(stored));
    const isSame = key === asText || key === asJson;
    if (known.size < MOST_KNOWN && stored.length < LONG) known.set(stored, isSame);
    return isSame;
  };
}

/** Rules mostly have one of few values. */
const MOST_KNOWN = 1_024;
const LONG = 256;

/**
 * Whether the JSON text of a value is what somebody typed, as `textMatcher` has it, or has it in a text within it: `10.0.0.7` finds
 * "http://10.0.0.7/" and {"hosts":["10.0.0.7"]}, but `50` not the number 150.
 */
export function valueMatcher(given: string): (stored: string) => boolean {
  const isSame = textMatcher(given);
  if (given === '') return isSame;
  return (stored) => {
    if (isSame(stored)) return true;
    const json = mayHave(stored, given) ? parseStoredJson(stored) : null;
    return json !== null && hasText(json, given);
  };
}

/** Else none of its texts has that part, however it is escaped. */
function mayHave(stored: string, part: string): boolean {
  return stored.includes(part) || stored.includes('\\');
}

function hasText(json: Json, part: string): boolean {
  if (json.kind === 'string') return json.value.includes(part);
  if (json.kind === 'array') return json.items.some((item) => hasText(item, part));
  if (json.kind !== 'object') return false;
  return [...json.members].some(([name, member]) => name.includes(part) || hasText(member, part));
}

/** Whether metadata, as JSON text, has a key. */
export function keyMatcher(key: string): (metadata: JsonText) => boolean {
  const written = JSON.stringify(key);
  return (metadata) => {
    if (!metadata.includes(written)) return false;
    const json = parseStoredJson(metadata);
    return json?.kind === 'object' && json.members.has(key);
  };
}

/** Whether metadata, as JSON text, has such values under all of these keys. */
export function metadataMatcher(
  wanted: ReadonlyMap<string, (stored: string) => boolean>,
): (metadata: JsonText) => boolean {
  if (wanted.size === 0) return () => true;
  const keys = Array.from(wanted.keys(), (key) => JSON.stringify(key));
  return (metadata) => {
    if (!keys.every((key) => metadata.includes(key))) return false;
    const json = parseStoredJson(metadata);
    if (json?.kind !== 'object') return false;
    for (const [key, matches] of wanted) {
      const value = json.members.get(key);
      if (value === undefined || !matches(formatJson(value))) return false;
    }
    return true;
  };
}
