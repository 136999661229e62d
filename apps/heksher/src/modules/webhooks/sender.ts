import { isDatabaseUnavailable, pgErrorCode, READ_ONLY_TRANSACTION } from '@heksher/database';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { formatFeedCursor } from '../feed/feed-cursor.js';
import { Logger } from '../logging/index.js';
import { RulesetService } from '../ruleset/ruleset.service.js';
import { noteAttempt } from './attempts.store.js';
import { type OutgoingEvent, resetEvent } from './cloud-event.js';
import { Delivery, type Outcome } from './delivery.js';
import { claim, type Leased, settle, type Standing } from './leases.store.js';
import { Outbox } from './outbox.js';
import { type Place } from './place.js';
import { delayAfter } from './retries.js';
import { eventFor } from './told.js';
import { WebhookOptions } from './webhook-options.js';
import { WebhookMetrics } from './webhook-metrics.js';
import { type StoredWebhook } from './webhooks.store.js';

/** Endpoints are looked for at this interval, and after each change that this process follows. */
const EVERY_MS = 1_000;
/** So many endpoints are told at once. */
const MOST_AT_ONCE = 20;
/** How long attempts under way may go on once the process is to stop. */
const GRACE_MS = 2_000;

/**
 * Tells endpoints of changes: each by one process at a time, in the order of the commits, and on from its cursor. A lease that is not
 * renewed ends by itself, so that another process goes on where this one was killed; what it had sent last may then be sent again.
 */
