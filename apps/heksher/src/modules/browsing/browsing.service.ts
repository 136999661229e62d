import { type InSteps } from '@heksher/core';
import { type Ruleset } from '@heksher/ruleset';
import { Injectable } from '@nestjs/common';
import { bodyOf } from '../../body.js';
import { inSlices } from '../../in-slices.js';
import { type ReadAnswer } from '../../reads/read-answer.js';
import { type ReadRequest } from '../../reads/read-route.js';
import { type Receiver } from '../../reads/receiver.js';
import { EvaluationReading } from '../evaluation/evaluation-reading.js';
import { strongEtag } from '../../etag.js';
import { type Reading } from '../ruleset/ruleset-follower.js';
import { RulesetService } from '../ruleset/ruleset.service.js';
import { parseLintRequest, writeLintPage } from './lint-page.js';
import { parseRolloutsRequest, writeRolloutsPage } from './rollouts-page.js';
import { parseRulesRequest, writeRulesPage } from './rules-page.js';
import { parseViewRequest, writeSettingView } from './setting-view.js';
import { parseSettingsRequest, writeSettingsPage } from './settings-page.js';
import { parseValuesRequest, writeValues } from './values.js';

type Answerer = (receiver: Receiver<ReadAnswer>) => void;

/**
 * What people look at: pages of settings, rules, rollouts, findings and values, from the ruleset that queries are answered from.
 * What is malformed is thrown before the database is asked anything.
 */
@Injectable()
export class BrowsingService {
  constructor(private readonly rulesets: RulesetService) {}

  settings({ queryString, past, principal }: ReadRequest): Answerer {
    const request = parseSettingsRequest(queryString);
    return this.answer((ruleset, reading) => writeSettingsPage(ruleset, reading, request, reading.nowMs), {
      principal,
      past,
    });
  }

  setting({ queryString, parameter: name, past, principal }: ReadRequest): Answerer {
    const include = parseViewRequest(queryString);
    return this.answer(
      (ruleset, reading) => {
        return writeSettingView(ruleset, reading, { name, include, nowMs: reading.nowMs });
      },
      { principal, past },
    );
  }

  rules({ queryString, past, principal }: ReadRequest): Answerer {
    const request = parseRulesRequest(queryString);
    return this.answer((ruleset) => writeRulesPage(ruleset, request), { principal, past });
  }

  rollouts({ queryString, past, principal }: ReadRequest): Answerer {
    const request = parseRolloutsRequest(queryString);
    return this.answer((ruleset, reading) => writeRolloutsPage(ruleset, request, reading.nowMs), { principal, past });
  }

  lint({ queryString, past, principal }: ReadRequest): Answerer {
    const request = parseLintRequest(queryString);
    return this.answer((ruleset, reading) => writeLintPage(ruleset, reading, request, reading.nowMs), {
      principal,
      past,
    });
  }

  values({ queryString, parameter: feature, past, principal }: ReadRequest): Answerer {
    const request = parseValuesRequest(queryString);
    return this.answer((ruleset) => writeValues(ruleset, feature, request), { principal, past });
  }

  private answer(
    write: (ruleset: Ruleset, reading: EvaluationReading) => InSteps<string>,
    { principal, past }: Pick<ReadRequest, 'principal' | 'past'>,
  ): Answerer {
    return (receiver) =>
      this.rulesets.readAs(
        principal,
        'read',
        {
          ready: (reading) => inSlices(tagged(reading, write), receiver),
          failed: (error) => receiver.failed(error),
        },
        past,
      );
  }
}

function* tagged(
  reading: Reading,
  write: (ruleset: Ruleset, reading: EvaluationReading) => InSteps<string>,
): InSteps<ReadAnswer> {
  const { ruleset, staleSeconds } = reading;
  const body = bodyOf(yield* write(ruleset, new EvaluationReading(reading)));
  return { body, etag: strongEtag(body), staleSeconds, revision: ruleset.revision };
}
