import { type Context, HeksherError, type InSteps, notFound, type Share } from '@heksher/core';
import { Injectable } from '@nestjs/common';
import { bodyOf } from '../../body.js';
import { type EvaluationReading, rampsOf } from '../evaluation/evaluation-reading.js';
import { EvaluationService } from '../evaluation/evaluation.service.js';
import { Logger } from '../logging/index.js';
import { type ReadAnswer } from '../../reads/read-answer.js';
import { type ReadRequest } from '../../reads/read-route.js';
import { type Receiver } from '../../reads/receiver.js';
import { type Setting } from '@heksher/ruleset';
import { BulkAnswers } from './bulk-answers.js';
import { bulkEtag } from './bulk-etag.js';
import { knownFeatures, readFlagRequest } from './evaluation-request.js';
import { FlagTexts } from './flag-texts.js';
import { writeFlag, writeFlagError } from './flag.js';
import { OfrepOptions } from './ofrep-options.js';

/** Evaluating so many flags takes a step. */
const FLAGS_PER_STEP = 256;

/** OpenFeature's remote evaluation: settings as flags, by name or alias, in the context that a client tells. */
@Injectable()
export class OfrepService {
  private readonly log: Logger;
  private readonly texts = new FlagTexts();
  private readonly bulkAnswers: BulkAnswers;
  /** Those of the revision that was asked last. */
  private ramps: Readonly<{ revision: string; shares: readonly Share[] }> | undefined;

  constructor(
    private readonly evaluations: EvaluationService,
    private readonly options: OfrepOptions,
    logger: Logger,
  ) {
    this.log = logger.child('ofrep');
    this.bulkAnswers = new BulkAnswers(options.cacheBytes);
  }

  /** The flag whose key is the parameter; fails with 'not_found' where no setting has that name or alias. */
  evaluateFlag({ parameter: key, body }: ReadRequest, receiver: Receiver<ReadAnswer>): void {
    this.answer(body, receiver, (reading, context) => this.oneFlag(key, reading, context));
  }

  /** All flags by their canonical names, or none of them where the client has them. */
  evaluateAll(request: ReadRequest, receiver: Receiver<ReadAnswer>): void {
    this.answer(request.body, receiver, (reading, context) => this.allFlags(request, reading, context));
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

  private *oneFlag(key: string, reading: EvaluationReading, context: Context): InSteps<ReadAnswer> {
    const setting = reading.findSetting(key);
    if (setting === undefined) throw notFound('setting', key);
    yield* reading.prepare(setting);
    const text = this.flagText(key, setting, reading, context, Date.now());
    return { body: bodyOf(text), staleSeconds: reading.staleSeconds };
  }

  private *allFlags(request: ReadRequest, reading: EvaluationReading, context: Context): InSteps<ReadAnswer> {
    const nowMs = Date.now();
    const etag = bulkEtag(reading.revisionToken, context, this.rampsIn(reading), nowMs);
    const { staleSeconds } = reading;
    if (request.has(etag)) return { body: undefined, etag, staleSeconds };
    const known = this.bulkAnswers.find(etag);
    if (known !== undefined) return { body: known, etag, staleSeconds };
    const body = bodyOf(yield* this.allText(reading, context, nowMs));
    return { body: this.bulkAnswers.keep(etag, body), etag, staleSeconds };
  }

  private *allText(reading: EvaluationReading, context: Context, nowMs: number): InSteps<string> {
    const flags: string[] = [];
    for (const setting of reading.settings()) {
      if (!reading.isPrepared(setting)) yield* this.prepare(setting, reading);
      if (flags.push(this.flagOrError(setting, reading, context, nowMs)) % FLAGS_PER_STEP === 0) yield;
    }
    return `{"flags":[${flags.join(',')}],"metadata":{"revision":${JSON.stringify(reading.revisionToken)}}}`;
  }

  /** What cannot be prepared cannot be evaluated either, which is reported flag by flag. */
  private *prepare(setting: Setting, reading: EvaluationReading): InSteps<void> {
    try {
      yield* reading.prepare(setting);
    } catch (error) {
      if (!(error instanceof HeksherError)) throw error;
    }
  }

  /** A flag that cannot be told must not take the others with it. */
  private flagOrError(setting: Setting, reading: EvaluationReading, context: Context, nowMs: number): string {
    try {
      return this.flagText(setting.name, setting, reading, context, nowMs);
    } catch (error) {
      if (error instanceof HeksherError) return writeFlagError(setting.name, error);
      this.log.error('a flag could not be evaluated', { setting: setting.name, error });
      return writeFlagError(setting.name, new HeksherError('invalid', 'internal error'));
    }
  }

  private flagText(key: string, setting: Setting, reading: EvaluationReading, context: Context, nowMs: number): string {
    const evaluation = reading.evaluate(setting, context, nowMs);
    if (key !== setting.name || reading.isLarge(setting))
      return writeFlag(key, setting, reading.hasRules(setting), evaluation);
    return this.texts.textOf(setting, evaluation, (one) => reading.hasRules(one));
  }

  private rampsIn(reading: EvaluationReading): readonly Share[] {
    const revision = reading.revisionToken;
    if (this.ramps?.revision !== revision) {
      this.ramps = { revision, shares: [...reading.settings()].flatMap(rampsOf) };
    }
    return this.ramps.shares;
  }
}
