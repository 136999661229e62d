import { type InSteps } from '@heksher/core';
import { Injectable } from '@nestjs/common';
import { type Ruleset } from '@heksher/ruleset';
import { inSlices } from '../../in-slices.js';
import { Logger } from '../logging/index.js';
import { type ReadAnswer } from '../../reads/read-answer.js';
import { type ReadRequest } from '../../reads/read-route.js';
import { type Receiver } from '../../reads/receiver.js';
import { type Answer } from './answer.js';
import { AnswerCache, type CachedAnswer } from './answer-cache.js';
import { parseQuery, type RulesQuery } from './query.js';
import { ReadOptions } from '../ruleset/read-options.js';
import { type Reading } from '../ruleset/ruleset-follower.js';
import { RulesetService } from '../ruleset/ruleset.service.js';
import { UnknownFeatureReporter } from './unknown-features.js';

/** A query, with the answer that was found when it came. */
type Asked = Readonly<{ queryString: string; query: RulesQuery; found: CachedAnswer | undefined }>;

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
   * Answers a query string (`settings=a,b&context_filters=…`). What is malformed in it is thrown before the database is asked
   * anything.
   */
  answer({ queryString }: ReadRequest, receiver: Receiver<ReadAnswer>): void {
    const found = this.answers.find(queryString);
    const query = found?.query ?? parseQuery(queryString);
    this.rulesets.read({
      ready: (reading) => this.answerFrom(reading, { queryString, query, found }, receiver),
      failed: (error) => receiver.failed(error),
    });
  }

  /** What is kept goes without a generator and the queue of slices, which cost a tenth of a repeated query. */
  private answerFrom({ ruleset, staleSeconds }: Reading, asked: Asked, receiver: Receiver<ReadAnswer>): void {
    const { query, found } = asked;
    if (found?.holdsFor === ruleset.revision) {
      receiver.ready(readAnswer(found.answer, staleSeconds));
      return;
    }
    this.reportUnknown(query, ruleset);
    inSlices(this.written(asked, ruleset, staleSeconds), receiver);
  }

  private *written(
    { queryString, query, found }: Asked,
    ruleset: Ruleset,
    staleSeconds: number | undefined,
  ): InSteps<ReadAnswer> {
    return readAnswer(yield* this.answers.answer(queryString, query, found, ruleset), staleSeconds);
  }

  private reportUnknown({ filter }: RulesQuery, { features }: Ruleset): void {
    if (filter.kind === 'everything') return;
    for (const feature of filter.features.keys()) {
      if (!features.has(feature)) this.unknownFeatures.report(feature);
    }
  }
}

function readAnswer({ body, etag, headers }: Answer, staleSeconds: number | undefined): ReadAnswer {
  return { body, etag, headers, staleSeconds };
}
