import { type InSteps, notFound } from '@heksher/core';
import { Injectable } from '@nestjs/common';
import { type Callback } from '../../callback.js';
import { inSlices } from '../../in-slices.js';
import { RulesetService } from '../ruleset/ruleset.service.js';
import { writeEvaluations } from './evaluation-answer.js';
import { EvaluationReading } from './evaluation-reading.js';
import { type EvaluationRequest, parseEvaluationRequest } from './evaluation-request.js';
import { writeFindings } from './lint-answer.js';

/** An answer as JSON, and how old it may be: undefined, it is current; else it held so many seconds ago. */
export type EvaluationAnswer = Readonly<{ text: string; staleSeconds: number | undefined }>;

/** Gives readers what settings are in a context, from the ruleset that queries are answered from. */
@Injectable()
export class EvaluationService {
  constructor(private readonly rulesets: RulesetService) {}

  /**
   * Gives what `make` makes, in steps, of a reading that reflects every write committed before this call; fails as
   * `RulesetFollower.read` does, or as `make` does.
   */
  withReading<T>(make: (reading: EvaluationReading) => InSteps<T>, callback: Callback<T>): void {
    this.rulesets.read({
      ready: (reading) => inSlices(make(new EvaluationReading(reading)), callback),
      failed: (error) => callback.failed(error),
    });
  }

  /** Answers the body of a request; what is malformed in it fails before the database is asked anything. */
  evaluate(body: unknown, callback: Callback<EvaluationAnswer>): void {
    let request: EvaluationRequest;
    try {
      request = parseEvaluationRequest(body);
    } catch (error) {
      callback.failed(error);
      return;
    }
    this.withReading((reading) => answer(reading, writeEvaluations(reading, request, Date.now())), callback);
  }

  /** What in the rules and rollouts of a setting is superfluous or may not be meant. */
  lint(name: string): Promise<EvaluationAnswer> {
    return new Promise((ready, failed) => {
      this.withReading((reading) => answer(reading, lint(reading, name)), { ready, failed });
    });
  }
}

function* answer({ staleSeconds }: EvaluationReading, text: InSteps<string>): InSteps<EvaluationAnswer> {
  return { text: yield* text, staleSeconds };
}

function* lint(reading: EvaluationReading, name: string): InSteps<string> {
  const setting = reading.findSetting(name);
  if (setting === undefined) throw notFound('setting', name);
  return yield* writeFindings(setting.type, yield* reading.wholeSetting(setting), Date.now());
}
