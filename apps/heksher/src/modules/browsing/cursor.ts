import { invalid, isStorableText, quoted } from '@heksher/core';
import { type ParameterReader } from '../../http/parameters.js';

/** What a cursor says: behind what the next page begins. */
export type CursorParts = readonly (string | number)[];

/** A text that can stand in a URL as it is. Clients hand it back and need not understand it. */
export function formatCursor(parts: CursorParts): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/**
 * A cursor that a page gave, or the empty one of the first page; `read` gives undefined where the parts are not those of such
 * pages.
 */
export const cursor =
  <T>(read: (parts: CursorParts) => T | undefined): ParameterReader<T | undefined> =>
  (text, name) => {
    if (text === '') return undefined;
    const parts = partsOf(text);
    const position = parts === undefined ? undefined : read(parts);
    if (position !== undefined) return position;
    throw invalid(`${name} must be the next_cursor of such a page, as it was answered; given: ${quoted(text)}`, name);
  };

function partsOf(text: string): CursorParts | undefined {
  try {
    const parts: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    if (!Array.isArray(parts) || !parts.every(isPart) || formatCursor(parts) !== text) return undefined;
    return parts;
  } catch {
    return undefined;
  }
}

function isPart(part: unknown): part is string | number {
  return typeof part === 'string' ? isStorableText(part) : Number.isSafeInteger(part);
}
