import { formatJson, jsonKey, type JsonText, jsonText, parseStoredJson } from '@heksher/core';

/**
 * Whether the JSON text of a value is what somebody typed: the text itself, or JSON of an equal value. So `dark` and `"dark"` find
 * the text "dark"; `50` finds the number, and the text "50" too.
 */
export function textMatcher(given: string): (stored: string) => boolean {
  const asText = jsonKey(jsonText(JSON.stringify(given)));
  const asJson = parseStoredJson(given) === null ? asText : jsonKey(jsonText(given));
  const known = new Map<string, boolean>();
  return (stored) => {
    const before = known.get(stored);
    if (before !== undefined) return before;
    const key = jsonKey(jsonText(stored));
    const isSame = key === asText || key === asJson;
    if (known.size < MOST_KNOWN && stored.length < LONG) known.set(stored, isSame);
    return isSame;
  };
}

/** Rules mostly have one of few values. */
const MOST_KNOWN = 1_024;
const LONG = 256;

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
