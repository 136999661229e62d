import { HeksherError, invalid, quoted } from './errors.js';

/** A text and how far it has been read. The parsers of this package move it forward only, so all are linear. */
export type Cursor = { readonly text: string; at: number };

/** Consumes `token` if it comes next; returns whether it did. */
export function take(cursor: Cursor, token: string): boolean {
  if (!cursor.text.startsWith(token, cursor.at)) return false;
  cursor.at += token.length;
  return true;
}

/** Consumes and returns the longest run of characters (UTF-16 units) that `belongs` accepts. */
export function takeWhile(cursor: Cursor, belongs: (char: string) => boolean): string {
  const start = cursor.at;
  while (cursor.at < cursor.text.length && belongs(cursor.text.charAt(cursor.at))) cursor.at += 1;
  return cursor.text.slice(start, cursor.at);
}

/** Skips JSON white space. */
export function skipSpace(cursor: Cursor): void {
  const { text } = cursor;
  let at = cursor.at;
  while (isSpace(text.charCodeAt(at))) at += 1;
  cursor.at = at;
}

/** A space, tab, line feed or carriage return. NaN (past the end of a text) is not one. */
function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

/** A parse error: what the grammar expects at the cursor and what was found. Positions count from 0. */
export function expected(what: string, cursor: Cursor): string {
  const next = cursor.text.codePointAt(cursor.at);
  const found = next === undefined ? 'the end' : JSON.stringify(String.fromCodePoint(next));
  return `expected ${what} at position ${cursor.at}, found ${found}`;
}

/** The wording of parse errors of a small language: `"x" is not ${noun}: …; accepted: ${accepted}`. */
export type Language = Readonly<{ noun: string; accepted: string; field: string }>;

/** Reads all of `text` with `parse`; an error `invalid` also quotes the text and what is accepted. */
export function parseWhole<T>(text: string, language: Language, parse: (cursor: Cursor) => T): T {
  const cursor: Cursor = { text, at: 0 };
  try {
    const value = parse(cursor);
    if (cursor.at < text.length) throw invalid(expected('the end', cursor));
    return value;
  } catch (error) {
    if (!(error instanceof HeksherError) || error.code !== 'invalid') throw error;
    const { noun, accepted, field } = language;
    throw invalid(`${quoted(text)} is not ${noun}: ${error.message}; accepted: ${accepted}`, field);
  }
}
