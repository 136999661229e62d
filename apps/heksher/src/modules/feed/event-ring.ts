import { type FeedCursor } from './feed-cursor.js';
import { type FeedEvent } from './feed-event.js';

/** So many of the newest events are kept, and so many bytes of them. */
const MOST_EVENTS = 1_000;
const MOST_BYTES = 16_777_216;

/** The newest events, each found by the cursor before it. */
export class EventRing {
  private events: FeedEvent[] = [];
  /** By the number of a cursor: its token, and how many events had come when it was the newest. */
  private readonly places = new Map<number, Readonly<{ token: string; count: number }>>();
  /** How many events were forgotten. */
  private forgotten = 0;
  private bytes = 0;
  private head: FeedCursor;

  constructor(start: FeedCursor) {
    this.head = start;
    this.places.set(start.seq, { token: start.token, count: 0 });
  }

  /** Behind the newest event. */
  get newest(): FeedCursor {
    return this.head;
  }

  isNewest({ seq, token }: FeedCursor): boolean {
    return seq === this.head.seq && token === this.head.token;
  }

  /** Of transactions that follow on the newest. */
  add(event: FeedEvent): void {
    this.events.push(event);
    this.bytes += event.size;
    this.head = event.cursor;
    const { seq, token } = event.cursor;
    this.places.set(seq, { token, count: this.forgotten + this.events.length });
    while (this.events.length > 1 && (this.events.length > MOST_EVENTS || this.bytes > MOST_BYTES)) this.forget();
  }

  /** At most `limit` events behind a cursor; undefined: it is older than they are, or of another history. */
  after({ seq, token }: FeedCursor, limit: number): readonly FeedEvent[] | undefined {
    const place = this.places.get(seq);
    if (place?.token !== token) return undefined;
    const begin = place.count - this.forgotten;
    return this.events.slice(begin, begin + limit);
  }

  private forget(): void {
    const oldest = this.events.shift();
    if (oldest === undefined) return;
    this.bytes -= oldest.size;
    const [before] = this.places.keys();
    if (before !== undefined) this.places.delete(before);
    this.forgotten += 1;
  }
}
