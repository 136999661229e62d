import { HeksherError, invalid, isSettingName, quoted, SETTING_NAME_RULE } from '@heksher/core';
import { strongEtag } from './etag.js';
import { type RulesQuery } from './query.js';
import { rolloutMembers } from './rollout-answer.js';
import { ruleFilter } from './rule-filter.js';
import { type Rule, type Ruleset, type Setting } from './ruleset.js';

/** The answer to a query, ready to be sent. */
export type Answer = Readonly<{ body: Buffer; etag: string }>;

/**
 * The settings a query asks for; each once, in the order of the question, or of the names where it asks for all.
 * @throws HeksherError `not_found` that names those which do not exist, `invalid` where one of these could never exist
 */
export function settingsOf(
  { settings, aliases }: Ruleset,
  { settings: asked }: Pick<RulesQuery, 'settings'>,
): Iterable<Setting> {
  if (asked === undefined) return settings.values();
  const found = new Set<Setting>();
  const unknown: string[] = [];
  for (const name of asked) {
    const setting = settings.get(name) ?? settings.get(aliases.get(name) ?? '');
    if (setting === undefined) unknown.push(name);
    else found.add(setting);
  }
  if (unknown.length === 0) return found;
  throw unknownSettings(unknown);
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

/** @param features the context features in order, of which a client that evaluates itself is told */
export function writeAnswer(settings: Iterable<Setting>, query: RulesQuery, features: Iterable<string>): Answer {
  const { filter, includeMetadata, includeRollouts } = query;
  const admittedRules = ruleFilter(filter);
  const write = includeMetadata ? textWithMetadata : plainText;
  const parts: string[] = [];
  for (const setting of settings) {
    const rules: string[] = [];
    for (const rule of admittedRules(setting)) rules.push(write(rule));
    const more = includeRollouts ? `,${rolloutMembers(setting, query)}` : '';
    parts.push(
      `${JSON.stringify(setting.name)}:{"rules":[${rules.join(',')}],"default_value":${setting.defaultValue}${more}}`,
    );
  }
  const order = includeRollouts ? `,"context_features":${JSON.stringify([...features])}` : '';
  const body = Buffer.from(`{"settings":{${parts.join(',')}}${order}}`);
  return { body, etag: strongEtag(body) };
}

function plainText({ text }: Rule): string {
  return text;
}

function textWithMetadata({ text, metadata }: Rule): string {
  return `${text.slice(0, -1)},"metadata":${metadata}}`;
}
