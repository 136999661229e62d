import { alternativesIn, type Context, flagReasonOf, type InSteps, notFound } from '@heksher/core';
import { Injectable } from '@nestjs/common';
import { bodyOf } from '../../body.js';
import { strongEtag } from '../../etag.js';
import { Metrics } from '../../metrics/metrics.js';
import { type ReadAnswer } from '../../reads/read-answer.js';
import { readBody } from '../../reads/read-body.js';
import { type ReadRequest } from '../../reads/read-route.js';
import { type Receiver } from '../../reads/receiver.js';
import { type Span } from '../../tracing/span.js';
import { ContextSample } from '../evaluation/context-sample.js';
import { type EvaluationReading } from '../evaluation/evaluation-reading.js';
import { REASON_CODES } from '../evaluation/evaluation-counts.js';
import { noteEvaluation, noteUnknownFlag } from '../evaluation/evaluation-event.js';
import { EvaluationService } from '../evaluation/evaluation.service.js';
import { heldContext } from '../evaluation/held-context.js';
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
  /** Of the past: what is prepared of the present stays so. */
  private readonly pastFlags: AllFlags;
  private readonly bulkAnswers: BulkCache;

  constructor(
    private readonly evaluations: EvaluationService,
    private readonly sample: ContextSample,
    private readonly options: OfrepOptions,
    logger: Logger,
    metrics: Metrics,
  ) {
    this.allFlags = new AllFlags(logger.child('ofrep'), evaluations.counts);
    this.pastFlags = new AllFlags(logger.child('ofrep'), evaluations.counts);
    this.bulkAnswers = new BulkCache(options.cacheBytes);
    metrics.addCache('ofrep_bulk', this.bulkAnswers);
  }

  /** The flag whose key is the parameter; fails with 'not_found' where no setting has that name or alias. */
  evaluateFlag(request: ReadRequest, receiver: Receiver<ReadAnswer>): void {
    this.answer(request, receiver, (reading, context) =>
      this.oneFlag(request.parameter, { reading, context, span: receiver.span }),
    );
  }

  /** All flags by their canonical names, or none of them where the client has them. */
  evaluateAll(request: ReadRequest, receiver: Receiver<ReadAnswer>): void {
    this.answer(request, receiver, (reading, context) =>
      reading.asOf === undefined ? this.all(request, reading, context) : this.allPast(reading, context),
    );
  }

  /** What is malformed fails before the database is asked anything. */
  private answer(
    { body, principal, past }: ReadRequest,
    receiver: Receiver<ReadAnswer>,
    make: (reading: EvaluationReading, context: Context) => InSteps<ReadAnswer>,
  ): void {
    readBody(body, readFlagRequest(body, this.options.targetingFeature), receiver, (given) => {
      const makeIn = (reading: EvaluationReading): InSteps<ReadAnswer> => {
        const context = heldContext(knownFeatures(given, reading.features), reading);
        if (past === undefined) this.sample.add(context);
        return make(reading, context);
      };
      this.evaluations.withReading({ principal, action: 'evaluate', past }, makeIn, receiver);
    });
  }

  private *all(request: ReadRequest, reading: EvaluationReading, context: Context): InSteps<ReadAnswer> {
    const { nowMs, staleSeconds } = reading;
    const channel = this.options.hasEvents ? reading.channel : undefined;
    const state = `${reading.visibility}${channel ?? ''} ${reading.revisionToken}`;
    const etag = bulkEtag(state, context, this.allFlags.rampsIn(reading), nowMs);
    if (request.has(etag)) return { body: undefined, etag, staleSeconds };
    const kept = this.bulkAnswers.get(etag);
    if (kept !== undefined) return { body: kept, etag, staleSeconds };
    const body = yield* this.allFlags.write(reading, context, nowMs, channel);
    this.bulkAnswers.add(etag, body);
    return { body, etag, staleSeconds };
  }

  private *allPast(reading: EvaluationReading, context: Context): InSteps<ReadAnswer> {
    const body = yield* this.pastFlags.write(reading, context, reading.nowMs);
    return { body, etag: strongEtag(body), staleSeconds: undefined };
  }

  private *oneFlag(key: string, { reading, context, span }: Asked): InSteps<ReadAnswer> {
    const { counts } = this.evaluations;
    const tally = counts.of('ofrep');
    const setting = reading.findSetting(key);
    if (setting === undefined) {
      tally[REASON_CODES.ERROR] = (tally[REASON_CODES.ERROR] ?? 0) + 1;
      if (span !== undefined) noteUnknownFlag(span, key);
      throw notFound('setting', key);
    }
    const preparing = reading.prepare(setting, context);
    if (preparing !== undefined) yield* preparing;
    const decision = reading.evaluate(setting, context, reading.nowMs);
    const hasRules = reading.hasRules(setting);
    const reason = flagReasonOf(decision, alternativesIn(hasRules, setting.rollouts));
    tally[REASON_CODES[reason]] = (tally[REASON_CODES[reason]] ?? 0) + 1;
    counts.addSetting(setting.name);
    if (span !== undefined) noteEvaluation(span, { key, decision, reason, revision: reading.revision.seq });
    const text = yield* writeFlag(key, setting, hasRules, decision);
    // The metadata, which is never empty, is the last member.
    const ofPast = reading.asOf === undefined ? text : `${text.slice(0, -2)},"as_of":${reading.asOf}}}`;
    return { body: bodyOf(ofPast), staleSeconds: reading.staleSeconds };
  }
}

type Asked = Readonly<{ reading: EvaluationReading; context: Context; span: Span | undefined }>;
