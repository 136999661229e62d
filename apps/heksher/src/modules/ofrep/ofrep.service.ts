import { type Context, HeksherError, type InSteps, notFound, type Share } from '@heksher/core';
import { Injectable } from '@nestjs/common';
import { type Body, bodyOf } from '../../body.js';
import { type EvaluationReading, rampsOf, workOf } from '../evaluation/evaluation-reading.js';
import { EvaluationService } from '../evaluation/evaluation.service.js';
import { Logger } from '../logging/index.js';
import { matchesEtag } from '../query/etag.js';
import { type Callback } from '../../callback.js';
import { type Setting } from '@heksher/ruleset';
import { BulkAnswers } from './bulk-answers.js';
import { bulkEtag } from './bulk-etag.js';
import { type Attributes, contextOf, readAttributes } from './evaluation-request.js';
import { FlagTexts } from './flag-texts.js';
import { writeFlag, writeFlagError } from './flag.js';
import { OfrepOptions } from './ofrep-options.js';

/** An answer as JSON, and how old it may be; `etag` is that of all flags, and without a body the asker has them. */
export type OfrepAnswer = Readonly<{
  body: Body | undefined;
  etag?: string;
  staleSeconds: number | undefined;
}>;

/** Evaluating takes a step after so much work, as `workOf` counts it. */
const WORK_PER_STEP = 512;

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

  /** The flag of that key; fails with 'not_found' where no setting has that name or alias. */
  evaluateFlag(key: string, body: Uint8Array, callback: Callback<OfrepAnswer>): void {
    this.answer(body, callback, (reading, context) => this.oneFlag(key, reading, context));
  }

  /** All flags by their canonical names, or none of them where `ifNoneMatch` says that the client has them. */
  evaluateAll(body: Uint8Array, ifNoneMatch: string | undefined, callback: Callback<OfrepAnswer>): void {
    this.answer(body, callback, (reading, context) => this.allFlags(ifNoneMatch, reading, context));
  }

  /** What is malformed fails before the database is asked anything. */
  private answer(
    body: Uint8Array,
    callback: Callback<OfrepAnswer>,
    make: (reading: EvaluationReading, context: Context) => InSteps<OfrepAnswer>,
  ): void {
    let attributes: Attributes;
    try {
      attributes = readAttributes(body);
    } catch (error) {
      callback.failed(error);
      return;
    }
    const contextIn = ({ features }: EvaluationReading): Context =>
      contextOf(attributes, features, this.options.targetingFeature);
    this.evaluations.withReading((reading) => make(reading, contextIn(reading)), callback);
  }

  private *oneFlag(key: string, reading: EvaluationReading, context: Context): InSteps<OfrepAnswer> {
    const setting = reading.findSetting(key);
    if (setting === undefined) throw notFound('setting', key);
    const preparing = reading.prepare(setting, context);
    if (preparing !== undefined) yield* preparing;
    const text = this.flagText(key, setting, reading, context, Date.now());
    return { body: bodyOf(text), staleSeconds: reading.staleSeconds };
  }

  private *allFlags(
    ifNoneMatch: string | undefined,
    reading: EvaluationReading,
    context: Context,
  ): InSteps<OfrepAnswer> {
    const nowMs = Date.now();
    const etag = bulkEtag(reading.revisionToken, context, this.rampsIn(reading), nowMs);
    const { staleSeconds } = reading;
    if (matchesEtag(ifNoneMatch, etag)) return { body: undefined, etag, staleSeconds };
    const known = this.bulkAnswers.find(etag);
    if (known !== undefined) return { body: known, etag, staleSeconds };
    const body = bodyOf(yield* this.allText(reading, context, nowMs));
    return { body: this.bulkAnswers.keep(etag, body), etag, staleSeconds };
  }

  private *allText(reading: EvaluationReading, context: Context, nowMs: number): InSteps<string> {
    const flags: string[] = [];
    let untilStep = WORK_PER_STEP;
    for (const setting of reading.settings()) {
      const preparing = reading.prepare(setting, context);
      if (preparing !== undefined) yield* tolerant(preparing);
      flags.push(this.flagOrError(setting, reading, context, nowMs));
      if ((untilStep -= workOf(setting)) > 0) continue;
      untilStep = WORK_PER_STEP;
      yield;
    }
    return `{"flags":[${flags.join(',')}],"metadata":{"revision":${JSON.stringify(reading.revisionToken)}}}`;
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

/** What cannot be prepared cannot be evaluated either, and is reported as a flag with an error. */
function* tolerant(steps: InSteps<void>): InSteps<void> {
  try {
    yield* steps;
  } catch (error) {
    if (!(error instanceof HeksherError)) throw error;
  }
}
