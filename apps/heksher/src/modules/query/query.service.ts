import { Injectable } from '@nestjs/common';
import { type Ruleset } from '@heksher/ruleset';
import { type Callback } from '../../callback.js';
import { inSlices } from '../../in-slices.js';
import { Logger } from '../logging/index.js';
import { type Answer } from './answer.js';
import { AnswerCache } from './answer-cache.js';
import { parseQuery, type RulesQuery } from './query.js';
import { ReadOptions } from '../ruleset/read-options.js';
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
   * Answers a query string (`settings=a,b&context_filters=…`, without the `?`); what is malformed in it fails before the
   * database is asked anything.
   */
  answer(queryString: string, callback: Callback<AnsweredQuery>): void {
    const found = this.answers.find(queryString);
    let query: RulesQuery;
    try {
      query = found?.query ?? parseQuery(queryString);
    } catch (error) {
      callback.failed(error);
      return;
    }
    this.rulesets.read({
      ready: ({ ruleset, staleSeconds }) => {
        if (found?.holdsFor === ruleset.revision) {
          callback.ready({ answer: found.answer, staleSeconds });
          return;
        }
        this.reportUnknown(query, ruleset);
        inSlices(this.answers.answer(queryString, query, found, ruleset), {
          ready: (answer) => callback.ready({ answer, staleSeconds }),
          failed: (error) => callback.failed(error),
        });
      },
      failed: (error) => callback.failed(error),
    });
  }

  private reportUnknown({ filter }: RulesQuery, { features }: Ruleset): void {
    if (filter.kind === 'everything') return;
    for (const feature of filter.features.keys()) {
      if (!features.has(feature)) this.unknownFeatures.report(feature);
    }
  }
}
