import { type Socket } from 'node:net';
import { type Response } from 'express';
import { type Principal } from '../../access/principal.js';
import { type FeedCursor, formatFeedCursor } from './feed-cursor.js';
import { type FeedEvents, type LiveFeed } from './live-feed.js';
import { type Held, ROUND_MS, type StreamEnd, type Streams } from './streams.js';

/** What a stream sends of the events behind its cursor, how many that are, and the cursor behind what it has looked at. */
export type Taken = Readonly<{ bytes: Buffer | string; cursor: FeedCursor; count: number }>;

/** What is particular to a kind of stream. Throws where the principal may follow no longer. */
export type StreamKind = Readonly<{
  name: 'events' | 'notices';
  look: (cursor: FeedCursor) => FeedEvents | Promise<FeedEvents>;
  take: (events: FeedEvents, principal: Principal | undefined) => Taken;
  /** What a heartbeat says beside that the stream is alive. */
  beat?: () => string;
}>;

export type StreamSetup = Readonly<{
  live: LiveFeed;
  kind: StreamKind;
  /** Who follows, as of now. Throws where that is nobody any more. */
  prove: () => Principal | undefined;
  /** Of the credentials, on the clock. */
  expiresAtMs: number;
  /** How long it may last. */
  lastsMs: number;
  /** Is told behind which event the client is, as far as that is known here; undefined: nobody asks. */
  sent: ((cursor: FeedCursor) => void) | undefined;
  /** Where it is counted. */
  stats: Pick<Streams, 'closed'> & { sent: number };
}>;

/** How soon a client comes back that was cut, in milliseconds; and how soon at random where many are at once. */
const RETRY_MS = 2_000;
const SOONEST_RETRY_MS = 500;
const LATEST_RETRY_MS = 5_000;

/** For proxies: nothing of it may be kept, changed (as by compressing it) or held back. */
const HEAD: Readonly<Record<string, string>> = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-cache, no-transform',
  'X-Accel-Buffering': 'no',
};

function setHead(response: Response): void {
  for (const [name, value] of Object.entries(HEAD)) response.setHeader(name, value);
}

/** The answer to HEAD: that of a stream, without the stream. */
export function sendStreamHead(response: Response): void {
  setHead(response);
  response.end();
}

const KEEP_ALIVE = Buffer.from(': keep-alive\n\n');

const chunks = new WeakMap<Buffer, Buffer>();

/** As a chunk of HTTP/1.1, made once for all who are sent the same. */
function chunkOf(bytes: Buffer): Buffer {
  const known = chunks.get(bytes);
  if (known !== undefined) return known;
  const made = Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
  chunks.set(bytes, made);
  return made;
}

/** Calls `closed` when the answer is done or its client has gone, which may be so already. */
export function whenClosed(response: Response, closed: () => void): void {
  if (response.destroyed) closed();
  else response.once('close', closed);
}

/**
 * Server-sent events of the feed (the HTML standard's). It has a cursor, writes no more than its socket takes, and has nothing else that
 * grows: who reads slowly gets what came meanwhile later, and who reads nothing is cut as any slow reader is. Chunks go to the socket
 * itself: an event for ten thousand streams is one buffer, and takes half of the time that it would by their responses.
 */
export class EventStream implements Held {
  private cursor: FeedCursor | undefined;
  private hasBegun = false;
  private isBusy = false;
  private isOver = false;
  /** Whether the cursor is past the one that the client knows. */
  private isAhead = false;
  private readonly endsAt: number;
  private ending: NodeJS.Timeout | undefined;
  private chunked: Socket | undefined;

  constructor(
    private readonly response: Response,
    private readonly setup: StreamSetup,
  ) {
    this.endsAt = performance.now() + setup.lastsMs;
    whenClosed(response, () => {
      if (this.hasBegun && !this.isOver) setup.stats.closed.client += 1;
      this.isOver = true;
      clearTimeout(this.ending);
      setup.live.leave(this);
    });
  }

  /** Sends the head, and begins behind the cursor; without one, now. Called once. */
  async begin(cursor: FeedCursor | undefined): Promise<void> {
    const { response } = this;
    setHead(response);
    this.hasBegun = true;
    this.isBusy = true;
    response.write(`retry: ${RETRY_MS}\n\n`);
    const { live } = this.setup;
    this.cursor = cursor ?? (await live.now());
    await live.join(this);
    // The client left meanwhile, or the service is stopping.
    if (this.hasEnded()) return live.leave(this);
    this.isBusy = false;
    if (cursor === undefined) this.write(`id: ${formatFeedCursor(this.cursor)}\n\n`);
    this.wake();
    this.endInTime();
  }

