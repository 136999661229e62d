import { Injectable } from '@nestjs/common';
import { type Transaction, TransactionLog } from '../history/transaction-log.js';
import { Blocks } from './blocks.js';
import { cursorAt, type FeedCursor, formatFeedCursor } from './feed-cursor.js';

/**
 * Transactions in commit order, and the cursor behind the last of them; `isEnd`: there were no more. Or a `reset`: what lies behind the
 * cursor cannot be told, since it was pruned or is of another history, and whoever followed has to read everything anew and go on from `now`.
 */
export type FeedPage =
  | Readonly<{ kind: 'page'; transactions: readonly Transaction[]; next: FeedCursor; isEnd: boolean }>
  | Readonly<{ kind: 'reset'; now: FeedCursor }>;

/** The change log as a feed: whole transactions in commit order, from any cursor on. */
@Injectable()
export class Feed {
  private readonly pages = new Map<string, Promise<FeedPage>>();
  private readonly blocks = new Blocks();

  constructor(private readonly log: TransactionLog) {}

  /** At most `limit` transactions behind the cursor. Those who ask the same meanwhile share the answer. */
  transactionsAfter(cursor: FeedCursor, limit: number): Promise<FeedPage> {
    const key = `${formatFeedCursor(cursor)} ${limit}`;
    const known = this.pages.get(key);
    if (known !== undefined) return known;
    const page = this.read(cursor, limit).finally(() => this.pages.delete(key));
    this.pages.set(key, page);
    return page;
  }

  /** Behind the newest transaction. */
  async now(): Promise<FeedCursor> {
    return cursorAt(await this.log.now());
  }

  /** Who is far behind is given pages of blocks, so that to catch up is no work for each page. */
  private async read(cursor: FeedCursor, limit: number): Promise<FeedPage> {
    const kept = this.blocks.after(cursor, limit);
    if (kept !== undefined) return pageOf(kept, cursor, false);
    const size = this.blocks.sizeAfter(cursor, limit);
    const { isKnown, transactions, now } = await this.log.after(cursor, size);
    if (!isKnown) return { kind: 'reset', now: cursorAt(now) };
    const next = cursor.seq === 0 && transactions.length === 0 ? cursorAt(now) : cursor;
    const isEnd = (transactions.at(-1)?.last ?? next.seq) >= Number(now.seq);
    if (!isEnd) this.blocks.keep(cursor, transactions, size);
    return pageOf(transactions.slice(0, limit), next, isEnd && transactions.length <= limit);
  }
}

function pageOf(transactions: readonly Transaction[], before: FeedCursor, isEnd: boolean): FeedPage {
  const last = transactions.at(-1);
  return { kind: 'page', transactions, next: last === undefined ? before : cursorOf(last), isEnd };
}

/** The cursor behind a transaction. */
export function cursorOf({ last, token }: Transaction): FeedCursor {
  return cursorAt({ seq: last, token });
}
