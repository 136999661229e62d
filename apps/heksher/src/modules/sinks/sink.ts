import { type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { type DataSource } from 'typeorm';
import { ALL_CHANGES, writeEvent } from '../feed/change-event.js';
import { formatFeedCursor } from '../feed/feed-cursor.js';
import { type Logger } from '../logging/index.js';
import { type RulesetService } from '../ruleset/ruleset.service.js';
import { changesetEvent, committedEvent, type OutgoingEvent, resetEvent } from '../webhooks/cloud-event.js';
import { type Outbox, type Told } from '../webhooks/outbox.js';
import { type BrokerStream, type Entry, type StreamEnd } from './broker-stream.js';
import { type SinkMetrics, type SinkStats } from './sink-metrics.js';

const EVERY_MS = 1_000;

export type SinkSetup = Readonly<{
  dataSource: DataSource;
  outbox: Outbox;
  rulesets: RulesetService;
  metrics: SinkMetrics;
  stream: BrokerStream;
  /** The public address of the service, without a slash at its end; empty: it is not known. */
  source: string;
  log: Logger;
}>;

/**
 * Publishes each event once to a stream of a broker, in the order of the commits. Every replica tries, and the broker takes each from one
 * of them: there is nothing else to agree on. An empty stream begins with the oldest transaction that the log has.
 */
export class Sink implements SinkStats, OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<void> | undefined;
  private isAsked = false;
  private isStopping = false;
  private problem: string | undefined;
  published = 0;
  failures = 0;
  /** Undefined: it has to be asked for. */
  private end: StreamEnd | undefined;
  /** Of the end behind which something was refused last. */
  private refusedBehind: string | undefined;

  constructor(private readonly setup: SinkSetup) {
    setup.metrics.add(setup.stream.name.toLowerCase(), this);
  }

  get revision(): number | undefined {
    return this.end?.place.cursor.seq;
  }

  async onApplicationBootstrap(): Promise<void> {
    const { dataSource, stream, rulesets } = this.setup;
    if (!dataSource.isInitialized) return;
    await stream.open();
    this.timer = setInterval(() => this.wake(), EVERY_MS).unref();
    rulesets.follower.onChange(() => this.wake());
  }

  async onModuleDestroy(): Promise<void> {
    this.isStopping = true;
    clearInterval(this.timer);
    await this.round;
    await this.setup.stream.close();
  }

  private wake(): void {
    this.isAsked = true;
    if (this.round !== undefined || this.isStopping) return;
    this.round = this.publish().finally(() => (this.round = undefined));
  }

  private async publish(): Promise<void> {
    const { stream, log } = this.setup;
    try {
      while (this.isAsked && !this.isStopping) {
        this.isAsked = false;
        while (!(await this.publishPage()) && !this.isStopping);
      }
      if (this.problem !== undefined) log.info('events are published again', { to: stream.name });
      this.problem = undefined;
    } catch (error) {
      this.failures += 1;
      // What became of the last command is not known.
      this.end = undefined;
      const problem = String(error);
      if (problem !== this.problem) log.warn('events cannot be published', { to: stream.name, error });
      this.problem = problem;
    }
  }

  /** @returns whether there was nothing more */
  private async publishPage(): Promise<boolean> {
    const { place } = (this.end ??= await this.findEnd());
    const page = await this.setup.outbox.after(place);
    if (page.kind === 'reset') {
      const event = resetEvent(this.setup.source, formatFeedCursor(place.cursor), page.now);
      await this.add({ event, place: { cursor: page.now, event: 0 } });
      return false;
    }
    for (const told of page.told) {
      if (this.isStopping) return true;
      if (!(await this.add({ event: await this.write(told), place: told.behind }))) return false;
    }
    return page.isEnd;
  }

  private async findEnd(): Promise<StreamEnd> {
    const end = await this.setup.stream.end();
    if (end.mark !== this.refusedBehind) return end;
    // As NATS does for a while where a stream was emptied whose messages it still knows.
    this.refusedBehind = undefined;
    throw new Error(`nothing is taken behind the last entry, ${end.mark === '' ? 'none' : end.mark}`);
  }

  private async write(told: Told): Promise<OutgoingEvent> {
    const { source, rulesets } = this.setup;
    if (told.kind === 'changeset') return changesetEvent(source, told.changeset);
    const { ruleset } = await rulesets.follower.checked();
    const change = writeEvent(told.transaction, ALL_CHANGES, ruleset);
    if (change === undefined) throw new Error('a transaction is hidden from a view of all');
    return committedEvent(source, told.transaction, change);
  }

  /** Where another replica was faster, the end is asked for anew. @returns whether it was added */
  private async add(entry: Entry): Promise<boolean> {
    const { end } = this;
    if (end === undefined) return false;
    this.end = await this.setup.stream.addBehind(end, entry);
    if (this.end !== undefined) this.published += 1;
    this.refusedBehind = this.end === undefined ? end.mark : undefined;
    return this.end !== undefined;
  }
}