  private hasEnded(): boolean {
    return this.isOver;
  }

  get kind(): StreamKind['name'] {
    return this.setup.kind.name;
  }

  wake(): void {
    while (!this.isBusy && !this.isOver && this.cursor !== undefined && !this.setup.live.isNewest(this.cursor)) {
      const events = this.setup.kind.look(this.cursor);
      if (events instanceof Promise) {
        this.isBusy = true;
        events.then(
          (found) => {
            this.isBusy = false;
            if (this.send(found)) this.wake();
          },
          () => (this.isBusy = false),
        );
        return;
      }
      if (!this.send(events)) return;
    }
  }

  /** A heartbeat. */
  beat(): void {
    this.endInTime();
    if (this.isBusy || this.isOver || this.proven() === false) return;
    const id = this.isAhead && this.cursor !== undefined ? `id: ${formatFeedCursor(this.cursor)}\n` : '';
    const news = this.setup.kind.beat?.() ?? '';
    this.isAhead = false;
    this.write(id === '' && news === '' ? KEEP_ALIVE : `${id}: keep-alive\n\n${news}`);
    // What could not be read meanwhile is looked for again.
    this.wake();
  }

  /** Few have a timer: those that end before they have their next turn. */
  private endInTime(): void {
    if (this.isOver) return;
    const leftMs = Math.min(this.endsAt - performance.now(), this.setup.expiresAtMs - Date.now());
    if (leftMs <= 0) return this.end('expired');
    clearTimeout(this.ending);
    if (leftMs <= 2 * ROUND_MS) this.ending = setTimeout(() => this.endInTime(), Math.ceil(leftMs)).unref();
  }

  /** The client comes back, elsewhere maybe. Who has not taken what was written before is not waited for. */
  end(reason: StreamEnd = 'shutdown'): void {
    if (this.isOver) return;
    this.isOver = true;
    this.setup.stats.closed[reason] += 1;
    const { response } = this;
    const retry = Math.round(SOONEST_RETRY_MS + Math.random() * (LATEST_RETRY_MS - SOONEST_RETRY_MS));
    if (response.writableLength > 0) response.destroy();
    else response.end(`retry: ${retry}\n\n`);
  }

  /** @returns whether there may be more to send at once */
  private send(events: FeedEvents): boolean {
    const principal = this.proven();
    if (principal === false) return false;
    let taken: Taken;
    try {
      taken = this.setup.kind.take(events, principal);
    } catch {
      this.end('failed');
      return false;
    }
    this.setup.stats.sent += taken.count;
    this.cursor = taken.cursor;
    this.isAhead = taken.bytes.length === 0;
    if (taken.bytes.length > 0) this.write(taken.bytes);
    else this.told();
    return events.kind === 'reset' || events.events.length > 0;
  }

  private proven(): Principal | undefined | false {
    try {
      return this.setup.prove();
    } catch {
      this.end('revoked');
      return false;
    }
  }

  private write(bytes: Buffer | string): void {
    const buffer = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
    const socket = this.chunkedSocket();
    const written = this.setup.sent && (() => this.told());
    const isTaken = socket?.write(chunkOf(buffer), written) ?? this.response.write(buffer, written);
    if (isTaken) return;
    this.isBusy = true;
    (this.response.socket ?? this.response).once('drain', () => {
      this.isBusy = false;
      this.wake();
    });
  }

  /**
   * Where chunks go. In HTTP/1.0 there are none; and one who has not had its turn has no socket. Express gives each response a prototype, and V8
   * with that a hidden class of its own, so that to read a property of it takes a twentieth of the time of an event: it is asked once.
   */
  private chunkedSocket(): Socket | undefined {
    if (this.chunked !== undefined) return this.chunked;
    const { socket, chunkedEncoding } = this.response;
    if (socket !== null && chunkedEncoding) this.chunked = socket;
    return this.chunked;
  }

  /** Tells how far the client is, once all is with its system. */
  private told(): void {
    const { socket } = this.response;
    if (socket?.writableLength === 0 && this.cursor !== undefined) this.setup.sent?.(this.cursor);
  }
}
