import { errorMessage } from '@heksher/core';
import { type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { type DataSource } from 'typeorm';
import { type Logger } from '../logging/index.js';
import { noteUses } from './access.store.js';
import { type CredentialsInMemory } from './credentials.js';

const INTERVAL_MS = 60_000;

/** Writes down when keys were used last: all of a minute at once, without a revision. */
export class KeyUses implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly credentials: CredentialsInMemory,
    private readonly dataSource: DataSource,
    private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.note(), INTERVAL_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.note();
  }

  private async note(): Promise<void> {
    const uses = this.credentials.takeUses();
    if (uses.size === 0) return;
    try {
      await noteUses(this.dataSource.manager, uses);
    } catch (error) {
      this.log.debug('when keys were used was not noted', { problem: errorMessage(error) });
    }
  }
}
