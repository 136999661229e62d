import { type Transaction } from '../history/transaction-log.js';
import { cursorAt, type FeedCursor } from './feed-cursor.js';

/** Some of the transactions that lie behind a cursor, read at once. */
type Block = Readonly<{
  /** By the number of a cursor: its token, and how many of them it is behind. */
  places: ReadonlyMap<number, Readonly<{ token: string; count: number }>>;
  transactions: readonly Transaction[];
  /** How many were asked for. */
  size: number;
}>;

/** So many blocks are kept, so long. A database that was restored meanwhile is told of behind their ends. */
const MOST_BLOCKS = 4;
const KEPT_MS = 5_000;
const MOST_TRANSACTIONS = 2_000;

/**
 * What was read of the log for who is far behind. To tell what a transaction changed, the log is read from it to its end: so each
 * block is twice as large as the one before, as long as there is someone who goes on with it.
 */
export class Blocks {
  private blocks: Block[] = [];
  private timer: NodeJS.Timeout | undefined;

  /** At most `limit` transactions behind a cursor; undefined: they are not kept. */
  after({ seq, token }: FeedCursor, limit: number): readonly Transaction[] | undefined {
    for (const { places, transactions } of this.blocks) {
      const place = places.get(seq);
      if (place?.token === token && place.count < transactions.length)
        return transactions.slice(place.count, place.count + limit);
    }
    return undefined;
  }

  /** How many to read behind a cursor for who asks for `limit`. */
  sizeAfter({ seq, token }: FeedCursor, limit: number): number {
    const before = this.blocks.find(({ places, transactions }) => {
      const place = places.get(seq);
      return place?.token === token && place.count === transactions.length;
    });
    // One that was cut short was as long as may be.
    if (before === undefined || before.transactions.length < before.size) return limit;
    return Math.max(limit, Math.min(2 * before.size, MOST_TRANSACTIONS));
  }

  keep(start: FeedCursor, transactions: readonly Transaction[], size: number): void {
    const cursors = [start, ...transactions.map(({ last, token }) => cursorAt({ seq: last, token }))];
    const places = new Map(cursors.map(({ seq, token }, count) => [seq, { token, count }]));
    // Which transaction is the oldest changes as the log is pruned.
    places.delete(0);
    this.blocks = [{ places, transactions, size }, ...this.blocks].slice(0, MOST_BLOCKS);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (this.blocks = []), KEPT_MS).unref();
  }
}
