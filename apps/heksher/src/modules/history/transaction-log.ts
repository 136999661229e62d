import { type ResourceChange } from '@heksher/core';
import { type Revision } from '@heksher/ruleset';
import { Injectable } from '@nestjs/common';
import { FeedSession } from '../ruleset/feed-session.js';
import { PastSession } from '../ruleset/past-session.js';
import { querySnapshot, revisionOf, SELECT_REVISION } from '../ruleset/loading.js';
import { readFollowing, readKnown, type TouchedNames } from './following.store.js';
import { readChanges } from './transaction-changes.js';

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
  after({ seq, token }: Readonly<{ seq: number; token: string }>, limit: number): Promise<Following> {
    return this.session.inSnapshot(async (snapshot) => {
      const isOldest = seq === 0;
      const behind = await readFollowing(snapshot, { seq, token }, isOldest ? limit + 1 : limit);
      const { now } = behind;
      if (!isOldest && !behind.isKnown) return { isKnown: false, transactions: [], now };
      const all = isOldest ? withoutPart(behind.transactions, limit) : behind.transactions;
      const found = all.slice(0, countAtOnce(all));
      const known = {
        isNewest: String(found.at(-1)?.last) === now.seq,
        hasRenamings: found.some(({ hasRenamings }) => hasRenamings),
      };
      const newestFirst = await readChanges(snapshot, found.toReversed(), undefined, { most: MOST_CHANGES }, known);
      const changes = newestFirst.toReversed();
      const transactions = found.map((one, place) => ({
        ...one,
        ...(changes[place] ?? { changes: [], omitted: 0 }),
      }));
      return { isKnown: true, transactions, now };
    });
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
