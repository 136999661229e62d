import { HeksherError, type InSteps } from '@heksher/core';
import { findSetting, type Ruleset, type Setting } from '@heksher/ruleset';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { bodyOf } from '../../body.js';
import { inSlices } from '../../in-slices.js';
import { type ReadAnswer } from '../../reads/read-answer.js';
import { type ReadRequest } from '../../reads/read-route.js';
import { type Receiver } from '../../reads/receiver.js';
import { EvaluationReading } from '../evaluation/evaluation-reading.js';
import { strongEtag } from '../../etag.js';
import { type Reading } from '../ruleset/ruleset-follower.js';
import { RulesetService } from '../ruleset/ruleset.service.js';
import { type LastChanges, type LineChanges, readLastChanges, readLineChanges } from './last-changes.js';
import { parseLintRequest, writeLintPage } from './lint-page.js';
import { parseRolloutsRequest, writeRolloutsPage } from './rollouts-page.js';
import { parseRulesRequest, writeRulesPage } from './rules-page.js';
import { parseViewRequest, writeSettingView } from './setting-view.js';
import {
  findSettings,
  goesByChanges,
  pageOf,
  parseSettingsRequest,
  type SettingsRequest,
  writeSettingsPage,
} from './settings-page.js';
import { parseValuesRequest, writeValues } from './values.js';

type Answerer = (receiver: Receiver<ReadAnswer>) => void;

/**
 * What people look at: pages of settings, rules, rollouts, findings and values, from the ruleset that queries are answered from.
 * What is malformed is thrown before the database is asked anything.
 */
@Injectable()
export class BrowsingService {
  constructor(
    private readonly rulesets: RulesetService,
    private readonly dataSource: DataSource,
  ) {}

  settings({ queryString, past, principal }: ReadRequest): Answerer {
    const request = parseSettingsRequest(queryString);
    return (receiver) =>
      this.rulesets.readAs(
        principal,
        'read',
        {
          ready: (reading) => {
            this.settingsPage(reading, request, receiver).then(
              (answer) => receiver.ready(answer),
              (error: unknown) => receiver.failed(error),
            );
          },
          failed: (error) => receiver.failed(error),
        },
        past,
      );
  }

  setting({ queryString, parameter: name, past, principal }: ReadRequest): Answerer {
    const include = parseViewRequest(queryString);
    const writer =
      (changes: LineChanges | undefined) =>
      (ruleset: Ruleset, reading: EvaluationReading): InSteps<string> =>
        writeSettingView(ruleset, reading, { name, include, nowMs: reading.nowMs }, changes);
    if (!include.has('changed')) return this.answer(writer(undefined), { principal, past });
    return (receiver) => {
      const failed = (error: unknown): void => receiver.failed(error);
      const ready = (reading: Reading): void => {
        const answer = (changes: LineChanges | undefined): void => inSlices(tagged(reading, writer(changes)), receiver);
        this.lineChangesOf(name, reading).then(answer, failed);
      };
      this.rulesets.readAs(principal, 'read', { ready, failed }, past);
    };
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

  /** All from memory, but for when settings were changed. */
  private async settingsPage(
    reading: Reading,
    request: SettingsRequest,
    receiver: Receiver<ReadAnswer>,
  ): Promise<ReadAnswer> {
    const { ruleset } = reading;
    const evaluating = new EvaluationReading(reading);
    const found = await whileThere(findSettings(ruleset, evaluating, request), receiver);
    const ofFound = goesByChanges(request) ? await this.changesOf(found, reading) : NO_CHANGES;
    const page = pageOf(found, request, ofFound);
    let changes: LastChanges | undefined;
    if (request.include?.has('changed') === true) {
      if (goesByChanges(request)) changes = ofFound;
      else if (reading.staleSeconds === undefined) changes = await this.changesOf(page.settings, reading);
    }
    const steps = tagged(reading, () => writeSettingsPage(ruleset, evaluating, page, request, changes));
    return whileThere(steps, receiver);
  }

  /** Undefined where the database does not answer. */
  private async lineChangesOf(asked: string, { ruleset, staleSeconds }: Reading): Promise<LineChanges | undefined> {
    const setting = findSetting(ruleset, asked);
    if (setting === undefined || staleSeconds !== undefined) return undefined;
    const names = [setting.name, ...setting.aliases];
    return readLineChanges(this.dataSource.manager, names, ruleset.revision.seq);
  }

  private changesOf(settings: readonly Setting[], { ruleset, staleSeconds }: Reading): Promise<LastChanges> {
    if (staleSeconds !== undefined)
      throw new HeksherError('unavailable', 'the database does not answer; when settings were changed is not known');
    const names = settings.map(({ name }) => name);
    return readLastChanges(this.dataSource.manager, names, ruleset.revision.seq);
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

const NO_CHANGES: LastChanges = new Map();

/** Never settles where the client has gone. */
function whileThere<T>(steps: InSteps<T>, receiver: Receiver<unknown>): Promise<T> {
  return new Promise((ready, failed) => {
    const requester = {
      get isGone() {
        return receiver.isGone;
      },
      ready,
      failed,
    };
    inSlices(steps, requester);
  });
}

function* tagged(
  reading: Reading,
  write: (ruleset: Ruleset, reading: EvaluationReading) => InSteps<string>,
): InSteps<ReadAnswer> {
  const { ruleset, staleSeconds } = reading;
  const body = bodyOf(yield* write(ruleset, new EvaluationReading(reading)));
  return { body, etag: strongEtag(body), staleSeconds, revision: ruleset.revision };
}
