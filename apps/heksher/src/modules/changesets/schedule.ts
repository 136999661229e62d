import { HeksherError, type Writable, writeJson } from '@heksher/core';
import { refusalByDatabase } from '@heksher/database';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Logger } from '../logging/index.js';
import { Applier, sinceOf } from './applier.js';
import { failureOf } from './changeset-answer.js';
import { noteChangeset } from './changeset-events.store.js';
import { decideChangeset, isMissed, listDue } from './changesets.store.js';
import { StateChanged } from './refusals.js';
import { requireUnchanged, type Reviewed, ReviewService } from './review.service.js';

const EVERY_MS = 1_000;

/**
 * Applies change sets when they are due. Each replica looks for itself, and all go through them in the same order, so that none is
 * applied before one that is due earlier; the transaction that applies one also marks it, so that it is applied once.
 */
@Injectable()
export class Schedule implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly log: Logger;
  private timer: NodeJS.Timeout | undefined;
  private isStopping = false;
  private isFailing = false;
  private round: Promise<void> = Promise.resolve();

  constructor(
    private readonly dataSource: DataSource,
    private readonly applier: Applier,
    private readonly reviews: ReviewService,
    logger: Logger,
  ) {
    this.log = logger.child('changesets');
  }

  onApplicationBootstrap(): void {
    if (this.dataSource.isInitialized) this.next();
  }

  /** The set that is being applied is finished first. */
  async onModuleDestroy(): Promise<void> {
    this.isStopping = true;
    clearTimeout(this.timer);
    await this.round;
  }

  private next(): void {
    if (this.isStopping) return;
    this.timer = setTimeout(() => {
      this.round = this.look().finally(() => this.next());
    }, EVERY_MS);
    this.timer.unref();
  }

  /** What fails for want of the database is tried again in the next round, from the first that is due. */
  private async look(): Promise<void> {
    try {
      for (const id of await listDue(this.dataSource.manager)) {
        if (this.isStopping) return;
        await this.applyDue(id);
      }
      this.isFailing = false;
    } catch (error) {
      if (!this.isFailing) this.log.warn('scheduled change sets cannot be looked for or applied', { error });
      this.isFailing = true;
    }
  }

  /**
   * Other processes may be at it too: the set is looked at again once all other writers wait. Nobody asks for it now, so that it is not
   * looked at who may: who scheduled or approved it might.
   */
  private async applyDue(id: number): Promise<void> {
    const request_id = `changeset-${id}`;
    const reviewed = await this.reviews.review(id, { request_id }, 'write');
    const { changeset, operations, needed } = reviewed;
    if (changeset.state !== 'scheduled') return;
    if (await isMissed(this.dataSource.manager, id)) {
      return this.fail(reviewed, { code: 'missed', detail: `it was due at ${changeset.applyAt} and found too late` });
    }
    const [actor] = changeset.authors;
    const by = {
      request_id,
      ...(actor !== undefined && { actor }),
      ...(changeset.message !== null && { message: changeset.message }),
    };
    try {
      const application = { operations, since: sinceOf(changeset.ifRevision), approved: { changeset, needed } };
      await this.applier.carryOut(by, application, {
        before: (db) => requireUnchanged(db, changeset, ['scheduled'], 'applied'),
        after: async (db, decision) => {
          await decideChangeset(db, id, decision);
          await noteChangeset(db, id, 'applied', actor);
        },
      });
      this.log.info('scheduled change set applied', { changeset_id: id });
    } catch (error) {
      if (error instanceof StateChanged) return;
      const failure = refusalByDatabase(error) ?? error;
      if (!(failure instanceof HeksherError) || failure.code === 'unavailable') throw error;
      if (failure !== error) this.log.warn('a constraint or trigger refused a scheduled change set', { error, ...by });
      await this.fail(reviewed, failureOf(failure));
    }
  }

  private async fail({ changeset }: Reviewed, failure: Writable): Promise<void> {
    await this.reviews
      .transition(changeset, ['scheduled'], 'failed', async (db) => {
        await decideChangeset(db, changeset.id, { state: 'failed', failure: writeJson(failure) });
        await noteChangeset(db, changeset.id, 'failed', undefined);
      })
      .catch((error: unknown) => {
        if (!(error instanceof StateChanged)) throw error;
      });
    this.log.warn('scheduled change set failed', { changeset_id: changeset.id });
  }
}
