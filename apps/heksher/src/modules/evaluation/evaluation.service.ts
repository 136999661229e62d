import { notFound } from '@heksher/core';
import { Injectable } from '@nestjs/common';
import { bodyOf } from '../../body.js';
import { type ReadAnswer } from '../../reads/read-answer.js';
import { type ReadRequest } from '../../reads/read-route.js';
import { making, type Receiver } from '../../reads/receiver.js';
import { type Waiter } from '../ruleset/freshness-gate.js';
import { RulesetService } from '../ruleset/ruleset.service.js';
import { writeEvaluations } from './evaluation-answer.js';
import { EvaluationReading } from './evaluation-reading.js';
import { parseEvaluationRequest } from './evaluation-request.js';
import { writeFindings } from './lint-answer.js';

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

  /** Answers the body of a request. What is malformed in it is thrown before the database is asked anything. */
  evaluate({ body }: ReadRequest, receiver: Receiver<ReadAnswer>): void {
    const request = parseEvaluationRequest(body);
    this.read(
      making(receiver, (reading) => {
        const body = bodyOf(writeEvaluations(reading, request, Date.now()));
        return { body, staleSeconds: reading.staleSeconds };
      }),
    );
  }

  /** What in the rules and rollouts of a setting is superfluous or may not be meant. */
  lint({ parameter: name }: ReadRequest, receiver: Receiver<ReadAnswer>): void {
    this.read(
      making(receiver, (reading) => {
        const setting = reading.findSetting(name);
        if (setting === undefined) throw notFound('setting', name);
        const whole = { ...reading.wholeSetting(setting), rollouts: setting.rollouts };
        const body = bodyOf(writeFindings(setting.type, whole, Date.now()));
        return { body, staleSeconds: reading.staleSeconds };
      }),
    );
  }
}
