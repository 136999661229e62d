import { type ResourceChange } from '@heksher/core';
import { type Revision } from '@heksher/ruleset';
import { Injectable } from '@nestjs/common';
import { FeedSession } from '../ruleset/feed-session.js';
import { PastSession } from '../ruleset/past-session.js';
import { querySnapshot, revisionOf, SELECT_REVISION, type SnapshotReader } from '../ruleset/loading.js';
import { readFollowing, readFollowingFew, readKnown, type TouchedNames } from './following.store.js';
import { changesOf, type ListedChanges, readChanges } from './transaction-changes.js';
import { type LoggedTransaction } from './transactions.store.js';

/** A committed transaction: the revisions `first` to `last`, of which the last is that of the state it left. */
export type Transaction = Readonly<{
  first: number;
  last: number;
  /** Of the last revision. */
  token: string;
  /** RFC 3339. */
  at: string;
  actor: string;
  message: string | null;
  requestId: string | null;
  /** W3C's, of the write. */
  traceparent: string | null;
  tracestate: string | null;
  /** All that it touched, by each name that they had in it, sorted. */
  settings: readonly string[];
  /** Whether it touched the list of context features. */
  hasFeatures: boolean;
  changes: readonly ResourceChange[];
  /** How many changes more there are, which are not listed. */
  omitted: number;
}>;

/** Transactions in the order of their commits. `isKnown`: they follow on the state that was given; else there are none. */
export type Following = Readonly<{ isKnown: boolean; transactions: readonly Transaction[]; now: Revision }>;

/** So many rows of transactions are read at once, and so much text of them. */
const MOST_ROWS = 5_000;
const MOST_BYTES = 2_000_000;

/** So many transactions are few. */
const FEW = 10;

/** So many changes of a transaction are listed. */
const MOST_CHANGES = 1_000;

/** Of the oldest transaction part may be gone already, unless it is the first of all. */
function withoutPart<T extends Readonly<{ first: number }>>(oldest: readonly T[], limit: number): readonly T[] {
  return oldest[0]?.first === 1 ? oldest.slice(0, limit) : oldest.slice(1);
}

/** How many are read at once: at least one, and no more than are read in a moment. */
function countAtOnce(names: readonly TouchedNames[]): number {
  let [rows, bytes] = [0, 0];
  const end = names.findIndex((one) => {
    rows += one.rows;
    bytes += one.bytes;
    return rows > MOST_ROWS || bytes > MOST_BYTES;
  });
  return end === -1 ? names.length : Math.max(1, end);
}

/** The change log forwards: what was committed since a state. */
@Injectable()
export class TransactionLog {
  constructor(
    private readonly session: FeedSession,
    private readonly past: PastSession,
  ) {}

  /**
   * At most `limit` transactions behind the revision `seq`, whose token begins with `token`. Revision 0 is where the log begins. A
   * state that the log does not have, or has under another token, is not known: it was pruned, or is one of another history.
   */
  async after(cursor: Readonly<{ seq: number; token: string }>, limit: number): Promise<Following> {
    const isOldest = cursor.seq === 0;
    const few = isOldest ? undefined : await this.session.inOrder((reader) => fewAfter(reader, cursor, limit));
    return few ?? this.session.inSnapshot((snapshot) => readAfter(snapshot, cursor, limit));
  }

  /** Those of the cursors that are of this history, as far back as the log reaches. */
  known<C extends Readonly<{ seq: number; token: string }>>(cursors: readonly C[]): Promise<readonly C[]> {
    return this.past.inSnapshot((snapshot) => readKnown(snapshot, cursors));
  }

  /** The present revision. */
  now(): Promise<Revision> {
    return this.session.inSnapshot(async (snapshot) => {
      const [row] = await querySnapshot<[seq: string, token: string]>(snapshot, SELECT_REVISION, []);
      return revisionOf(row);
    });
  }
}

/** By one statement alone, which needs no transaction; undefined where there is more than it reads: most often there is one of few entries. */
async function fewAfter(
  reader: SnapshotReader,
  cursor: Readonly<{ seq: number; token: string }>,
  limit: number,
): Promise<Following | undefined> {
  const { isKnown, transactions, now, few } = await readFollowingFew(reader, cursor, Math.min(limit, FEW));
  if (!isKnown) return { isKnown, transactions: [], now };
  if (transactions.length === 0) return { isKnown, transactions: [], now };
  const isAll = few !== undefined && isNewest(transactions.at(-1), now);
  if (!isAll || transactions.some(({ hasRenamings }) => hasRenamings)) return undefined;
  return { isKnown, transactions: withChanges(transactions, await changesOf(transactions.toReversed(), few)), now };
}

async function readAfter(
  snapshot: SnapshotReader,
  cursor: Readonly<{ seq: number; token: string }>,
  limit: number,
): Promise<Following> {
  const isOldest = cursor.seq === 0;
  const { isKnown, now, transactions } = await readFollowing(snapshot, cursor, isOldest ? limit + 1 : limit);
  if (!isOldest && !isKnown) return { isKnown: false, transactions: [], now };
  const all = isOldest ? withoutPart(transactions, limit) : transactions;
  const found = all.slice(0, countAtOnce(all));
  const known = {
    isNewest: isNewest(found.at(-1), now),
    hasRenamings: found.some(({ hasRenamings }) => hasRenamings),
  };
  const changes = await readChanges(snapshot, found.toReversed(), undefined, { most: MOST_CHANGES }, known);
  return { isKnown: true, transactions: withChanges(found, changes), now };
}

function isNewest(last: LoggedTransaction | undefined, now: Revision): boolean {
  return String(last?.last) === now.seq;
}

function withChanges(
  transactions: readonly (LoggedTransaction & TouchedNames)[],
  newestFirst: readonly ListedChanges[],
): readonly Transaction[] {
  const changes = newestFirst.toReversed();
  return transactions.map((one, place) => ({ ...one, ...(changes[place] ?? { changes: [], omitted: 0 }) }));
}
