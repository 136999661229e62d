import { type Response } from 'express';
import { type Waiting } from './changes-page.js';
import { whenClosed } from './event-stream.js';
import { type LiveFeed } from './live-feed.js';
import { type Held } from './streams.js';

/** A request that is held until something is there, for so long at most. It ends with its client, and with the service. */
export class LongPoll implements Held, Waiting {
  readonly kind = 'wait';
  private isWoken = false;
  private isOver = false;
  private resume: (() => void) | undefined;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly live: LiveFeed,
    response: Response,
    { waitMs, expiresAtMs }: Readonly<{ waitMs: number; expiresAtMs: number }>,
  ) {
    this.timer = setTimeout(() => this.end(), Math.min(waitMs, expiresAtMs - Date.now()));
    whenClosed(response, () => this.end());
  }

  /** Before the first look, so that nothing is missed between it and the waiting. */
  begin(): Promise<void> {
    return this.live.join(this);
  }

  wake(): void {
    this.isWoken = true;
    this.resume?.();
  }

  beat(): void {
    // It has a timer of its own, which is exact.
  }

  end(): void {
    this.isOver = true;
    clearTimeout(this.timer);
    this.live.leave(this);
    this.resume?.();
  }

  async next(): Promise<boolean> {
    if (!this.isWoken && !this.isOver) await new Promise<void>((resolve) => (this.resume = resolve));
    this.isWoken = false;
    return !this.isOver;
  }
}
