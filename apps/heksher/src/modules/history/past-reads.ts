import { type InSteps, ProblemList, writeJson } from '@heksher/core';
import { Injectable } from '@nestjs/common';
import { type NextFunction, type Request, type RequestHandler, type Response, Router } from 'express';
import { bodyOf } from '../../body.js';
import { strongEtag } from '../../etag.js';
import { notAllowed } from '../../access/access-error.js';
import { isAll } from '../../access/grants.js';
import { type Principal } from '../../access/principal.js';
import { admissionOf, mayUse } from '../../http/admission.js';
import { mayAskForPast, PAST_OPERATIONS, pastAsked, type PastOperation } from '../../http/as-of.js';
import { ROLLOUT_ID, RULE_ID } from '../../http/id-pipe.js';
import { matchesEtag } from '../../http/if-none-match.js';
import { Refused } from '../../http/refused.js';
import { refuseUnknown, ValidationPipe } from '../../http/validation.js';
import { sliced } from '../../in-slices.js';
import { type ReadAnswer } from '../../reads/read-answer.js';
import { type PastReading, type ReadRequest, type ReadRoute } from '../../reads/read-route.js';
import { sendRead } from '../../reads/send-read.js';
import { browsingRoutes } from '../browsing/browsing.routes.js';
import { BrowsingService } from '../browsing/browsing.service.js';
import { asksForView } from '../browsing/setting-view.js';
import { asksForPage } from '../browsing/settings-page.js';
import { evaluateRoute, lintRoute } from '../evaluation/evaluation.routes.js';
import { EvaluationService } from '../evaluation/evaluation.service.js';
import { allFlagsRoute, flagRoute } from '../ofrep/ofrep.routes.js';
import { OfrepService } from '../ofrep/ofrep.service.js';
import { queryRoute } from '../query/query.routes.js';
import { QueryService } from '../query/query.service.js';
import { exportFormatOf, prefixOf, sendExport } from '../rollouts/rollout-members-export.js';
import { formatCursor, ListMembersQuery, USUAL_PAGE } from '../rollouts/rollout-members.dto.js';
import { SearchRuleQuery } from '../rules/rules.dto.js';
import { PastRulesets } from '../ruleset/past-rulesets.js';
import { RulesetService } from '../ruleset/ruleset.service.js';
import { ListSettingsQuery } from '../settings/settings.dto.js';
import * as answers from './past-answers.js';
import { firstUnits, sortedUnits } from './sorted-units.js';

/** A request for the past. */
type Asked = Readonly<{
  request: Request;
  response: Response;
  /** Without `as_of`. */
  queryString: string;
  others: ReadonlyMap<string, readonly string[]>;
  parameter(name: string): string;
  past: PastReading;
}>;

/** What answers an operation; undefined: it has sent the answer itself. */
type Answerer = (asked: Asked) => Promise<ReadAnswer | undefined>;

type Permission = ReadRoute['permission'];

type PastRoute = Readonly<{ permission: Permission; answer: Answerer }>;

/**
 * Reads with `as_of`. They are answered from a past ruleset as those of the present from the present one; and what the present reads
 * one by one from the database, from the ruleset too.
 */
@Injectable()
export class PastReads {
  private readonly routes: Readonly<Record<PastOperation, PastRoute>>;

  constructor(
    private readonly rulesets: PastRulesets,
    private readonly present: RulesetService,
    browsing: BrowsingService,
    evaluations: EvaluationService,
    flags: OfrepService,
    queries: QueryService,
  ) {
    this.routes = routesOf(browsingRoutes(browsing), evaluations, flags, queries);
  }

  /** Takes requests that ask for the past, where they may, and lets all others pass. */
  middleware(): RequestHandler {
    const router = Router({ caseSensitive: true });
    for (const operation of PAST_OPERATIONS) {
      const [method = '', path = ''] = operation.split(' ');
      const route = this.routes[operation];
      const handler = (request: Request, response: Response, next: NextFunction): void => {
        this.serve(route, request, response, next).catch(next);
      };
      const express = path.replace(/\{(\w+)\}/g, ':$1');
      if (method === 'GET') router.get(express, handler);
      else router.post(express, handler);
    }
    return (request, response, next) => {
      if (mayAskForPast(admissionOf(request)?.queryString)) router(request, response, next);
      else next();
    };
  }

