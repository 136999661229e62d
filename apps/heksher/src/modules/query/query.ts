import { type ContextFilter, invalid, isSettingName, parseContextFilter, SETTING_NAME_RULE } from '@heksher/core';
import { readBoolean } from '../../http/checks.js';
import { type QueryParameters } from './query.dto.js';

/** What a reader asks: which settings (names or aliases; undefined: all), for which contexts, with metadata or without. */
export type RulesQuery = Readonly<{
  settings: readonly string[] | undefined;
  filter: ContextFilter;
  includeMetadata: boolean;
}>;

/** @throws HeksherError `invalid`, or `not_acceptable_here` where a context filter names a feature twice */
export function parseQuery({ settings, context_filters, include_metadata }: QueryParameters): RulesQuery {
  return {
    settings: settings === undefined ? undefined : parseSettingNames(settings),
    filter: parseContextFilter(context_filters),
    includeMetadata: readBoolean(include_metadata),
  };
}

function parseSettingNames(text: string): readonly string[] {
  if (text === '') return [];
  const names = text.split(',');
  const odd = names.find((name) => !isSettingName(name));
  if (odd === undefined) return names;
  throw invalid(`settings must be names separated by commas; ${JSON.stringify(odd)} is none: ${SETTING_NAME_RULE}`, 'settings');
}
