import { parse } from 'node:querystring';
import { type ContextFilter, type FieldError, HeksherError, invalid, parseContextFilter } from '@heksher/core';
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
  const {
    settings,
    context_filters = '*',
    include_metadata = 'false',
    include_rollouts = 'false',
  } = parse(queryString);
  const problems: FieldError[] = [];
  const query = {
    settings: settings === undefined ? undefined : part('settings', settings, parseSettingNames, problems),
    filter: part('context_filters', context_filters, parseContextFilter, problems),
    includeMetadata: part('include_metadata', include_metadata, parseBoolean, problems),
    includeRollouts: part('include_rollouts', include_rollouts, parseBoolean, problems),
  };
  const { filter, includeMetadata, includeRollouts } = query;
  if (filter !== undefined && includeMetadata !== undefined && includeRollouts !== undefined && problems.length === 0) {
    return { settings: query.settings, filter, includeMetadata, includeRollouts };
  }
  throw new HeksherError('invalid', problems.map(({ message }) => message).join('; '), { errors: problems });
}

/** One parameter through its parser; what is malformed about it is noted, so that all problems are told at once. */
function part<T>(
  name: string,
  given: string | readonly string[],
  parseText: (text: string) => T,
  problems: FieldError[],
): T | undefined {
  try {
    if (typeof given === 'string') return parseText(given);
    throw invalid(`${name} must be given once, not ${given.length} times`);
  } catch (error) {
    if (!(error instanceof HeksherError) || error.code !== 'invalid') throw error;
    problems.push({ field: name, message: error.message });
    return undefined;
  }
}

/** Any text may be a name here: that of a setting in an adopted database. Whether it is one, the ruleset tells. */
function parseSettingNames(text: string): readonly string[] {
  return text === '' ? [] : text.split(',');
}
