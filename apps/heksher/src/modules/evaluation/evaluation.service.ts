import { Injectable } from '@nestjs/common';
import { type Waiter } from '../query/freshness-gate.js';
import { RulesetService } from '../query/ruleset.service.js';
import { EvaluationReading } from './evaluation-reading.js';

/** Gives readers what settings are in a context, from the ruleset that queries are answered from. */
@Injectable()
export class EvaluationService {
  constructor(private readonly rulesets: RulesetService) {}

  /** Gives a reading that reflects every write committed before this call; fails as `RulesetService.read` does. */
  read(waiter: Waiter<EvaluationReading>): void {
    this.rulesets.read({
      ready: (reading) => waiter.ready(new EvaluationReading(reading)),
      failed: waiter.failed,
    });
  }

  /** The same as a promise, of what `use` makes of the reading. */
  withReading<T>(use: (reading: EvaluationReading) => T): Promise<T> {
    return new Promise<EvaluationReading>((ready, failed) => this.read({ ready, failed })).then(use);
  }
}
