import { type Cursor, expected, skipSpace, take } from './cursor.js';
import { HeksherError, invalid, quoted, shortened } from './errors.js';
import { atOnce, type InSteps } from './in-steps.js';
import { type Json, type JsonText, jsonText } from './json.js';
import { type ProblemCode } from './problem-codes.js';

/** Maximum nesting of arrays and objects in input: `[[1]]` is 2 deep. */
export const MAX_JSON_DEPTH = 128;

/** Maximum number of digits of a number in input, including its exponent. */
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
  return atOnce(parseJsonInSteps(source));
}

/** The same in steps of some milliseconds each. */
export function parseJsonInSteps(source: string): InSteps<Json> {
  return takeDocument({ text: source, at: 0, maxDepth: MAX_JSON_DEPTH, exact: true });
}

/**
 * Reads text that another writer stored: of duplicate keys the last counts, numbers have any range. Null where it is
 * not JSON (as Python's NaN), or nested deeper than 1024.
 */
export function parseStoredJson(source: string): Json | null {
  try {
    return atOnce(takeDocument({ text: source, at: 0, maxDepth: MAX_STORED_DEPTH, exact: false }));
  } catch (error) {
    if (error instanceof HeksherError) return null;
    throw error;
  }
}

/** Reads the value at the cursor as parseJson does, and leaves the cursor behind it. */
export function takeJson(cursor: Cursor): Json {
  const reader: Reader = { text: cursor.text, at: cursor.at, maxDepth: MAX_JSON_DEPTH, exact: true };
  const json = atOnce(takeValue(reader));
  cursor.at = reader.at;
  return json;
}

function* takeDocument(reader: Reader): InSteps<Json> {
  skipSpace(reader);
  const json = yield* takeValue(reader);
  skipSpace(reader);
  if (reader.at < reader.text.length) throw notJson(expected('the end', reader));
  return json;
}

/** An array or object that is still open; an object also has the key of the next value. */
type OpenArray = { readonly kind: 'array'; readonly items: Json[] };
type OpenObject = {
  readonly kind: 'object';
  readonly members: Map<string, Json>;
  spellings?: Map<string, JsonText>;
  key: StringToken;
};
type Open = OpenArray | OpenObject;

/** Batch size: parsing this many values takes some milliseconds. */
const VALUES_OF_STEP = 20_000;

/** Iterative, so that it can run in steps. */
function* takeValue(reader: Reader): InSteps<Json> {
  const open: Open[] = [];
  for (let count = 1; ; count += 1) {
    if (count % VALUES_OF_STEP === 0) yield;
    let value = takeBeginning(reader, open);
    while (value !== undefined) {
      const parent = open.at(-1);
      if (parent === undefined) return value;
      add(parent, value);
      value = closes(reader, parent) ? finished(open.pop() ?? parent) : undefined;
      if (value === undefined) break;
    }
  }
}

/** A complete value; undefined if an array or object was opened, whose first value comes next. */
function takeBeginning(reader: Reader, open: Open[]): Json | undefined {
  switch (reader.text.charCodeAt(reader.at)) {
    case OPENING_BRACKET:
      enter(reader, open.length);
      if (take(reader, ']')) return { kind: 'array', items: [] };
      open.push({ kind: 'array', items: [] });
      return undefined;
    case OPENING_BRACE: {
      enter(reader, open.length);
      if (take(reader, '}')) return { kind: 'object', members: new Map() };
      const members = new Map<string, Json>();
      open.push({ kind: 'object', members, key: takeKey(reader, members) });
      return undefined;
    }
    case QUOTE: {
      const { text, value } = takeString(reader);
      return { kind: 'string', text, value };
    }
    case LETTER_F:
    case LETTER_N:
    case LETTER_T:
      return takeWord(reader);
    default:
      return takeNumber(reader);
  }
}

function add(parent: Open, value: Json): void {
  if (parent.kind === 'array') {
    parent.items.push(value);
    return;
  }
  const { key } = parent;
  parent.members.set(key.value, value);
  if (key.isPlain || key.text === JSON.stringify(key.value)) parent.spellings?.delete(key.value);
  else (parent.spellings ??= new Map<string, JsonText>()).set(key.value, key.text);
}

