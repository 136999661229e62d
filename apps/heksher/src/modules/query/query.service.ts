import { type InSteps } from '@heksher/core';
import { Injectable } from '@nestjs/common';
import { findSettings, type Revision, type Ruleset } from '@heksher/ruleset';
import { visibilityOf } from '../../access/principal.js';
import { requireVisible } from '../../access/visible-ruleset.js';
import { inSlices } from '../../in-slices.js';
import { Logger } from '../logging/index.js';
import { Metrics } from '../../metrics/metrics.js';
import { type ReadAnswer } from '../../reads/read-answer.js';
import { type ReadRequest } from '../../reads/read-route.js';
import { type Receiver } from '../../reads/receiver.js';
import { type Answer, writeAnswer } from './answer.js';
import { AnswerCache, type CachedAnswer } from './answer-cache.js';
import { parseQuery, type RulesQuery } from './query.js';
import { ReadOptions } from '../ruleset/read-options.js';
import { type Reading } from '../ruleset/ruleset-follower.js';
import { RulesetService } from '../ruleset/ruleset.service.js';
import { UnknownFeatureReporter } from './unknown-features.js';

/** A query, the key that its answer is kept by, with the answer that was found when it came. */
type Asked = Readonly<{ key: string; query: RulesQuery; found: CachedAnswer | undefined }>;

/** The main endpoint: the rules that can matter to a reader, who resolves them for each context. */
@Injectable()
export class QueryService {
  readonly answers: AnswerCache;
  private readonly unknownFeatures: UnknownFeatureReporter;

  constructor(
    private readonly rulesets: RulesetService,
    { cacheBytes }: ReadOptions,
    logger: Logger,
    metrics: Metrics,
  ) {
    this.answers = new AnswerCache(cacheBytes);
    metrics.addCache('query', this.answers);
    this.unknownFeatures = new UnknownFeatureReporter(logger.child('query'));
  }

  /**
   * Answers a query string (`settings=a,b&context_filters=…`). What is malformed in it is thrown before the database is asked
   * anything.
   */
  answer({ queryString, principal, past }: ReadRequest, receiver: Receiver<ReadAnswer>): void {
    if (past !== undefined) return this.answerPast(parseQuery(queryString), { principal, past }, receiver);
    const key = visibilityOf(principal, 'read') + queryString;
    const found = this.answers.find(key);
    const query = found?.query ?? parseQuery(queryString);
    this.rulesets.readAs(principal, 'read', {
      span: receiver.span,
      ready: (reading) => {
        const isSame = reading.principal === principal;
        const asked = isSame
          ? { key, query, found }
          : this.askedNow(visibilityOf(reading.principal, 'read') + queryString, query);
        this.answerFrom(reading, asked, receiver);
      },
      failed: (error) => receiver.failed(error),
    });
  }

  /** For whom other settings are visible than were when the query came. */
  private askedNow(key: string, query: RulesQuery): Asked {
    return { key, query, found: this.answers.find(key) };
  }

  /** Of the past nothing is kept: it would only evict what is asked for again and again. */
  private answerPast(
    query: RulesQuery,
    { principal, past }: Pick<ReadRequest, 'principal' | 'past'>,
    receiver: Receiver<ReadAnswer>,
  ): void {
    const reader = {
      ready: ({ ruleset }: Reading) => {
        requireVisible(ruleset, query.settings);
        inSlices(writtenPast(query, ruleset), receiver);
      },
      failed: (error: unknown) => receiver.failed(error),
    };
    this.rulesets.readAs(principal, 'read', reader, past);
  }

  /** What is kept goes without a generator and the queue of slices, which cost a tenth of a repeated query. */
  private answerFrom({ ruleset, staleSeconds }: Reading, asked: Asked, receiver: Receiver<ReadAnswer>): void {
    const { query, found } = asked;
    if (found?.holdsFor === ruleset.revision) {
      this.answers.hits += 1;
      receiver.ready(readAnswer(found.answer, staleSeconds, ruleset.revision));
      return;
    }
    this.reportUnknown(query, ruleset);
    inSlices(this.written(asked, ruleset, staleSeconds), receiver);
  }

  private *written(
    { key, query, found }: Asked,
    ruleset: Ruleset,
    staleSeconds: number | undefined,
  ): InSteps<ReadAnswer> {
    requireVisible(ruleset, query.settings);
    return readAnswer(yield* this.answers.answer(key, query, found, ruleset), staleSeconds, ruleset.revision);
  }

  private reportUnknown({ filter }: RulesQuery, { features }: Ruleset): void {
    if (filter.kind === 'everything') return;
    for (const feature of filter.features.keys()) {
      if (!features.has(feature)) this.unknownFeatures.report(feature);
    }
  }
}

function* writtenPast(query: RulesQuery, ruleset: Ruleset): InSteps<ReadAnswer> {
  return readAnswer(yield* writeAnswer(ruleset, findSettings(ruleset, query.settings), query), undefined);
}

function readAnswer(
  { body, etag, headers }: Answer,
  staleSeconds: number | undefined,
  clientRevision?: Revision,
): ReadAnswer {
  return { body, etag, headers, staleSeconds, clientRevision };
}
