import { HeksherError, invalid, isSettingName, quoted, SETTING_NAME_RULE } from '@heksher/core';
import { type Body, bodyOf } from '../../body.js';
import { strongEtag } from './etag.js';
import { type RulesQuery } from './query.js';
import { rolloutMembers } from './rollout-answer.js';
import { type AdmittedRows, ruleFilter } from './rule-filter.js';
import { NO_METADATA, type RuleTable, textOf } from './rule-table.js';
import { type Ruleset, type Setting } from './ruleset.js';

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
  throw unknownSettings(unknown);
}

/** Each once; few are compared quicker than hashed. */
function distinct(settings: readonly Setting[]): Iterable<Setting> {
  if (settings.length > 32) return new Set(settings);
  return settings.filter((setting, index) => settings.indexOf(setting) === index);
}

/** A name that could never be one is malformed input, not something that happens to be missing. */
function unknownSettings(names: readonly string[]): HeksherError {
  const odd = names.find((name) => !isSettingName(name));
  if (odd !== undefined) {
    return invalid(
      `settings must be names separated by commas; ${quoted(odd)} is none: ${SETTING_NAME_RULE}`,
      'settings',
    );
  }
  const listed = names.map((name) => JSON.stringify(name)).join(', ');
  return new HeksherError('not_found', `the settings ${listed} do not exist`, { subject: 'setting' });
}

/** A client that evaluates settings itself, and so asks for rollouts, is told of the order of context features too. */
export function writeAnswer(
  settings: Iterable<Setting>,
  query: RulesQuery,
  { features, vocabulary }: Pick<Ruleset, 'features' | 'vocabulary'>,
): Answer {
  const { filter, includeMetadata, includeRollouts } = query;
  const admittedRows = ruleFilter(filter, vocabulary);
  const write = includeMetadata ? writeWithMetadata : writePlain;
  const parts: string[] = [];
  for (const setting of settings) {
    parts.push(parts.length === 0 ? '{"settings":{' : ',', setting.opening);
    write(parts, setting.rules, admittedRows(setting.rules));
    parts.push(setting.closing, includeRollouts ? `,${rolloutMembers(setting, query)}}` : '}');
  }
  const order = includeRollouts ? `,"context_features":${JSON.stringify([...features])}` : '';
  parts.push(parts.length === 0 ? '{"settings":{}' : '}', order, '}');
  const body = bodyOf(parts.join(''));
  const headers = ['Content-Type', 'application/json; charset=utf-8', 'Content-Length', String(body.length)];
  return { body, etag: strongEtag(body), headers };
}

/** Rules that follow one another in the table are copied in one piece. */
function writePlain(parts: string[], rules: RuleTable, admitted: AdmittedRows): void {
  if (admitted === 'all') {
    parts.push(rules.text);
    return;
  }
  let index = 0;
  while (index < admitted.length) {
    const first = admitted[index] ?? 0;
    let end = first + 1;
    for (index += 1; admitted[index] === end; index += 1) end += 1;
    parts.push(textOf(rules, first, end));
    if (index < admitted.length) parts.push(',');
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