@Injectable()
export class Sender implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly log: Logger;
  /** Long enough for two attempts, so that it does not end during one. */
  private readonly leaseMs: number;
  private readonly stopping = new AbortController();
  private readonly running = new Set<Promise<void>>();
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private isAsked = false;
  private isStopping = false;
  private isFailing = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly outbox: Outbox,
    private readonly rulesets: RulesetService,
    private readonly delivery: Delivery,
    private readonly options: WebhookOptions,
    private readonly metrics: WebhookMetrics,
    logger: Logger,
  ) {
    this.log = logger.child('webhooks');
    this.leaseMs = 2 * options.timeoutMs;
  }

  onApplicationBootstrap(): void {
    if (!this.dataSource.isInitialized || this.options.secretKeys().length === 0) return;
    this.timer = setInterval(() => this.wake(), EVERY_MS).unref();
    this.rulesets.follower.onChange(() => this.wake());
  }

  /** Attempts under way are finished, or broken off after a while; the leases are given back. */
  async onModuleDestroy(): Promise<void> {
    this.isStopping = true;
    clearInterval(this.timer);
    const grace = setTimeout(() => this.stopping.abort(), GRACE_MS);
    await this.looking;
    await Promise.all(this.running);
    clearTimeout(grace);
  }

  /** Looks for endpoints that have something to be told. */
  wake(): void {
    this.isAsked = true;
    if (this.looking !== undefined || this.isStopping) return;
    this.looking = this.look().finally(() => (this.looking = undefined));
  }

  private async look(): Promise<void> {
    try {
      while (this.isAsked && !this.isStopping) {
        this.isAsked = false;
        await this.claimAll();
      }
      this.isFailing = false;
    } catch (error) {
      this.warn(error);
    }
  }

  private async claimAll(): Promise<void> {
    while (!this.isStopping && this.running.size < MOST_AT_ONCE) {
      const leased = await claim(this.dataSource.manager, this.leaseMs);
      if (leased === undefined) return;
      const telling = this.tell(leased).catch((error: unknown) => this.warn(error));
      const done = telling.finally(() => {
        this.running.delete(done);
        this.wake();
      });
      this.running.add(done);
    }
  }

  /** What fails for want of the database is tried again, at the latest when the lease has ended. */
  private warn(error: unknown): void {
    if (pgErrorCode(error) === READ_ONLY_TRANSACTION) return;
    if (!this.isFailing || !isDatabaseUnavailable(error)) this.log.warn('webhooks could not be sent', { error });
    this.isFailing = true;
  }

  private async tell(leased: Leased): Promise<void> {
    const telling = new Telling(this.dataSource, leased, this.leaseMs);
    const { webhook } = leased;
    if (webhook.resetFrom !== null && !(await this.send(telling, this.reset(webhook, webhook.resetFrom)))) return;
    for (;;) {
      const page = await this.outbox.after(telling.place);
      if (page.kind === 'reset') {
        const from = formatFeedCursor(telling.place.cursor);
        this.log.warn('changes were lost to a webhook: the log does not have them', {
          webhook: webhook.id,
          after: from,
        });
        const place = { cursor: page.now, event: 0 };
        if (!(await telling.settle({ place, resetFrom: from }))) return;
        if (!(await this.send(telling, this.reset({ ...webhook, place }, from)))) return;
        continue;
      }
      for (const told of page.told) {
        const { ruleset } = await this.rulesets.follower.checked();
        const event = eventFor(webhook, told, ruleset, this.options.source);
        if (event === undefined) telling.place = told.behind;
        else if (!(await this.send(telling, { event, next: told.behind }))) return;
      }
      telling.place = page.next;
      if (page.isEnd) break;
      if (!(await telling.settle({}))) return;
    }
    await telling.settle({ leaseMs: undefined });
  }

  private reset({ place }: StoredWebhook, from: string): Sending {
    return { event: resetEvent(this.options.source, from, place.cursor), next: place };
  }

  /** @returns whether to go on: it was delivered, or given up, and the lease still holds */
  private async send(telling: Telling, sending: Sending): Promise<boolean> {
    const { webhook } = telling;
    if (this.isStopping) {
      await telling.settle({ leaseMs: undefined });
      return false;
    }
    if (!(await telling.renewed())) return false;
    let outcome: Outcome;
    try {
      outcome = await this.delivery.attempt(webhook, sending.event, this.stopping.signal);
    } catch {
      // Broken off by the shutdown.
      await telling.settle({ leaseMs: undefined });
      return false;
    }
    this.metrics.attempted(outcome);
    await noteAttempt(this.dataSource.manager, webhook.id, outcome.attempt);
    if (outcome.kind === 'delivered') return telling.settle({ place: sending.next, resetFrom: null, failures: 0 });
    return this.failed(telling, sending, outcome);
  }

  private async failed(telling: Telling, { event, next }: Sending, outcome: Outcome): Promise<boolean> {
    const { webhook } = telling;
    const reason = outcome.attempt.error ?? '';
    if (outcome.kind === 'gone') {
      this.log.warn('a webhook was disabled: its endpoint is gone (410)', { webhook: webhook.id });
      await telling.settle({ state: 'disabled', reason, failures: 0, leaseMs: undefined });
      return false;
    }
    const failures = telling.failures + 1;
    const delayMs = delayAfter(failures, this.options.delaysMs, outcome.retryAfterMs);
    if (delayMs !== undefined) {
      await telling.settle({ failures, delayMs, leaseMs: undefined });
      if (delayMs < EVERY_MS) setTimeout(() => this.wake(), delayMs + 1).unref();
      return false;
    }
    this.metrics.gaveUp();
    this.log.warn('an event was given up', { webhook: webhook.id, event: event.id, attempts: failures, reason });
    if (webhook.onFailure === 'pause') {
      const why = `${failures} attempts failed; the last: ${reason}`;
      await telling.settle({ state: 'failed', reason: why, failures, leaseMs: undefined });
      return false;
    }
    const dead = { event: event.id, type: event.type, replayFrom: formatFeedCursor(telling.place.cursor), reason };
    return telling.settle({ place: next, resetFrom: null, failures: 0, dead });
  }
}

/** An event, and the place behind it. */
type Sending = Readonly<{ event: OutgoingEvent; next: Place }>;

/** One endpoint that is being told, and how far that is. */
class Telling {
  place: Place;
  failures: number;
  private resetFrom: string | null;
  private renewedAt = performance.now();

  constructor(
    private readonly dataSource: DataSource,
    private readonly leased: Leased,
    private readonly leaseMs: number,
  ) {
    const { place, failures, resetFrom } = leased.webhook;
    this.place = place;
    this.failures = failures;
    this.resetFrom = resetFrom;
  }

  get webhook(): StoredWebhook {
    return this.leased.webhook;
  }

  /** Writes down how far it is, and what else is given. @returns whether the lease still holds and goes on */
  async settle(given: Partial<Standing>): Promise<boolean> {
    const { place = this.place, resetFrom = this.resetFrom, failures = this.failures } = given;
    const standing = { leaseMs: this.leaseMs, ...given, place, resetFrom, failures };
    const beganAt = performance.now();
    const holds = await settle(this.dataSource.manager, this.leased, standing);
    Object.assign(this, { place, resetFrom, failures, renewedAt: beganAt });
    return holds;
  }

  /** Whether the lease holds for another attempt; it is renewed where it would not. */
  async renewed(): Promise<boolean> {
    return performance.now() - this.renewedAt < this.leaseMs / 4 || this.settle({});
  }
}
