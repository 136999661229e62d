import { Injectable } from '@nestjs/common';
import { Logger } from '../logging/index.js';
import { type Answer } from './answer.js';
import { AnswerCache } from './answer-cache.js';
import { type Waiter } from '../ruleset/freshness-gate.js';
import { parseQuery, type RulesQuery } from './query.js';
import { ReadOptions } from '../ruleset/read-options.js';
import { type Ruleset } from '@heksher/ruleset';
import { RulesetService } from '../ruleset/ruleset.service.js';
import { UnknownFeatureReporter } from './unknown-features.js';

/** An answer, and how old it may be: undefined, it is current; else it held so many seconds ago. */
export type AnsweredQuery = Readonly<{ answer: Answer; staleSeconds: number | undefined }>;

/** The main endpoint: the rules that can matter to a reader, who resolves them for each context. */
@Injectable()
export class QueryService {
  private readonly answers: AnswerCache;
  private readonly unknownFeatures: UnknownFeatureReporter;

  constructor(
    private readonly rulesets: RulesetService,
    { cacheBytes }: ReadOptions,
    logger: Logger,
  ) {
    this.answers = new AnswerCache(cacheBytes);
    this.unknownFeatures = new UnknownFeatureReporter(logger.child('query'));
  }

  /**
   * Answers a query string (`settings=a,b&context_filters=…`, without the `?`); what is malformed in it is told before the
   * database is asked anything.
   */
  answer(queryString: string, waiter: Waiter<AnsweredQuery>): void {
    const found = this.answers.find(queryString);
    let query: RulesQuery;
    try {
      query = found?.query ?? parseQuery(queryString);
    } catch (error) {
      waiter.failed(error);
      return;
    }
    this.rulesets.read({
      ready: ({ ruleset, staleSeconds }) => {
        let answer: Answer;
        try {
          if (found?.holdsFor !== ruleset.revision) this.reportUnknown(query, ruleset);
          answer = this.answers.answer(queryString, query, found, ruleset);
        } catch (error) {
          waiter.failed(error);
          return;
        }
        waiter.ready({ answer, staleSeconds });
      },
      failed: (error) => waiter.failed(error),
    });
  }

  private reportUnknown({ filter }: RulesQuery, { features }: Ruleset): void {
    if (filter.kind === 'everything') return;
    for (const feature of filter.features.keys()) {
      if (!features.has(feature)) this.unknownFeatures.report(feature);
    }
  }
}
