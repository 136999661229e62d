/**
 * A place in a JSON text. Walking it piece by piece, with each piece parsed by itself, a large text can be read without
 * holding the thread for as long as JSON.parse of the whole would.
 */
export type JsonCursor = { readonly text: string; at: number };

/**
 * Steps into the object at the cursor, and gives the key of each member in turn. Whoever asks for the next must have left the
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
  return JSON.parse(cursor.text.slice(start, cursor.at));
}

/** Steps over the value at the cursor, of which only strings and brackets are looked at. Throws SyntaxError. */
export function skipValue(cursor: JsonCursor): void {
  const { text } = cursor;
  let depth = 0;
  for (; cursor.at < text.length; cursor.at += 1) {
    switch (text.charCodeAt(cursor.at)) {
      case QUOTE:
        cursor.at = endOfString(cursor);
        if (depth === 0) return step(cursor);
        break;
      case OPEN_BRACE:
      case OPEN_BRACKET:
        depth += 1;
        break;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        if (depth === 1) return step(cursor);
        if (depth === 0) return;
        depth -= 1;
        break;
      case COMMA:
        if (depth === 0) return;
    }
  }
  if (depth > 0) throw unexpected('more', cursor);
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

function step(cursor: JsonCursor): void {
  cursor.at += 1;
}

function unexpected(wanted: string, { text, at }: JsonCursor): SyntaxError {
  const found = at < text.length ? JSON.stringify(text.charAt(at)) : 'the end';
  return new SyntaxError(`expected ${wanted} at position ${at}, found ${found}`);
}
