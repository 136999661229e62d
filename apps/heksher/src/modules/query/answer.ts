import { HeksherError, invalid, isSettingName, listed, MOST_ENTRIES, quoted, SETTING_NAME_RULE } from '@heksher/core';
import { type Body, bodyOf } from '../../body.js';
import { PiecewiseEtag, strongEtag } from './etag.js';
import { type RulesQuery } from './query.js';
import { rolloutMembers } from './rollout-answer.js';
import {
  type AdmittedRows,
  firstHashOf,
  NO_METADATA,
  rowCount,
  ruleFilter,
  type Ruleset,
  type RuleTable,
  secondHashOf,
  type Setting,
  startOf,
  textOf,
} from '@heksher/ruleset';

/** The answer to a query, ready to be sent. `headers` are those that tell of the body, names and values by turns. */
export type Answer = Readonly<{ body: Body; etag: string; headers: readonly string[] }>;

/**
 * The settings a query asks for; each once, in the order of the question, or of the names where it asks for all.
 * @throws HeksherError `not_found` that names those which do not exist, `invalid` where one of these could never exist
 */
export function settingsOf(
  { settings, aliases }: Ruleset,
  { settings: asked }: Pick<RulesQuery, 'settings'>,
): Iterable<Setting> {
  if (asked === undefined) return settings.values();
  const found: Setting[] = [];
  const unknown: string[] = [];
  for (const name of asked) {
    const setting = settings.get(name) ?? settings.get(aliases.get(name) ?? '');
    if (setting === undefined) unknown.push(name);
    else found.push(setting);
  }
  if (unknown.length === 0) return distinct(found);
  throw unknownSettings(unknown, asked);
}

/** Each once; few are compared quicker than hashed. */
function distinct(settings: readonly Setting[]): Iterable<Setting> {
  if (settings.length > 32) return new Set(settings);
  return settings.filter((setting, index) => settings.indexOf(setting) === index);
}

/** A name that could never be one is malformed input, not something that happens to be missing. */
function unknownSettings(names: readonly string[], asked: readonly string[]): HeksherError {
  const odd = names.find((name) => !isSettingName(name));
  if (odd !== undefined) {
    const message = `settings must be names separated by commas; ${quoted(odd)} is none: ${SETTING_NAME_RULE}`;
    return invalid(message, 'settings', { pointer: `/settings/${asked.indexOf(odd)}` });
  }
  const errors = names.slice(0, MOST_ENTRIES).map((name) => ({
    ...{ field: 'settings', pointer: `/settings/${asked.indexOf(name)}`, code: 'setting_not_found' as const },
    message: `the setting ${quoted(name)} does not exist`,
  }));
  const omitted = names.length - errors.length;
  return new HeksherError('not_found', `the settings ${listed(names)} do not exist`, {
    errors,
    omitted,
    subject: 'setting',
  });
}

/** A client that evaluates settings itself, and so asks for rollouts, is told of the order of context features too. */
export function writeAnswer(
  settings: Iterable<Setting>,
  query: RulesQuery,
  { features, vocabulary }: Pick<Ruleset, 'features' | 'vocabulary'>,
): Answer {
  const { filter, includeMetadata, includeRollouts } = query;
  const admittedRows = ruleFilter(filter, vocabulary);
  const etag = includeMetadata || includeRollouts ? undefined : new PiecewiseEtag();
  const parts = ['{"settings":{'];
  for (const setting of settings) {
    const { opening, rules, closing } = setting;
    const admitted = admittedRows(rules);
    parts.push(parts.length === 1 ? opening.slice(1) : opening);
    if (includeMetadata) writeWithMetadata(parts, rules, admitted);
    else writePlain(parts, rules, admitted);
    if (includeRollouts) parts.push(closing.slice(0, -1), ',', rolloutMembers(setting, query), '}');
    else parts.push(closing);
    if (etag !== undefined) addHashes(etag, setting, admitted);
  }
  parts.push(includeRollouts ? `},"context_features":${JSON.stringify([...features])}}` : '}}');
  const body = bodyOf(parts.join(''));
  const headers = ['Content-Type', 'application/json; charset=utf-8', 'Content-Length', String(body.length)];
  return { body, etag: etag?.toString() ?? strongEtag(body), headers };
}

/** Rules that follow one another in the table are copied in one piece, with the comma after them unless they are the last. */
function writePlain(parts: string[], { text, numbers }: RuleTable, admitted: AdmittedRows): void {
  if (admitted === 'all') {
    parts.push(text);
    return;
  }
  const { length } = admitted;
  let index = 0;
  while (index < length) {
    const first = admitted[index] ?? 0;
    let end = first + 1;
    for (index += 1; index < length && admitted[index] === end; index += 1) end += 1;
    parts.push(text.slice(startOf(numbers, first), startOf(numbers, end) - (index < length ? 0 : 1)));
  }
}

function writeWithMetadata(parts: string[], rules: RuleTable, admitted: AdmittedRows): void {
  let separator = '';
  for (const row of admitted === 'all' ? rules.ids.keys() : admitted) {
    const metadata = rules.metadata.get(rules.ids[row] ?? 0) ?? NO_METADATA;
    parts.push(separator, textOf(rules, row).slice(0, -1), ',"metadata":', metadata, '}');
    separator = ',';
  }
}

function addHashes(etag: PiecewiseEtag, setting: Setting, admitted: AdmittedRows): void {
  const { numbers } = setting.rules;
  etag.add(setting.firstHash, setting.secondHash);
  const count = admitted === 'all' ? rowCount(numbers) : admitted.length;
  for (let index = 0; index < count; index += 1) {
    const row = admitted === 'all' ? index : (admitted[index] ?? 0);
    etag.add(firstHashOf(numbers, row), secondHashOf(numbers, row));
  }
}