  private async serve(
    { permission, answer }: PastRoute,
    request: Request,
    response: Response,
    next: NextFunction,
  ): Promise<void> {
    const admission = admissionOf(request);
    if (admission === undefined || !mayUse(admission, permission)) throw new Refused(403, 'the caller may not do this');
    const asked = pastAsked(admission.queryString);
    if (asked === undefined) return next();
    if (admission.caller.principal !== undefined) await this.requireAll(admission.caller.principal, permission);
    const { ruleset, seq, atMs } = await this.rulesets.at(asked.asOf);
    response.setHeader('Heksher-As-Of', seq);
    const read = await answer({
      ...asked,
      request,
      response,
      parameter: (name) => String(request.params[name]),
      past: { ruleset, staleSeconds: undefined, past: { seq, atMs } },
    });
    if (read === undefined) return;
    sendRead(request, response, read, [...admission.headers, 'Heksher-As-Of', seq]);
  }

  /** Names change, and grants are on those of the present: who may not do this with all settings may not do it with those of the past. */
  private async requireAll(asking: Principal, permission: Permission): Promise<void> {
    const { principal } = await this.present.prove(asking);
    if (!isAll(principal.permissions[permission])) throw notAllowed(permission, 'all');
  }
}

function routesOf(
  browsing: ReturnType<typeof browsingRoutes>,
  evaluations: EvaluationService,
  flags: OfrepService,
  queries: QueryService,
): Readonly<Record<PastOperation, PastRoute>> {
  const flag = flagRoute(flags);
  const lint = lintRoute(evaluations);
  return {
    'GET /api/v1/settings': read(async (asked) => {
      if (asksForPage(asked.queryString)) return handled(browsing.settings, asked);
      const { include_additional_data } = await dtoOf(ListSettingsQuery, asked);
      return tagged(await sliced(answers.writeSettings(asked.past.ruleset, include_additional_data)));
    }),
    'GET /api/v1/settings/{name}': read(async (asked) => {
      const name = asked.parameter('name');
      if (asksForView(asked.queryString)) return handled(browsing.setting, asked, name);
      return tagged(answers.writeSetting(asked.past.ruleset, name));
    }),
    'GET /api/v1/settings/{name}/metadata': text(({ past, parameter }) => {
      return `{"metadata":${answers.settingIn(past.ruleset, parameter('name')).metadata}}`;
    }),
    'GET /api/v1/settings/{name}/override': steps((asked) => {
      refuseOthers(asked);
      return answers.writeOverride(asked.past.ruleset, asked.parameter('name'));
    }),
    'GET /api/v1/settings/{name}/lint': read((asked) => {
      refuseOthers(asked);
      return handled(lint, asked, asked.parameter('name'));
    }),
    'GET /api/v1/rules': read((asked) => handled(browsing.rules, asked)),
    'GET /api/v1/rules/search': read(async (asked) => {
      const { setting, feature_values } = await dtoOf(SearchRuleQuery, asked);
      return tagged(await sliced(answers.writeFoundRule(asked.past.ruleset, setting, feature_values)));
    }),
    'GET /api/v1/rules/{id}': steps(({ past, parameter }) => answers.writeRule(past.ruleset, ruleId(parameter))),
    'GET /api/v1/rules/{id}/metadata': steps(function* ({ past, parameter }) {
      const { rule } = yield* answers.ruleIn(past.ruleset, ruleId(parameter));
      return `{"metadata":${rule.metadata}}`;
    }),
    'GET /api/v1/rollouts': read((asked) => handled(browsing.rollouts, asked)),
    'GET /api/v1/rollouts/{id}': text((asked) => {
      refuseOthers(asked);
      return answers.writeRollout(asked.past.ruleset, rolloutId(asked.parameter), asked.past.past.atMs);
    }),
    'GET /api/v1/rollouts/{id}/members': read(listMembers),
    'GET /api/v1/rollouts/{id}/members/{unit}': read((asked) => {
      refuseOthers(asked);
      answers.requireMember(asked.past.ruleset, rolloutId(asked.parameter), asked.parameter('unit'));
      asked.response.status(204).end();
      return Promise.resolve(undefined);
    }),
    'GET /api/v1/context_features': text(({ past }) => {
      return writeJson({ context_features: [...past.ruleset.features] });
    }),
    'GET /api/v1/context_features/{name}': text(({ past, parameter }) => {
      return answers.writeFeatureIndex(past.ruleset, parameter('name'));
    }),
    'GET /api/v1/context_features/{name}/values': read((asked) => {
      return handled(browsing.values, asked, asked.parameter('name'));
    }),
    'GET /api/v1/lint': read((asked) => handled(browsing.lint, asked)),
    'GET /api/v1/query': read((asked) => handled(queryRoute(queries), asked)),
    'POST /api/v1/evaluate': evaluate((asked) => {
      refuseOthers(asked);
      return handled(evaluateRoute(evaluations), asked);
    }),
    'POST /ofrep/v1/evaluate/flags': evaluate((asked) => handled(allFlagsRoute(flags), asked)),
    'POST /ofrep/v1/evaluate/flags/{key}': evaluate((asked) => handled(flag, asked, asked.parameter('key'))),
  };
}

