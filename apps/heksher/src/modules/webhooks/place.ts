import { type FeedCursor } from '../feed/feed-cursor.js';

/** Behind a transaction, and behind the event of a change set that came after it; 0: before the first of these. */
export type Place = Readonly<{ cursor: FeedCursor; event: number }>;
