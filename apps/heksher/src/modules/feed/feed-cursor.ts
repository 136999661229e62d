import { invalid, quoted } from '@heksher/core';

/**
 * A place in the feed: behind the transaction that left the revision `seq`, of which `token` is the beginning. The token tells
 * histories apart that have the same number, as a database and its restored copy have.
 */
export type FeedCursor = Readonly<{ seq: number; token: string }>;

/** Before the oldest transaction that there is. */
export const OLDEST: FeedCursor = { seq: 0, token: '' };

/** So many digits of the token. */
const TOKEN_DIGITS = 8;

const CURSOR = /^([1-9][0-9]{0,14})-([0-9a-f]{8})$/;

export const FEED_CURSOR_RULE =
  'a revision such as 1042-9f3a61c2, as answers give it, or 0 for the oldest change there is';

/** Reads `1042-9f3a61c2`, or `0` for the oldest transaction; undefined: it is neither. */
export function parseFeedCursor(text: string): FeedCursor | undefined {
  if (text === '0') return OLDEST;
  const [, seq, token] = CURSOR.exec(text) ?? [];
  return seq === undefined || token === undefined ? undefined : { seq: Number(seq), token };
}

/** The same; throws `invalid` about `name`. */
export function requireFeedCursor(text: string, name: string): FeedCursor {
  const cursor = parseFeedCursor(text);
  if (cursor !== undefined) return cursor;
  throw invalid(`${name} must be ${FEED_CURSOR_RULE}; given: ${quoted(text)}`, name);
}

/** Reads a revision such as `1042-9f3a61c2`, which is no place before all; throws `invalid` about `name`. */
export function requireServedRevision(text: string, name: string): FeedCursor {
  const cursor = parseFeedCursor(text);
  if (cursor !== undefined && cursor !== OLDEST) return cursor;
  const accepted = 'a revision such as 1042-9f3a61c2, as Heksher-Revision gives it';
  throw invalid(`${name} must be ${accepted}; given: ${quoted(text)}`, name);
}

/** As `Heksher-Revision` has it. */
export function formatFeedCursor({ seq, token }: FeedCursor): string {
  return seq === 0 ? '0' : `${seq}-${token}`;
}

export function cursorAt({ seq, token }: Readonly<{ seq: string | number; token: string }>): FeedCursor {
  return { seq: Number(seq), token: token.slice(0, TOKEN_DIGITS) };
}
