import { type Cursor, expected, skipSpace, take } from './cursor.js';
import { HeksherError, invalid, quoted } from './errors.js';
import { type Json, type JsonText, jsonText } from './json.js';
import { type ProblemCode } from './problem-codes.js';

/** How deep arrays and objects may be nested in input: `[[1]]` is 2 deep. */
export const MAX_JSON_DEPTH = 128;

/** How many digits a number may have in input, those of its exponent among them. */
export const MAX_JSON_DIGITS = 1000;

/** Deeper than what the Python service could write, and shallow enough for recursion everywhere. */
const MAX_STORED_DEPTH = 1024;

type Reader = Cursor & { readonly maxDepth: number; readonly exact: boolean };

/**
 * Reads a value given to us. Throws 'invalid', with the position and the reason, for what is not JSON and for what we
 * could not give back as it was meant: a duplicate key, a number of more than MAX_JSON_DIGITS, one that overflows a double
 * (but an integer in plain notation, which is kept by its digits), nesting deeper than MAX_JSON_DEPTH.
 */
export function parseJson(source: string): Json {
  return parseDocument({ text: source, at: 0, maxDepth: MAX_JSON_DEPTH, exact: true });
}

/**
 * Reads text that another writer stored: of duplicate keys the last counts, numbers have any range. Null where it is
 * not JSON (as Python's NaN), or nested deeper than 1024.
 */
export function parseStoredJson(source: string): Json | null {
  try {
    return parseDocument({ text: source, at: 0, maxDepth: MAX_STORED_DEPTH, exact: false });
  } catch (error) {
    if (error instanceof HeksherError) return null;
    throw error;
  }
}

/** Reads the value at the cursor as parseJson does, and leaves the cursor behind it. */
export function takeJson(cursor: Cursor): Json {
  const reader: Reader = { text: cursor.text, at: cursor.at, maxDepth: MAX_JSON_DEPTH, exact: true };
  const json = takeValue(reader, 0);
  cursor.at = reader.at;
  return json;
}

function parseDocument(reader: Reader): Json {
  skipSpace(reader);
  const json = takeValue(reader, 0);
  skipSpace(reader);
  if (reader.at < reader.text.length) throw notJson(expected('the end', reader));
  return json;
}

function takeValue(reader: Reader, depth: number): Json {
  switch (reader.text.charAt(reader.at)) {
    case '[':
      return takeArray(reader, depth);
    case '{':
      return takeObject(reader, depth);
    case '"':
      return { kind: 'string', ...takeString(reader) };
    default:
      return takeNumberOrWord(reader);
  }
}

function takeArray(reader: Reader, depth: number): Json {
  const items: Json[] = [];
  enter(reader, depth);
  if (take(reader, ']')) return { kind: 'array', items };
  do {
    skipSpace(reader);
    items.push(takeValue(reader, depth + 1));
    skipSpace(reader);
  } while (take(reader, ','));
  leave(reader, ']');
  return { kind: 'array', items };
}

function takeObject(reader: Reader, depth: number): Json {
  const members = new Map<string, Json>();
  const spellings = new Map<string, JsonText>();
  enter(reader, depth);
  if (take(reader, '}')) return { kind: 'object', members };
  do {
    skipSpace(reader);
    const key = takeKey(reader, members);
    members.set(key.value, takeValue(reader, depth + 1));
    if (key.text === JSON.stringify(key.value)) spellings.delete(key.value);
    else spellings.set(key.value, key.text);
    skipSpace(reader);
  } while (take(reader, ','));
  leave(reader, '}');
  return spellings.size === 0 ? { kind: 'object', members } : { kind: 'object', members, spellings };
}

/** A key with its colon; the value comes next. */
function takeKey(reader: Reader, earlier: ReadonlyMap<string, Json>): { text: JsonText; value: string } {
  const start = reader.at;
  if (reader.text[start] !== '"') throw notJson(expected('a key in double quotes', reader));
  const key = takeString(reader);
  if (reader.exact && earlier.has(key.value)) {
    throw refused(`the key ${quoted(key.value)} comes twice`, start, 'duplicate_key');
  }
  skipSpace(reader);
  if (!take(reader, ':')) throw notJson(expected('":"', reader));
  skipSpace(reader);
  return key;
}

function enter(reader: Reader, depth: number): void {
  if (depth >= reader.maxDepth) throw refused(`nested deeper than ${reader.maxDepth} levels`, reader.at);
  reader.at += 1;
  skipSpace(reader);
}

function leave(reader: Reader, bracket: string): void {
  if (!take(reader, bracket)) throw notJson(expected(`"," or "${bracket}"`, reader));
}

function takeString(reader: Reader): { text: JsonText; value: string } {
  const token = reader.text.slice(reader.at, endOfString(reader));
  reader.at += token.length;
  const value = token.includes('\\') ? String(JSON.parse(token)) : token.slice(1, -1);
  return { text: jsonText(token.replace(/\p{Surrogate}/gu, escapeUnit)), value };
}

const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

function endOfString({ text, at: start }: Cursor): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === '"') return at + 1;
    if (char < ' ') throw notJson(`a bare control character inside a string at position ${at}`);
    if (char !== '\\') continue;
    ESCAPE.lastIndex = at;
    if (!ESCAPE.test(text)) throw notJson(`an unknown escape inside a string at position ${at}`);
    at = ESCAPE.lastIndex - 1;
  }
  throw notJson(`the string that starts at position ${start} has no end`);
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const PLAIN_INTEGER = /^-?[0-9]+$/;

function takeNumberOrWord(reader: Reader): Json {
  if (take(reader, 'null')) return { kind: 'null', text: jsonText('null'), value: null };
  if (take(reader, 'true')) return { kind: 'boolean', text: jsonText('true'), value: true };
  if (take(reader, 'false')) return { kind: 'boolean', text: jsonText('false'), value: false };
  NUMBER.lastIndex = reader.at;
  const token = NUMBER.exec(reader.text)?.[0];
  if (token === undefined) throw notJson(expected('a value', reader));
  const value = Number(token);
  if (reader.exact) refuseOutsized(token, value, reader.at);
  reader.at += token.length;
  return { kind: 'number', text: jsonText(token), value };
}

function refuseOutsized(token: string, value: number, at: number): void {
  if (token.length > MAX_JSON_DIGITS && token.replace(/[^0-9]/g, '').length > MAX_JSON_DIGITS) {
    throw refused(`the number ${shortened(token)} has more than ${MAX_JSON_DIGITS} digits`, at);
  }
  if (Number.isFinite(value) || PLAIN_INTEGER.test(token)) return;
  throw refused(`the number ${shortened(token)} is too large for a double`, at);
}

function shortened(token: string): string {
  return token.length > 40 ? `${token.slice(0, 40)}…` : token;
}

function notJson(reason: string): HeksherError {
  return invalid(`not JSON: ${reason}`, 'body', { code: 'not_json' });
}

function refused(reason: string, at: number, code: ProblemCode = 'malformed'): HeksherError {
  return invalid(`JSON that is not accepted: ${reason} (at position ${at})`, 'body', { code });
}
