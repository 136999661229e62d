import { notFound } from '@heksher/core';
import { Injectable } from '@nestjs/common';
import { type Waiter } from '../ruleset/freshness-gate.js';
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

  /** Gives a reading that reflects every write committed before this call; fails as `RulesetService.read` does. */
  read(waiter: Waiter<EvaluationReading>): void {
    this.rulesets.read({
      ready: (reading) => waiter.ready(new EvaluationReading(reading)),
      failed: (error) => waiter.failed(error),
    });
  }

  /** The same as a promise, of what `use` makes of the reading. */
  withReading<T>(use: (reading: EvaluationReading) => T): Promise<T> {
    return new Promise<EvaluationReading>((ready, failed) => this.read({ ready, failed })).then(use);
  }

  /** Answers the body of a request; what is malformed in it is told before the database is asked anything. */
  evaluate(body: unknown, waiter: Waiter<EvaluationAnswer>): void {
    let request: EvaluationRequest;
    try {
      request = parseEvaluationRequest(body);
    } catch (error) {
      waiter.failed(error);
      return;
    }
    this.read({
      ready: (reading) => answerFrom(reading, request, waiter),
      failed: (error) => waiter.failed(error),
    });
  }

  /** What in the rules and rollouts of a setting is superfluous or may not be meant. */
  lint(name: string): Promise<EvaluationAnswer> {
    return this.withReading((reading) => {
      const setting = reading.findSetting(name);
      if (setting === undefined) throw notFound('setting', name);
      const text = writeFindings(
        setting.type,
        { ...reading.wholeSetting(setting), rollouts: setting.rollouts },
        Date.now(),
      );
      return { text, staleSeconds: reading.staleSeconds };
    });
  }
}

function answerFrom(reading: EvaluationReading, request: EvaluationRequest, waiter: Waiter<EvaluationAnswer>): void {
  let text: string;
  try {
    text = writeEvaluations(reading, request, Date.now());
  } catch (error) {
    waiter.failed(error);
    return;
  }
  waiter.ready({ text, staleSeconds: reading.staleSeconds });
}