/** Whether the array or object ends here; if not, the cursor is at its next value. */
function closes(reader: Reader, parent: Open): boolean {
  skipSpace(reader);
  if (take(reader, ',')) {
    skipSpace(reader);
    if (parent.kind === 'object') parent.key = takeKey(reader, parent.members);
    return false;
  }
  const bracket = parent.kind === 'array' ? ']' : '}';
  if (take(reader, bracket)) return true;
  throw notJson(expected(`"," or "${bracket}"`, reader));
}

function finished(closed: Open): Json {
  if (closed.kind === 'array') return { kind: 'array', items: closed.items };
  const { members, spellings } = closed;
  return spellings === undefined || spellings.size === 0
    ? { kind: 'object', members }
    : { kind: 'object', members, spellings };
}

const [OPENING_BRACKET, OPENING_BRACE, QUOTE, BACKSLASH] = [0x5b, 0x7b, 0x22, 0x5c];
const [LETTER_F, LETTER_N, LETTER_T] = [0x66, 0x6e, 0x74];

/** A key with its colon; the value comes next. */
function takeKey(reader: Reader, earlier: ReadonlyMap<string, Json>): StringToken {
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

/** A string as it was spelled, and its value; a plain one has neither escapes nor surrogates. */
type StringToken = Readonly<{ text: JsonText; value: string; isPlain: boolean }>;

function takeString(reader: Reader): StringToken {
  const { text, at: start } = reader;
  let isPlain = true;
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      reader.at = at + 1;
      const token = text.slice(start, at + 1);
      if (isPlain) return { text: jsonText(token), value: token.slice(1, -1), isPlain };
      const value = token.includes('\\') ? String(JSON.parse(token)) : token.slice(1, -1);
      return { text: jsonText(token.replace(/\p{Surrogate}/gu, escapeUnit)), value, isPlain };
    }
    if (code < 0x20) throw notJson(`a bare control character inside a string at position ${at}`);
    if (code === BACKSLASH) at = endOfEscape(text, at) - 1;
    else if (code < 0xd800 || code > 0xdfff) continue;
    isPlain = false;
  }
  throw notJson(`the string that starts at position ${start} has no end`);
}

const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

function endOfEscape(text: string, at: number): number {
  ESCAPE.lastIndex = at;
  if (!ESCAPE.test(text)) throw notJson(`an unknown escape inside a string at position ${at}`);
  return ESCAPE.lastIndex;
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const PLAIN_INTEGER = /^-?[0-9]+$/;

const NULL: Json = { kind: 'null', text: jsonText('null'), value: null };
const TRUE: Json = { kind: 'boolean', text: jsonText('true'), value: true };
const FALSE: Json = { kind: 'boolean', text: jsonText('false'), value: false };

function takeWord(reader: Reader): Json {
  if (take(reader, 'null')) return NULL;
  if (take(reader, 'true')) return TRUE;
  if (take(reader, 'false')) return FALSE;
  throw notJson(expected('a value', reader));
}

function takeNumber(reader: Reader): Json {
  const { text, at: start } = reader;
  NUMBER.lastIndex = start;
  if (!NUMBER.test(text)) throw notJson(expected('a value', reader));
  reader.at = NUMBER.lastIndex;
  const token = text.slice(start, reader.at);
  const value = Number(token);
  if (reader.exact) refuseOutsized(token, value, start);
  return { kind: 'number', text: jsonText(token), value };
}

function refuseOutsized(token: string, value: number, at: number): void {
  if (token.length > MAX_JSON_DIGITS && token.replace(/[^0-9]/g, '').length > MAX_JSON_DIGITS) {
    throw refused(`the number ${shortened(token, 40)} has more than ${MAX_JSON_DIGITS} digits`, at);
  }
  if (Number.isFinite(value) || PLAIN_INTEGER.test(token)) return;
  throw refused(`the number ${shortened(token, 40)} is too large for a double`, at);
}

function notJson(reason: string): HeksherError {
  return invalid(`not JSON: ${reason}`, 'json', { code: 'not_json' });
}

function refused(reason: string, at: number, code: ProblemCode = 'malformed'): HeksherError {
  return invalid(`JSON that is not accepted: ${reason} (at position ${at})`, 'json', { code });
}
