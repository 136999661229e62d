import { type Context, type InSteps, notFound } from '@heksher/core';
import { Injectable } from '@nestjs/common';
import { bodyOf } from '../../body.js';
import { type ReadAnswer } from '../../reads/read-answer.js';
import { type ReadRequest } from '../../reads/read-route.js';
import { type Receiver } from '../../reads/receiver.js';
import { type EvaluationReading } from '../evaluation/evaluation-reading.js';
import { EvaluationService } from '../evaluation/evaluation.service.js';
import { Logger } from '../logging/index.js';
import { AllFlags } from './all-flags.js';
import { BulkCache } from './bulk-cache.js';
import { bulkEtag } from './bulk-etag.js';
import { knownFeatures, readFlagRequest } from './evaluation-request.js';
import { writeFlag } from './flag.js';
import { OfrepOptions } from './ofrep-options.js';

/** OpenFeature's remote evaluation: settings as flags, by name or alias, in the context that a client gives. */
@Injectable()
export class OfrepService {
  private readonly allFlags: AllFlags;
  private readonly bulkAnswers: BulkCache;

  constructor(
    private readonly evaluations: EvaluationService,
    private readonly options: OfrepOptions,
    logger: Logger,
  ) {
    this.allFlags = new AllFlags(logger.child('ofrep'));
    this.bulkAnswers = new BulkCache(options.cacheBytes);
  }

  /** The flag whose key is the parameter; fails with 'not_found' where no setting has that name or alias. */
  evaluateFlag({ parameter: key, body }: ReadRequest, receiver: Receiver<ReadAnswer>): void {
    this.answer(body, receiver, (reading, context) => oneFlag(key, reading, context));
  }

  /** All flags by their canonical names, or none of them where the client has them. */
  evaluateAll(request: ReadRequest, receiver: Receiver<ReadAnswer>): void {
    this.answer(request.body, receiver, (reading, context) => this.all(request, reading, context));
  }

  /** What is malformed is thrown before the database is asked anything. */
  private answer(
    body: Uint8Array,
    receiver: Receiver<ReadAnswer>,
    make: (reading: EvaluationReading, context: Context) => InSteps<ReadAnswer>,
  ): void {
    const given = readFlagRequest(body, this.options.targetingFeature);
    this.evaluations.withReading((reading) => make(reading, knownFeatures(given, reading.features)), receiver);
  }

  private *all(request: ReadRequest, reading: EvaluationReading, context: Context): InSteps<ReadAnswer> {
    const nowMs = Date.now();
    const { staleSeconds } = reading;
    const etag = bulkEtag(reading.revisionToken, context, this.allFlags.rampsIn(reading), nowMs);
    if (request.has(etag)) return { body: undefined, etag, staleSeconds };
    const kept = this.bulkAnswers.get(etag);
    if (kept !== undefined) return { body: kept, etag, staleSeconds };
    const body = yield* this.allFlags.write(reading, context, nowMs);
    this.bulkAnswers.add(etag, body);
    return { body, etag, staleSeconds };
  }
}

function* oneFlag(key: string, reading: EvaluationReading, context: Context): InSteps<ReadAnswer> {
  const setting = reading.findSetting(key);
  if (setting === undefined) throw notFound('setting', key);
  const preparing = reading.prepare(setting, context);
  if (preparing !== undefined) yield* preparing;
  const evaluation = reading.evaluate(setting, context, Date.now());
  const text = writeFlag(key, setting, reading.hasRules(setting), evaluation);
  return { body: bodyOf(text), staleSeconds: reading.staleSeconds };
}
