import { HeksherError, type InSteps } from '@heksher/core';
import { isDatabaseUnavailable } from '@heksher/database';
import { type Ruleset } from '@heksher/ruleset';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { inSlices } from '../../in-slices.js';
import { Logger } from '../logging/index.js';
import { FeedSession } from '../ruleset/feed-session.js';
import { RulesetService } from '../ruleset/ruleset.service.js';
import { EventRing } from './event-ring.js';
import { cursorAt, type FeedCursor } from './feed-cursor.js';
import { FeedEvent } from './feed-event.js';
import { FeedOptions } from './feed-options.js';
import { Feed } from './feed.service.js';

/** Events behind a cursor, with the cursor behind them; or a reset: see `FeedPage`. */
export type FeedEvents =
  | Readonly<{ kind: 'events'; events: readonly FeedEvent[]; next: FeedCursor; isEnd: boolean }>
  | Readonly<{ kind: 'reset'; now: FeedCursor }>;

/** Is woken when there may be new events. Must not throw. */
export type Follower = Readonly<{ wake: () => void }>;

/** As `migrations/1795820000000-notify-changes.ts` notifies. */
const CHANNEL = 'heksher_changes';

const POLL_MS = 1_000;
const PAGE = 100;
/** Each may have filters of its own, and so a text of its own of a large event. */
const FOLLOWERS_PER_STEP = 4;

/**
 * The feed as it goes on, for all who follow it at once. As long as somebody does, the newest events are kept in memory, which who has
 * fallen behind reads from the log. Notifications and our own writes only hasten the look at the revision that is taken each second.
 */
