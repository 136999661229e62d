import { setTimeout as sleep } from 'node:timers/promises';
import { HeksherError } from '@heksher/core';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Logger } from '../logging/index.js';

const INTERVAL_MS = 5_000;
/** A database that takes longer to answer nothing at all does not answer. */
const LIMIT_MS = 5_000;

/** Asks the database every five seconds, so that `/api/health` answers at once, and logs when it goes and comes. */
@Injectable()
export class DatabaseMonitor implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly log: Logger;
  private timer: NodeJS.Timeout | undefined;
  private answering = true;

  constructor(
    private readonly dataSource: DataSource,
    logger: Logger,
  ) {
    this.log = logger.child('health');
  }

  get isAnswering(): boolean {
    return this.answering;
  }

  onApplicationBootstrap(): void {
    if (!this.dataSource.isInitialized) return;
    this.schedule();
  }

  onApplicationShutdown(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private schedule(): void {
    this.timer = setTimeout(() => {
      void this.check().finally(() => {
        if (this.timer !== undefined) this.schedule();
      });
    }, INTERVAL_MS).unref();
  }

  private async check(): Promise<void> {
    try {
      await Promise.race([this.dataSource.query('select 1'), overdue()]);
      if (!this.answering) this.log.info('the database answers again');
      this.answering = true;
    } catch (error) {
      if (this.answering) this.log.error('the database does not answer', { error });
      this.answering = false;
    }
  }
}

async function overdue(): Promise<never> {
  await sleep(LIMIT_MS, undefined, { ref: false });
  throw new HeksherError('unavailable', `the database did not answer within ${LIMIT_MS} ms`);
}
