import { invalid, parseInstant, quoted } from '@heksher/core';
import { AS_OF, type AsOf } from '../as-of.js';
import { parametersIn } from './parameters.js';

/** All operations that take it. */
export const PAST_OPERATIONS = [
  'GET /api/v1/settings',
  'GET /api/v1/settings/{name}',
  'GET /api/v1/settings/{name}/metadata',
  'GET /api/v1/settings/{name}/override',
  'GET /api/v1/settings/{name}/lint',
  'GET /api/v1/rules',
  'GET /api/v1/rules/search',
  'GET /api/v1/rules/{id}',
  'GET /api/v1/rules/{id}/metadata',
  'GET /api/v1/rollouts',
  'GET /api/v1/rollouts/{id}',
  'GET /api/v1/rollouts/{id}/members',
  'GET /api/v1/rollouts/{id}/members/{unit}',
  'GET /api/v1/context_features',
  'GET /api/v1/context_features/{name}',
  'GET /api/v1/context_features/{name}/values',
  'GET /api/v1/lint',
  'GET /api/v1/query',
  'POST /api/v1/evaluate',
  'POST /ofrep/v1/evaluate/flags',
  'POST /ofrep/v1/evaluate/flags/{key}',
] as const;

export type PastOperation = (typeof PAST_OPERATIONS)[number];

/** Reads `1042`, or `2026-03-01T09:00:00Z`. Throws `invalid` about `name`. */
export function parseAsOf(text: string, name: string = AS_OF): AsOf {
  if (/^[0-9]{1,18}$/.test(text)) return { seq: String(BigInt(text)) };
  try {
    // In a query string a plus sign stands for a space.
    return { atMs: parseInstant(text.replace(/ (?=\d\d:\d\d$)/, '+')) };
  } catch {
    const accepted = 'the number of a revision, or an RFC 3339 time such as 2026-03-01T09:00:00Z';
    throw invalid(`${name} must be ${accepted}; given: ${quoted(text)}`, name, { parameter: name });
  }
}

/** A parameter whose name is percent-encoded. */
const ENCODED_NAME = /(?:^|&)[^=&]*%/;

/** Whether a query string may ask for the past: cheap, and asked of each query. */
export function mayAskForPast(queryString: string | undefined): boolean {
  if (queryString === undefined) return false;
  return queryString.includes(AS_OF) || (queryString.includes('%') && ENCODED_NAME.test(queryString));
}

/** What a query string asks for, and the rest of it; undefined where that is the present. Throws `invalid`. */
export function pastAsked(
  queryString: string | undefined,
): Readonly<{ asOf: AsOf; queryString: string; others: ReadonlyMap<string, readonly string[]> }> | undefined {
  if (queryString === undefined || !mayAskForPast(queryString)) return undefined;
  const parameters = parametersIn(queryString);
  const given = parameters.get(AS_OF);
  if (given === undefined) return undefined;
  const [text = '', ...more] = given;
  if (more.length > 0) throw invalid(`${AS_OF} must be given once, not ${given.length} times`, AS_OF);
  parameters.delete(AS_OF);
  const rest = queryString.split('&').filter((pair) => !parametersIn(pair).has(AS_OF));
  return { asOf: parseAsOf(text), queryString: rest.join('&'), others: parameters };
}
