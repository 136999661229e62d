import { type JsonText } from './json.js';
import { parseStoredJson } from './json-parser.js';
import { acceptorOf, type SettingType } from './setting-type.js';

/** Memoizes a function of texts, for many texts of which few are distinct. */
export function memoized<Result>(of: (text: JsonText) => Result): (text: JsonText) => Result {
  const known = new Map<JsonText, Result>();
  return (text) => {
    const result = known.get(text) ?? of(text);
    known.set(text, result);
    return result;
  };
}

/** Whether a stored text is JSON of the type. */
export function fitOf(type: SettingType): (text: JsonText) => boolean {
  const isAccepted = acceptorOf(type);
  return memoized((text) => {
    const json = parseStoredJson(text);
    return json !== null && isAccepted(json);
  });
}
