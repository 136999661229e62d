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

  settings({ queryString }: ReadRequest): Answerer {
    const request = parseSettingsRequest(queryString);
    return this.answer((ruleset, reading) => writeSettingsPage(ruleset, reading, request, Date.now()));
  }

  setting({ queryString, parameter: name }: ReadRequest): Answerer {
    const include = parseViewRequest(queryString);
    return this.answer((ruleset, reading) => writeSettingView(ruleset, reading, { name, include, nowMs: Date.now() }));
  }

  rules({ queryString }: ReadRequest): Answerer {
    const request = parseRulesRequest(queryString);
    return this.answer((ruleset) => writeRulesPage(ruleset, request));
  }

  rollouts({ queryString }: ReadRequest): Answerer {
    const request = parseRolloutsRequest(queryString);
    return this.answer((ruleset) => writeRolloutsPage(ruleset, request, Date.now()));
  }

  lint({ queryString }: ReadRequest): Answerer {
    const request = parseLintRequest(queryString);
    return this.answer((ruleset, reading) => writeLintPage(ruleset, reading, request, Date.now()));
  }

  values({ queryString, parameter: feature }: ReadRequest): Answerer {
    const request = parseValuesRequest(queryString);
    return this.answer((ruleset) => writeValues(ruleset, feature, request));
  }

  private answer(write: (ruleset: Ruleset, reading: EvaluationReading) => InSteps<string>): Answerer {
    return (receiver) =>
      this.rulesets.read({
        ready: (reading) => inSlices(tagged(reading, write), receiver),
        failed: (error) => receiver.failed(error),
      });
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
