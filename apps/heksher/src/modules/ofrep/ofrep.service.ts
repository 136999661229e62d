import { type Context, notFound } from '@heksher/core';
import { Injectable } from '@nestjs/common';
import { type Body, bodyOf } from '../../body.js';
import { inSlices } from '../../in-slices.js';
import { type EvaluationReading } from '../evaluation/evaluation-reading.js';
import { EvaluationService } from '../evaluation/evaluation.service.js';
import { Logger } from '../logging/index.js';
import { matchesEtag } from '../query/etag.js';
import { type Waiter } from '../ruleset/freshness-gate.js';
import { AllFlags } from './all-flags.js';
import { BulkAnswers } from './bulk-answers.js';
import { bulkEtag } from './bulk-etag.js';
import { knownFeatures, readFlagRequest } from './evaluation-request.js';
import { writeFlag } from './flag.js';
import { OfrepOptions } from './ofrep-options.js';

/** An answer as JSON, and how old it may be; `etag` is that of all flags, and without a body the client has them. */
export type OfrepAnswer = Readonly<{
  body: Body | undefined;
  etag?: string;
  staleSeconds: number | undefined;
}>;

/** OpenFeature's remote evaluation: settings as flags, by name or alias, in the context that a client gives. */
@Injectable()
export class OfrepService {
  private readonly allFlags: AllFlags;
  private readonly bulkAnswers: BulkAnswers;

  constructor(
    private readonly evaluations: EvaluationService,
    private readonly options: OfrepOptions,
    logger: Logger,
  ) {
    this.allFlags = new AllFlags(logger.child('ofrep'));
    this.bulkAnswers = new BulkAnswers(options.cacheBytes);
  }

  /** The flag of that key; fails with 'not_found' where no setting has that name or alias. */
  evaluateFlag(key: string, body: Uint8Array, waiter: Waiter<OfrepAnswer>): void {
    this.read(body, waiter, (reading, context) => {
      const setting = reading.findSetting(key);
      if (setting === undefined) throw notFound('setting', key);
      const evaluation = reading.evaluate(setting, context, Date.now());
      const text = writeFlag(key, setting, reading.hasRules(setting), evaluation);
      waiter.ready({ body: bodyOf(text), staleSeconds: reading.staleSeconds });
    });
  }

  /** All flags by their canonical names, or none of them where `ifNoneMatch` says that the client has them. */
  evaluateAll(body: Uint8Array, ifNoneMatch: string | undefined, waiter: Waiter<OfrepAnswer>): void {
    this.read(body, waiter, (reading, context) => {
      const nowMs = Date.now();
      const { staleSeconds } = reading;
      const etag = bulkEtag(reading.revisionToken, context, this.allFlags.rampsIn(reading), nowMs);
      const answer = (flags: Body | undefined): void => waiter.ready({ body: flags, etag, staleSeconds });
      const isKnown = matchesEtag(ifNoneMatch, etag);
      const kept = isKnown ? undefined : this.bulkAnswers.get(etag);
      if (isKnown || kept !== undefined) {
        answer(kept);
        return;
      }
      const ready = (made: Buffer): void => {
        this.bulkAnswers.add(etag, made);
        answer(made);
      };
      inSlices(this.allFlags.write(reading, context, nowMs), { ready, failed: (error) => waiter.failed(error) });
    });
  }

  /** What is malformed is refused before the database is asked anything. */
  private read(
    body: Uint8Array,
    waiter: Waiter<OfrepAnswer>,
    use: (reading: EvaluationReading, context: Context) => void,
  ): void {
    let given: Context;
    try {
      given = readFlagRequest(body, this.options.targetingFeature);
    } catch (error) {
      waiter.failed(error);
      return;
    }
    const ready = (reading: EvaluationReading): void => {
      try {
        use(reading, knownFeatures(given, reading.features));
      } catch (error) {
        waiter.failed(error);
      }
    };
    this.evaluations.read({ ready, failed: (error) => waiter.failed(error) });
  }
}
