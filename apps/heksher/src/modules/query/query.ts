import { parse } from 'node:querystring';
import { type ContextFilter, HeksherError, invalid, parseContextFilter, ProblemList } from '@heksher/core';
import { parseBoolean } from '../../http/boolean.js';

/**
 * What a reader asks: which settings (names or aliases; undefined: all), for which contexts, with metadata and rollouts or
 * without.
 */
export type RulesQuery = Readonly<{
  settings: readonly string[] | undefined;
  filter: ContextFilter;
  includeMetadata: boolean;
  includeRollouts: boolean;
}>;

/**
 * Reads `settings=a,b&context_filters=user:(john),theme:*&include_metadata=true`; other parameters are ignored.
 * @throws HeksherError `invalid`, or `not_acceptable_here` where a context filter names a feature twice
 */
export function parseQuery(queryString: string): RulesQuery {
  const parameter = parametersOf(queryString);
  const settings = parameter('settings');
  const problems = new ProblemList();
  const query = {
    settings: settings === undefined ? undefined : part('settings', settings, parseSettingNames, problems),
    filter: part('context_filters', parameter('context_filters') ?? '*', parseContextFilter, problems),
    includeMetadata: part('include_metadata', parameter('include_metadata') ?? 'false', parseBoolean, problems),
    includeRollouts: part('include_rollouts', parameter('include_rollouts') ?? 'false', parseBoolean, problems),
  };
  const { filter, includeMetadata, includeRollouts } = query;
  if (filter !== undefined && includeMetadata !== undefined && includeRollouts !== undefined && problems.isEmpty) {
    return { settings: query.settings, filter, includeMetadata, includeRollouts };
  }
  throw problems.toError();
}

/** The values of a query string's parameters, as Node's parser gives them: a list for one that is named more than once. */
function parametersOf(queryString: string): (name: string) => string | readonly string[] | undefined {
  const plain = plainParameters(queryString);
  if (plain !== undefined) return (name) => plain.get(name);
  const parsed = parse(queryString, '&', '=', { maxKeys: 0 });
  return (name) => parsed[name];
}

/** The same in less than half the time where nothing is encoded and each is named once, as in nearly all queries. */
function plainParameters(queryString: string): ReadonlyMap<string, string> | undefined {
  if (queryString.includes('%') || queryString.includes('+')) return undefined;
  const parameters = new Map<string, string>();
  for (const pair of queryString.split('&')) {
    const end = pair.indexOf('=');
    const name = end === -1 ? pair : pair.slice(0, end);
    if (parameters.has(name)) return undefined;
    parameters.set(name, end === -1 ? '' : pair.slice(end + 1));
  }
  return parameters;
}

/** Parses one parameter; problems are collected, so that all are reported at once. */
function part<T>(
  name: string,
  given: string | readonly string[],
  parseText: (text: string) => T,
  problems: ProblemList,
): T | undefined {
  try {
    if (typeof given === 'string') return parseText(given);
    throw invalid(`${name} must be given once, not ${given.length} times`);
  } catch (error) {
    if (!(error instanceof HeksherError) || error.code !== 'invalid') throw error;
    problems.add(() => ({ field: name, message: error.message, parameter: name }));
    return undefined;
  }
}

/** Any text may be a name here: that of a setting in an adopted database. The ruleset decides whether it exists. */
function parseSettingNames(text: string): readonly string[] {
  return text === '' ? [] : text.split(',');
}