@Injectable()
export class LiveFeed implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly followers = new Set<Follower>();
  private readonly log: Logger;
  private ring: EventRing | undefined;
  /** What was found in memory last: nearly all who follow ask for the same, and share what is made of it. */
  private found: Readonly<{ cursor: FeedCursor; events: FeedEvents }> | undefined;
  private starting: Promise<EventRing> | undefined;
  private poll: NodeJS.Timeout | undefined;
  private isAdvancing = false;
  private isDue = false;
  private isWaking = false;
  private isWakingDue = false;

  constructor(
    private readonly feed: Feed,
    private readonly rulesets: RulesetService,
    private readonly session: FeedSession,
    private readonly options: FeedOptions,
    logger: Logger,
  ) {
    this.log = logger.child('feed');
  }

  onApplicationBootstrap(): void {
    this.rulesets.follower.onChange((ruleset) => this.followed(ruleset));
    if (!this.options.notify) return;
    this.session.listen(
      CHANNEL,
      () => this.hasten(),
      (error) => {
        this.log.warn('the database takes no listeners; changes are looked for each second', { error });
      },
    );
  }

  onApplicationShutdown(): void {
    clearInterval(this.poll);
  }

  /** Takes a follower in, who is woken at each change from now on. */
  async join(follower: Follower): Promise<void> {
    this.followers.add(follower);
    this.poll ??= setInterval(() => this.look(), POLL_MS).unref();
    this.starting ??= this.start();
    try {
      await this.starting;
    } catch (error) {
      this.leave(follower);
      throw error;
    }
  }

  leave(follower: Follower): void {
    this.followers.delete(follower);
    if (this.followers.size > 0) return;
    clearInterval(this.poll);
    this.poll = undefined;
    this.ring = undefined;
    this.found = undefined;
    this.starting = undefined;
  }

  /** The cursor of a check that began after this call. */
  async now(): Promise<FeedCursor> {
    return cursorAt((await this.rulesets.follower.checked()).ruleset.revision);
  }

  isNewest(cursor: FeedCursor): boolean {
    return this.ring?.isNewest(cursor) === true;
  }

  /** What lies behind a cursor, or the first of it: at once where that is in memory. */
  after(cursor: FeedCursor, limit = PAGE): FeedEvents | Promise<FeedEvents> {
    if (limit !== PAGE) return this.inMemory(cursor, limit) ?? this.read(cursor, limit);
    const { found } = this;
    if (found?.cursor.seq === cursor.seq && found.cursor.token === cursor.token) return found.events;
    const events = this.inMemory(cursor, PAGE);
    if (events === undefined) return this.read(cursor, PAGE);
    this.found = { cursor, events };
    return events;
  }

  private inMemory(cursor: FeedCursor, limit: number): FeedEvents | undefined {
    const { ring } = this;
    const events = ring?.after(cursor, limit);
    if (ring === undefined || events === undefined) return undefined;
    const next = events.at(-1)?.cursor ?? cursor;
    return { kind: 'events', events, next, isEnd: ring.isNewest(next) };
  }

  /** The same of what is in memory alone: who is behind that is reset without a look at the log. */
  recent(cursor: FeedCursor): FeedEvents | Promise<FeedEvents> {
    const { ring } = this;
    const isBehind = ring !== undefined && cursor.seq < ring.newest.seq;
    if (isBehind && ring.after(cursor, 1) === undefined) return { kind: 'reset', now: ring.newest };
    return this.after(cursor);
  }

  private async read(cursor: FeedCursor, limit: number): Promise<FeedEvents> {
    const page = await this.feed.transactionsAfter(cursor, limit);
    if (page.kind === 'reset') return page;
    const { transactions, next, isEnd } = page;
    return { kind: 'events', events: transactions.map((one) => FeedEvent.of(one)), next, isEnd };
  }

  private async start(): Promise<EventRing> {
    try {
      const ring = new EventRing(await this.feed.now());
      if (this.followers.size > 0) this.ring = ring;
      return ring;
    } catch (error) {
      this.starting = undefined;
      throw error;
    }
  }

  /** While the log is read it is compared with the ruleset anyway: most often it has the same. */
  private followed({ revision }: Ruleset): void {
    if (!this.isAdvancing && !this.isNewest(cursorAt(revision))) this.hasten();
  }

  private hasten(): void {
    if (this.ring !== undefined) this.advance();
  }

  /** Proves what is known: a notification may have been missed. Who asks is proved with it. */
  private look(): void {
    this.rulesets.follower.checked().then(
      ({ ruleset }) => {
        if (this.ring !== undefined && !this.isNewest(cursorAt(ruleset.revision))) this.advance();
      },
      (error: unknown) => this.note(error),
    );
  }

  private advance(): void {
    this.isDue = true;
    if (this.isAdvancing) return;
    this.isAdvancing = true;
    this.advanceWhileDue().catch((error: unknown) => this.note(error));
  }

  /** Nobody is told of a change before it can be read here. */
  private async advanceWhileDue(): Promise<void> {
    try {
      while (this.isDue && this.ring !== undefined) {
        this.isDue = false;
        this.isDue = !(await this.advanceRing(this.ring)) || this.isDue;
      }
    } finally {
      this.isAdvancing = false;
    }
  }

  /** @returns whether there was nothing more */
  private async advanceRing(ring: EventRing): Promise<boolean> {
    const { follower } = this.rulesets;
    const [found] = await Promise.all([
      this.read(ring.newest, PAGE),
      // After a write of our own the ruleset is ahead already.
      this.isBehind(ring) ? follower.checked() : follower.changed(),
    ]);
    await this.reach(found.kind === 'reset' ? found.now : found.next);
    if (this.ring !== ring) return false;
    this.found = undefined;
    if (found.kind === 'reset') this.ring = new EventRing(found.now);
    else for (const event of found.events) ring.add(event);
    if (found.kind === 'reset' || found.events.length > 0) this.wakeAll();
    return (found.kind === 'reset' || found.isEnd) && !this.isBehind(this.ring);
  }

  /** Whether the ruleset knows of more than was read. */
  private isBehind({ newest }: EventRing): boolean {
    const { latest } = this.rulesets.follower;
    return latest !== undefined && Number(latest.revision.seq) > newest.seq;
  }

  /** The log may have been read after the ruleset was checked. */
  private async reach({ seq }: FeedCursor): Promise<void> {
    const { latest } = this.rulesets.follower;
    if (latest !== undefined && Number(latest.revision.seq) >= seq) return;
    const { staleSeconds } = await this.rulesets.follower.checked();
    if (staleSeconds !== undefined) throw new HeksherError('unavailable', 'the database does not answer');
  }

  private wakeAll(): void {
    this.isWakingDue = true;
    if (this.isWaking) return;
    this.isWaking = true;
    const ended = (): void => {
      this.isWaking = false;
      if (this.isWakingDue) this.wakeAll();
    };
    this.isWakingDue = false;
    inSlices(this.waking(), { ready: ended, failed: ended });
  }

  /** Those who come meanwhile begin behind what the others are woken for, or look for themselves. */
  private *waking(): InSteps<void> {
    let count = 0;
    const { followers } = this;
    for (const follower of [...followers]) {
      follower.wake();
      if ((count += 1) % FOLLOWERS_PER_STEP === 0) yield;
    }
  }

  /** It is tried again within a second. */
  private note(error: unknown): void {
    const isAway = isDatabaseUnavailable(error) || (error instanceof HeksherError && error.code === 'unavailable');
    if (!isAway) this.log.error('the feed of changes could not be followed', { error });
  }
}
