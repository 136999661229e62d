import { type InSteps, parseNative } from '@heksher/core';

/**
 * A place in a JSON text. Walking it piece by piece, with each piece parsed by itself, a large text can be read without
 * holding the thread for as long as JSON.parse of the whole would.
 */
export type JsonCursor = { readonly text: string; at: number };

/**
 * Steps into the object at the cursor, and gives the key of each member in turn. Before the next step the caller must have moved the
 * cursor behind the member's value. Throws SyntaxError.
 */
export function* membersAt(cursor: JsonCursor): Generator<string, undefined> {
  if (!enter(cursor, '{', '}')) return;
  do {
    skipSpace(cursor);
    const key = takeValue(cursor);
    if (typeof key !== 'string') throw unexpected('a key', cursor);
    skipSpace(cursor);
    if (!take(cursor, ':')) throw unexpected('":"', cursor);
    skipSpace(cursor);
    yield key;
    skipSpace(cursor);
  } while (take(cursor, ','));
  if (!take(cursor, '}')) throw unexpected('"," or "}"', cursor);
}

/** Steps into the list at the cursor, and parses item after item. Throws SyntaxError. */
export function* itemsAt(cursor: JsonCursor): Generator<unknown, undefined> {
  if (!enter(cursor, '[', ']')) return;
  do {
    skipSpace(cursor);
    yield takeValue(cursor);
    skipSpace(cursor);
  } while (take(cursor, ','));
  if (!take(cursor, ']')) throw unexpected('"," or "]"', cursor);
}

/** Parses the value at the cursor, and steps over it. Throws SyntaxError. */
export function takeValue(cursor: JsonCursor): unknown {
  const start = cursor.at;
  skipValue(cursor);
  return parseNative(cursor.text.slice(start, cursor.at));
}

/** Steps over the value at the cursor, of which only strings and brackets are looked at. Throws SyntaxError. */
export function skipValue(cursor: JsonCursor): void {
  advance(cursor, 0, Infinity);
}

/** Does as skipValue, in steps of well below a millisecond. */
export function* skipValueInSteps(cursor: JsonCursor): InSteps<void> {
  for (let depth = advance(cursor, 0, CHARS_PER_STEP); depth > 0; depth = advance(cursor, depth, CHARS_PER_STEP)) yield;
}

const CHARS_PER_STEP = 16_384;

/**
 * Steps over what is left of a value, so many brackets deep, but over no more than so many characters and strings. Gives how
 * deep it is then: 0 where the value is over.
 */
function advance(cursor: JsonCursor, from: number, limit: number): number {
  const { text } = cursor;
  let depth = from;
  for (let left = limit; cursor.at < text.length; cursor.at += 1) {
    if (left <= 0 && depth > 0) return depth;
    left -= 1;
    switch (text.charCodeAt(cursor.at)) {
      case QUOTE:
        cursor.at = endOfString(cursor);
        if (depth === 0) return end(cursor, 1);
        break;
      case OPEN_BRACE:
      case OPEN_BRACKET:
        depth += 1;
        break;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        if (depth <= 1) return end(cursor, depth);
        depth -= 1;
        break;
      case COMMA:
        if (depth === 0) return 0;
    }
  }
  if (depth > 0) throw unexpected('more', cursor);
  return 0;
}

/** The value ends so many characters further on. */
function end(cursor: JsonCursor, further: number): 0 {
  cursor.at += further;
  return 0;
}

export function skipSpace(cursor: JsonCursor): void {
  while (' \n\r\t'.includes(cursor.text.charAt(cursor.at)) && cursor.at < cursor.text.length) cursor.at += 1;
}

/** Throws SyntaxError where something else than white space comes. */
export function requireEnd(cursor: JsonCursor): void {
  skipSpace(cursor);
  if (cursor.at < cursor.text.length) throw unexpected('the end', cursor);
}

const [QUOTE, COMMA] = [0x22, 0x2c];
const [OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = [0x5b, 0x5d, 0x7b, 0x7d];
const BACKSLASH = 0x5c;

/** Where the string ends that starts at the cursor: at the first quote with an even number of backslashes before it. */
function endOfString(cursor: JsonCursor): number {
  const { text } = cursor;
  for (let end = text.indexOf('"', cursor.at + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let backslash = end - 1;
    while (text.charCodeAt(backslash) === BACKSLASH) backslash -= 1;
    if ((end - backslash) % 2 === 1) return end;
  }
  cursor.at = text.length;
  throw unexpected("a string's end", cursor);
}

/** Whether there is anything between the brackets. */
function enter(cursor: JsonCursor, open: string, close: string): boolean {
  skipSpace(cursor);
  if (!take(cursor, open)) throw unexpected(`"${open}"`, cursor);
  skipSpace(cursor);
  return !take(cursor, close);
}

function take(cursor: JsonCursor, char: string): boolean {
  if (cursor.text.charAt(cursor.at) !== char) return false;
  cursor.at += 1;
  return true;
}

function unexpected(wanted: string, { text, at }: JsonCursor): SyntaxError {
  const found = at < text.length ? JSON.stringify(text.charAt(at)) : 'the end';
  return new SyntaxError(`expected ${wanted} at position ${at}, found ${found}`);
}
