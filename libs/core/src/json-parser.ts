import { compactJson } from './compact-json.js';
import { type Cursor, expected, skipSpace as skipSpaceOf, take } from './cursor.js';
import { HeksherError, invalid, quoted, shortened } from './errors.js';
import { atOnce, type InSteps } from './in-steps.js';
import { isWellFormed, type Json, type JsonText, jsonText, type Spelled } from './json.js';
import { type ProblemCode } from './problem-codes.js';

/** Maximum nesting of arrays and objects in input: `[[1]]` is 2 deep. */
export const MAX_JSON_DEPTH = 128;

/** Maximum number of digits of a number in input, including its exponent. */
export const MAX_JSON_DIGITS = 1000;

/** Deeper than what the Python service could write, and shallow enough for recursion everywhere. */
const MAX_STORED_DEPTH = 1024;

/** What is accepted beyond what JSON is: numbers of any range unless `exact`, keys that come twice unless `distinct`. */
type Limits = { readonly maxDepth: number; readonly exact: boolean; readonly distinct: boolean };

/** `spaces`: how many characters of white space were skipped. */
type Reader = Cursor & Limits & { spaces: number; document: { compact: string } | undefined };

const OURS: Limits = { maxDepth: MAX_JSON_DEPTH, exact: true, distinct: true };
const FOREIGN: Limits = { maxDepth: Infinity, exact: false, distinct: true };
const STORED: Limits = { maxDepth: MAX_STORED_DEPTH, exact: false, distinct: false };

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
  return takeDocument(readerOf(source, OURS));
}

/** Reads in steps what clients send to be looked at only: numbers of any range, any depth, but no key twice. */
export function parseForeignJsonInSteps(source: string): InSteps<Json> {
  return takeDocument(readerOf(source, FOREIGN));
}

/** Whether text that another writer stored is JSON, of any depth. */
export function* isJsonInSteps(source: string): InSteps<boolean> {
  try {
    yield* takeDocument(readerOf(source, { ...STORED, maxDepth: Infinity }));
    return true;
  } catch (error) {
    if (error instanceof HeksherError) return false;
    throw error;
  }
}

/**
 * Reads text that another writer stored: of duplicate keys the last counts, numbers have any range. Null where it is
 * not JSON (as Python's NaN), or nested deeper than 1024.
 */
export function parseStoredJson(source: string): Json | null {
  try {
    return atOnce(takeDocument(readerOf(source, STORED)));
  } catch (error) {
    if (error instanceof HeksherError) return null;
    throw error;
  }
}

/** Reads the value at the cursor as parseJson does, and leaves the cursor behind it. */
export function takeJson(cursor: Cursor): Json {
  const reader: Reader = { text: cursor.text, at: cursor.at, ...OURS, spaces: 0, document: undefined };
  const json = atOnce(takeValue(reader));
  cursor.at = reader.at;
  return json;
}

function* takeDocument(reader: Reader): InSteps<Json> {
  skipSpace(reader);
  const json = yield* takeValue(reader);
  skipSpace(reader);
  if (reader.at < reader.text.length) throw notJson(expected('the end', reader));
  const { text, spaces, document } = reader;
  if (document !== undefined && spaces > 0) document.compact = yield* compactJson(text);
  return json;
}

/** An array or object of so many characters can be written without a visit to each of its values. */
const LARGE = 4_096;

function readerOf(text: string, limits: Limits): Reader {
  // Of keys that come twice one is not written, and lone surrogates are written as escapes.
  const isAsWritten = text.length >= LARGE && limits.distinct && isWellFormed(text);
  return { text, at: 0, ...limits, spaces: 0, document: isAsWritten ? { compact: text } : undefined };
}

function skipSpace(reader: Reader): void {
  const { at } = reader;
  skipSpaceOf(reader);
  reader.spaces += reader.at - at;
}

/** Where what begins at `from` and ends at the cursor stands, if it is large. */
function spelledFrom(from: number, { at, spaces, document }: Reader): Readonly<{ spelled?: Spelled }> {
  const to = at - spaces;
  return document !== undefined && to - from >= LARGE ? { spelled: { document, from, to } } : NOWHERE;
}

const NOWHERE = {};

/** An array or object that is still open; an object also has the key of the next value. */
type OpenArray = { readonly kind: 'array'; readonly from: number; readonly items: Json[] };
type OpenObject = {
  readonly kind: 'object';
  readonly from: number;
  readonly members: Map<string, Json>;
  spellings?: Map<string, JsonText>;
  key: StringToken;
};
type Open = OpenArray | OpenObject;

/** Batch size: parsing this many values takes a few milliseconds. */
const VALUES_OF_STEP = 5_000;

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
      value = closes(reader, parent) ? finished(open.pop() ?? parent, reader) : undefined;
      if (value === undefined) break;
      if ((count += 1) % VALUES_OF_STEP === 0) yield;
    }
  }
}

/** A complete value; undefined if an array or object was opened, whose first value comes next. */
function takeBeginning(reader: Reader, open: Open[]): Json | undefined {
  const from = reader.at - reader.spaces;
  switch (reader.text.charCodeAt(reader.at)) {
    case OPENING_BRACKET:
      enter(reader, open.length);
      if (take(reader, ']')) return { kind: 'array', items: [] };
      open.push({ kind: 'array', from, items: [] });
      return undefined;
    case OPENING_BRACE: {
      enter(reader, open.length);
      if (take(reader, '}')) return { kind: 'object', members: new Map() };
      const members = new Map<string, Json>();
      open.push({ kind: 'object', from, members, key: takeKey(reader, members) });
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

function finished(closed: Open, reader: Reader): Json {
  const spelled = spelledFrom(closed.from, reader);
  if (closed.kind === 'array') return { kind: 'array', items: closed.items, ...spelled };
  const { members, spellings } = closed;
  return spellings === undefined || spellings.size === 0
    ? { kind: 'object', members, ...spelled }
    : { kind: 'object', members, spellings, ...spelled };
}

const [OPENING_BRACKET, OPENING_BRACE, QUOTE, BACKSLASH] = [0x5b, 0x7b, 0x22, 0x5c];
const [LETTER_F, LETTER_N, LETTER_T] = [0x66, 0x6e, 0x74];

/** A key with its colon; the value comes next. */
function takeKey(reader: Reader, earlier: ReadonlyMap<string, Json>): StringToken {
  const start = reader.at;
  if (reader.text[start] !== '"') throw notJson(expected('a key in double quotes', reader));
  const key = takeString(reader);
  if (reader.distinct && earlier.has(key.value)) {
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
