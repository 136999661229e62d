import { HeksherError, type RawJson } from '@heksher/core';
import { type Ruleset } from '@heksher/ruleset';
import { Injectable } from '@nestjs/common';
import { type Response } from 'express';
import { notAllowed } from '../../access/access-error.js';
import { type Principal } from '../../access/principal.js';
import { RulesetService } from '../ruleset/ruleset.service.js';
import { changesPage } from './changes-page.js';
import { type ChangesRequest, type PageRequest } from './changes-request.js';
import { EventStream, whenClosed, type StreamKind } from './event-stream.js';
import { type FeedCursor } from './feed-cursor.js';
import { FeedOptions } from './feed-options.js';
import { LiveFeed } from './live-feed.js';
import { LongPoll } from './long-poll.js';
import { type ClientState, Propagation } from './propagation.js';
import { changesKind, noticesKind, viewOf } from './stream-kinds.js';
import { Streams } from './streams.js';

/** Who asks, what is known of its program, and where the answer goes. */
export type Asking = Readonly<{
  principal: Principal | undefined;
  client?: ClientState | undefined;
  response: Response;
}>;

/** Between so many and the tenth less of it. */
const SPREAD = 0.1;

/** The three ways to read the feed, and OpenFeature's notices. */
@Injectable()
export class ChangesAnswers {
  private readonly allChanges: StreamKind;

  constructor(
    private readonly live: LiveFeed,
    private readonly streams: Streams,
    private readonly rulesets: RulesetService,
    private readonly options: FeedOptions,
    private readonly propagation: Propagation,
  ) {
    this.allChanges = changesKind(live, undefined, () => this.ruleset());
  }

  /** A page of events, which is waited for where that is asked. */
  async page({ after, asked, limit, waitMs }: PageRequest, asking: Asking): Promise<RawJson> {
    const { response, principal } = asking;
    const setup = {
      live: this.live,
      view: () => viewOf(asked, this.prove(principal, 'read'), 'read'),
      ruleset: () => this.ruleset(),
    };
    if (waitMs === 0) {
      return changesPage(after ?? (await this.live.now()), { limit }, setup, { next: () => Promise.resolve(false) });
    }
    const poll = new LongPoll(this.live, response, { waitMs, expiresAtMs: principal?.expiresAtMs ?? Infinity });
    const letGo = this.hold(poll, asking, principal);
    try {
      const cursor = after ?? (await this.live.now());
      await poll.begin();
      return await changesPage(cursor, { limit }, setup, poll);
    } finally {
      poll.end();
      letGo();
    }
  }

  /** A stream of events. Throws before it sends anything where there are too many. */
  stream({ after, asked }: ChangesRequest, asking: Asking): Promise<void> {
    const kind = asked === undefined ? this.allChanges : changesKind(this.live, asked, () => this.ruleset());
    return this.open(kind, after, asking, asking.principal);
  }

  /** A stream of notices. Browsers of many share what a page was given, so that they count towards nobody. */
  notices(after: FeedCursor | undefined, asking: Asking): Promise<void> {
    return this.open(
      noticesKind(this.live, () => this.ruleset()),
      after,
      asking,
      undefined,
    );
  }

  private async open(
    kind: StreamKind,
    after: FeedCursor | undefined,
    asking: Asking,
    counted: Principal | undefined,
  ): Promise<void> {
    const { principal, response, client } = asking;
    const stream = new EventStream(response, {
      kind,
      live: this.live,
      stats: this.streams,
      prove: () => this.prove(principal, kind.name === 'events' ? 'read' : 'evaluate'),
      expiresAtMs: principal?.expiresAtMs ?? Infinity,
      lastsMs: this.options.streamMaxMs * (1 - SPREAD + 2 * SPREAD * Math.random()),
      sent: client && ((cursor) => (client.sent = cursor)),
    });
    // Refused before its head is sent.
    whenClosed(response, this.hold(stream, asking, counted));
    await stream.begin(after);
  }

  private hold(
    held: EventStream | LongPoll,
    { principal, client }: Asking,
    counted: Principal | undefined,
  ): () => void {
    const letGo = this.streams.hold(held, counted);
    const close = client && this.propagation.opened(client, principal);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      close?.();
      letGo();
    };
  }

  /** Throws where they may do this with nothing any more. */
  private prove(principal: Principal | undefined, action: 'read' | 'evaluate'): Principal | undefined {
    if (principal === undefined) return undefined;
    const now = this.rulesets.proveNow(principal);
    if (now.permissions[action].key === '') throw notAllowed(action);
    return now;
  }

  private ruleset(): Ruleset {
    const { latest } = this.rulesets.follower;
    if (latest === undefined) throw new HeksherError('unavailable', 'nothing is loaded yet; try again later');
    return latest;
  }
}