const read = (answer: Answerer): PastRoute => ({ permission: 'read', answer });
const evaluate = (answer: Answerer): PastRoute => ({ permission: 'evaluate', answer });
const text = (write: (asked: Asked) => string): PastRoute =>
  read((asked) => Promise.resolve(asked).then((one) => tagged(write(one))));
const steps = (write: (asked: Asked) => InSteps<string>): PastRoute =>
  read(async (asked) => tagged(await sliced(write(asked))));

function tagged(content: string): ReadAnswer {
  const body = bodyOf(content);
  return { body, etag: strongEtag(body), staleSeconds: undefined };
}

/** The answer of a route that reads of the present end at too. */
function handled(
  route: ReadRoute,
  { request, response, queryString, past }: Asked,
  parameter = '',
): Promise<ReadAnswer> {
  const body: unknown = request.body;
  const asked: ReadRequest = {
    queryString,
    parameter,
    principal: admissionOf(request)?.caller.principal,
    body: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
    has: (etag) => matchesEtag(request.headers['if-none-match'], etag),
    past,
  };
  return new Promise((ready, failed) => {
    const receiver = {
      get isGone() {
        return response.destroyed;
      },
      ready,
      failed,
    };
    route.handle(asked, receiver);
  });
}

async function dtoOf<T extends object>(type: new () => T, { others }: Asked): Promise<T> {
  const query = Object.fromEntries(
    Array.from(others, ([name, values]) => [name, values.length > 1 ? values : values[0]]),
  );
  return (await new ValidationPipe().transform(query, { type: 'query', metatype: type })) as T;
}

/** Of an operation that has no other parameters, and is ours alone. */
function refuseOthers({ others }: Asked): void {
  const problems = new ProblemList();
  refuseUnknown(others.keys(), new Set(), 'query', problems);
  problems.throwIfAny();
}

function ruleId(parameter: Asked['parameter']): number {
  return RULE_ID.transform(parameter('id'));
}

function rolloutId(parameter: Asked['parameter']): number {
  return ROLLOUT_ID.transform(parameter('id'));
}

async function listMembers(asked: Asked): Promise<ReadAnswer | undefined> {
  const { request, response, past, parameter } = asked;
  const id = rolloutId(parameter);
  const query = await dtoOf(ListMembersQuery, asked);
  const format = exportFormatOf(request);
  if (format !== undefined) {
    const all = sliced(sortedUnits(answers.rolloutIn(past.ruleset, id).rollout.members, prefixOf(query)));
    await sendExport(response, format, pagesOf(all));
    return undefined;
  }
  const { cursor: after = '', limit = USUAL_PAGE, prefix } = query;
  const { members } = answers.rolloutIn(past.ruleset, id).rollout;
  const { units, count } = await sliced(firstUnits(members, { prefix, after, most: limit + 1 }));
  const page = units.slice(0, limit);
  const last = page.at(-1);
  const next = units.length > limit && last !== undefined ? formatCursor(last) : null;
  return tagged(writeJson({ members: page, count: after === '' ? count : undefined, next_cursor: next }));
}

const EXPORTED_AT_ONCE = 10_000;

async function* pagesOf(sorting: Promise<readonly string[]>): AsyncGenerator<readonly string[]> {
  const units = await sorting;
  for (let at = 0; at === 0 || at < units.length; at += EXPORTED_AT_ONCE) yield units.slice(at, at + EXPORTED_AT_ONCE);
}
