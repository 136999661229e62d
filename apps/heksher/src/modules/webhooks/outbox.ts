import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { cursorOf, Feed } from '../feed/feed.service.js';
import { type FeedCursor } from '../feed/feed-cursor.js';
import { type Transaction } from '../history/transaction-log.js';
import { type ChangesetEvent, listChangesetEvents } from './outbox.store.js';
import { type Place } from './place.js';

/** What there is to tell, and the place behind it. */
export type Told = Readonly<{ behind: Place }> &
  (
    | Readonly<{ kind: 'transaction'; transaction: Transaction }>
    | Readonly<{ kind: 'changeset'; changeset: ChangesetEvent }>
  );

export type OutboxPage =
  | Readonly<{ kind: 'page'; told: readonly Told[]; next: Place; isEnd: boolean }>
  | Readonly<{ kind: 'reset'; now: FeedCursor }>;

const MOST_TRANSACTIONS = 50;
const MOST_CHANGESETS = 500;

/**
 * All that endpoints and brokers are told, in one order: transactions, and between them what became of change sets. Such an event is
 * written by who holds the row of the revision, so that all behind an earlier revision are there before the next transaction is.
 */
@Injectable()
export class Outbox {
  constructor(
    private readonly dataSource: DataSource,
    private readonly feed: Feed,
  ) {}

  async after(place: Place): Promise<OutboxPage> {
    // First: what is behind the transactions of this page can then all be seen.
    const page = await this.feed.transactionsAfter(place.cursor, MOST_TRANSACTIONS);
    if (page.kind === 'reset') return page;
    const { transactions, next, isEnd } = page;
    const found = await listChangesetEvents(this.dataSource.manager, place, next.seq, MOST_CHANGESETS);
    const isCut = found.length === MOST_CHANGESETS;
    const told = merged(place, transactions, found);
    // What lies behind the last event may have others before it.
    const end = isCut ? told.findLastIndex(({ kind }) => kind === 'changeset') + 1 : told.length;
    const last = told[end - 1]?.behind;
    return {
      kind: 'page',
      told: told.slice(0, end),
      next: last ?? { cursor: next, event: place.event },
      isEnd: isEnd && !isCut,
    };
  }
}

/** Those behind a revision come before the next transaction. */
function merged(place: Place, transactions: readonly Transaction[], changesets: readonly ChangesetEvent[]): Told[] {
  const told: Told[] = [];
  let { cursor } = place;
  let index = 0;
  const takeUntil = (seq: number): void => {
    for (let next = changesets[index]; next !== undefined && next.seq < seq; next = changesets[index]) {
      told.push({ kind: 'changeset', changeset: next, behind: { cursor, event: next.id } });
      index += 1;
    }
  };
  for (const transaction of transactions) {
    takeUntil(transaction.last);
    cursor = cursorOf(transaction);
    told.push({ kind: 'transaction', transaction, behind: { cursor, event: 0 } });
  }
  takeUntil(Infinity);
  return told;
}
