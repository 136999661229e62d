import { alternativesIn, type Evaluation, flagReasonOf, type InSteps, notFound, writeJson } from '@heksher/core';
import { type Setting } from '@heksher/ruleset';
import { Injectable } from '@nestjs/common';
import { notAllowed } from '../../access/access-error.js';
import { bodyOf } from '../../body.js';
import { inSlices } from '../../in-slices.js';
import { Line } from '../../reads/line.js';
import { type ReadAnswer } from '../../reads/read-answer.js';
import { readBody } from '../../reads/read-body.js';
import { type ReadRequest } from '../../reads/read-route.js';
import { type Receiver } from '../../reads/receiver.js';
import { type Span } from '../../tracing/span.js';
import { RulesetService } from '../ruleset/ruleset.service.js';
import { ContextSample } from './context-sample.js';
import { writeEvaluations } from './evaluation-answer.js';
import { EvaluationCounts, REASON_CODES } from './evaluation-counts.js';
import { noteEvaluation } from './evaluation-event.js';
import { EvaluationReading } from './evaluation-reading.js';
import { type EvaluationRequest, parseEvaluationRequest } from './evaluation-request.js';
import { heldContext } from './held-context.js';
import { findingsOf } from './findings.js';
import { findingMembers } from './lint-answer.js';

/** Who asks for what, of the present or the past. */
type Asked = Pick<ReadRequest, 'principal' | 'past'> & Readonly<{ action: 'read' | 'evaluate' }>;

/** Gives readers what settings are in a context, from the ruleset that queries are answered from. */
@Injectable()
export class EvaluationService {
  /** One of 100 000 rules takes more than 100 MB meanwhile. */
  private readonly lints = new Line();

  constructor(
    private readonly rulesets: RulesetService,
    private readonly sample: ContextSample,
    readonly counts: EvaluationCounts,
  ) {}

  /**
   * Gives what `make` makes, in steps, of a reading that reflects every write committed before this call, or of the past; fails as
   * `RulesetFollower.read` does, or as `make` does.
   */
  withReading<T>(asked: Asked, make: (reading: EvaluationReading) => InSteps<T>, receiver: Receiver<T>): void {
    this.rulesets.readAs(
      asked.principal,
      asked.action,
      {
        span: receiver.span,
        ready: (reading) => inSlices(make(new EvaluationReading(reading)), receiver),
        failed: (error) => receiver.failed(error),
      },
      asked.past,
    );
  }

  /** Answers the body of a request. What is malformed in it fails before the database is asked anything. */
  evaluate({ body, principal, past }: ReadRequest, receiver: Receiver<ReadAnswer>): void {
    readBody(body, parseEvaluationRequest(body), receiver, (request) => {
      // A page shows its key to everybody: steps tell of the rules of everybody, and another time of what is planned.
      if ((request.explain || request.atMs !== undefined) && principal?.kind === 'public')
        return receiver.failed(notAllowed('read'));
      const make = (reading: EvaluationReading): InSteps<ReadAnswer> =>
        answer(reading, this.evaluations(reading, request, receiver.span));
      this.withReading({ principal, action: 'evaluate', past }, make, receiver);
    });
  }

  private *evaluations(
    reading: EvaluationReading,
    request: EvaluationRequest,
    span: Span | undefined,
  ): InSteps<string> {
    const tally = this.counts.of('evaluate');
    const isSingle = request.settings?.length === 1 && request.contexts.length === 1;
    const note = (setting: Setting, decision: Evaluation): void => {
      const reason = flagReasonOf(decision, alternativesIn(reading.hasRules(setting), setting.rollouts));
      tally[REASON_CODES[reason]] = (tally[REASON_CODES[reason]] ?? 0) + 1;
      this.counts.addSetting(setting.name);
      if (isSingle && span !== undefined)
        noteEvaluation(span, { key: setting.name, decision, reason, revision: reading.revision.seq });
    };
    const held = request.contexts.map(({ context }) => heldContext(context, reading));
    const text = yield* writeEvaluations(reading, request, held, request.atMs ?? reading.nowMs, note);
    // Contexts that are refused, or of the past, are none.
    if (this.sample.isOn && reading.asOf === undefined) for (const context of held) this.sample.add(context);
    return text;
  }

  /** What in the rules and rollouts of a setting is superfluous or may not be meant. */
  lint({ parameter: name, principal, past }: ReadRequest, receiver: Receiver<ReadAnswer>): void {
    const asked = { principal, action: 'read', past } as const;
    this.lints.enter(receiver, (turn) => this.withReading(asked, (reading) => lintAnswer(reading, name), turn));
  }
}

function* answer({ staleSeconds }: EvaluationReading, text: InSteps<string>): InSteps<ReadAnswer> {
  return { body: bodyOf(yield* text), staleSeconds };
}

function* lintAnswer(reading: EvaluationReading, name: string): InSteps<ReadAnswer> {
  const setting = reading.findSetting(name);
  if (setting === undefined) throw notFound('setting', name);
  const body = bodyOf(writeJson(findingMembers(yield* findingsOf(reading, setting, reading.nowMs))));
  return { body, staleSeconds: reading.staleSeconds, revision: reading.revision };
}
