import { type JsonText } from '@heksher/core';
import { type Ruleset } from '@heksher/ruleset';
import { type Transaction } from '../history/transaction-log.js';
import { type EventView, viewKey, writeEvent } from './change-event.js';
import { type FeedCursor, formatFeedCursor } from './feed-cursor.js';
import { cursorOf } from './feed.service.js';

/** The texts for so many different views are kept. */
const MOST_VIEWS = 32;

/** Memory of an event beyond its texts, in bytes, more or less. */
const OVERHEAD = 1_000;

const NOTHING = Buffer.alloc(0);

/** A transaction with what is sent of it, which all who see the same share. */
export class FeedEvent {
  readonly cursor: FeedCursor;
  readonly id: string;
  private readonly frames = new Map<string, Buffer>();

  private constructor(readonly transaction: Transaction) {
    this.cursor = cursorOf(transaction);
    this.id = formatFeedCursor(this.cursor);
  }

  /** The same for the same transaction. */
  static of(transaction: Transaction): FeedEvent {
    const known = events.get(transaction);
    if (known !== undefined) return known;
    const made = new FeedEvent(transaction);
    events.set(transaction, made);
    return made;
  }

  /** How much memory it takes, in bytes, more or less. */
  get size(): number {
    const { settings, changes } = this.transaction;
    const names = settings.reduce((sum, name) => sum + name.length, 0);
    return (
      2 * changes.reduce((sum, { old, new: now }) => sum + (old?.length ?? 0) + (now?.length ?? 0), names) + OVERHEAD
    );
  }

  /** In JSON; undefined where the view shows nothing of it. */
  text(view: EventView, ruleset: Ruleset): JsonText | undefined {
    return writeEvent(this.transaction, view, ruleset);
  }

  /** As an event of a stream; empty where the view shows nothing of it. */
  frame(view: EventView, ruleset: Ruleset): Buffer {
    const key = viewKey(view);
    const known = this.frames.get(key);
    if (known !== undefined) return known;
    const text = this.text(view, ruleset);
    const made = text === undefined ? NOTHING : Buffer.from(`id: ${this.id}\nevent: change\ndata: ${text}\n\n`);
    if (this.frames.size < MOST_VIEWS) this.frames.set(key, made);
    return made;
  }
}

const events = new WeakMap<Transaction, FeedEvent>();
