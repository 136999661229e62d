import { type InSteps, notFound, writeJson } from '@heksher/core';
import { Injectable } from '@nestjs/common';
import { bodyOf } from '../../body.js';
import { inSlices } from '../../in-slices.js';
import { type ReadAnswer } from '../../reads/read-answer.js';
import { type ReadRequest } from '../../reads/read-route.js';
import { type Receiver } from '../../reads/receiver.js';
import { RulesetService } from '../ruleset/ruleset.service.js';
import { writeEvaluations } from './evaluation-answer.js';
import { EvaluationReading } from './evaluation-reading.js';
import { parseEvaluationRequest } from './evaluation-request.js';
import { findingsOf } from './findings.js';
import { findingMembers } from './lint-answer.js';

/** Gives readers what settings are in a context, from the ruleset that queries are answered from. */
@Injectable()
export class EvaluationService {
  constructor(private readonly rulesets: RulesetService) {}

  /**
   * Gives what `make` makes, in steps, of a reading that reflects every write committed before this call; fails as
   * `RulesetFollower.read` does, or as `make` does.
   */
  withReading<T>(make: (reading: EvaluationReading) => InSteps<T>, receiver: Receiver<T>): void {
    this.rulesets.read({
      ready: (reading) => inSlices(make(new EvaluationReading(reading)), receiver),
      failed: (error) => receiver.failed(error),
    });
  }

  /** Answers the body of a request. What is malformed in it is thrown before the database is asked anything. */
  evaluate({ body }: ReadRequest, receiver: Receiver<ReadAnswer>): void {
    const request = parseEvaluationRequest(body);
    this.withReading(
      (reading) => answer(reading, writeEvaluations(reading, request, request.atMs ?? Date.now())),
      receiver,
    );
  }

  /** What in the rules and rollouts of a setting is superfluous or may not be meant. */
  lint({ parameter: name }: ReadRequest, receiver: Receiver<ReadAnswer>): void {
    this.withReading((reading) => lintAnswer(reading, name), receiver);
  }
}

function* answer({ staleSeconds }: EvaluationReading, text: InSteps<string>): InSteps<ReadAnswer> {
  return { body: bodyOf(yield* text), staleSeconds };
}

function* lintAnswer(reading: EvaluationReading, name: string): InSteps<ReadAnswer> {
  const setting = reading.findSetting(name);
  if (setting === undefined) throw notFound('setting', name);
  const body = bodyOf(writeJson(findingMembers(yield* findingsOf(reading, setting, Date.now()))));
  return { body, staleSeconds: reading.staleSeconds, revision: reading.revision };
}
