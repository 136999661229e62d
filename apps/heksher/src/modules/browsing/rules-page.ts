import { type InSteps } from '@heksher/core';
import { type Ruleset, type RuleSearch, searchRules, type Setting } from '@heksher/ruleset';
import { readParameters } from '../../http/parameters.js';
import { requireFeature, settingAsked } from './asked.js';
import { cursor, type CursorParts, formatCursor } from './cursor.js';
import { anyText, limit, USUAL_PAGE } from './parameters.js';
import { textMatcher } from './text-match.js';
import { ruleMembers } from './texts.js';

/** The last rule of a page. Settings go by name, the rules of each by id. */
type Position = Readonly<{ setting: string; id: number }>;

const READERS = {
  setting: anyText,
  feature: anyText,
  value: anyText,
  rule_value: textMatcher,
  limit,
  cursor: cursor(readPosition),
};

export type RulesRequest = ReturnType<typeof parseRulesRequest>;

export function parseRulesRequest(queryString: string) {
  return readParameters(queryString, READERS).parameters;
}

/** A page of rules, as JSON. */
export function* writeRulesPage(ruleset: Ruleset, request: RulesRequest): InSteps<string> {
  const { feature, value, rule_value: admitsValue, setting, cursor: after, limit: most = USUAL_PAGE } = request;
  requireFeature(ruleset, feature);
  const search: RuleSearch = { feature, value, admitsValue };
  const settings = setting === undefined ? ruleset.settings.values() : [settingAsked(ruleset, setting)];
  const texts: string[] = [];
  let last: Position | undefined;
  let looked = 0;
  for (const one of from(settings, after?.setting)) {
    if ((looked += 1) % SETTINGS_PER_STEP === 0) yield;
    for (const rule of searchRules(ruleset, one, search, after?.setting === one.name ? after.id : 0)) {
      if (rule === undefined) {
        yield;
        continue;
      }
      if (texts.length === most && last !== undefined) return page(texts, formatCursor([last.setting, last.id]));
      texts.push(`{${ruleMembers(rule, one.name)}}`);
      last = { setting: one.name, id: rule.id };
    }
  }
  return page(texts, null);
}

const SETTINGS_PER_STEP = 256;

function page(texts: readonly string[], next: string | null): string {
  return `{"rules":[${texts.join(',')}],"next_cursor":${JSON.stringify(next)}}`;
}

/** Those from the one of that name on. */
export function* from(settings: Iterable<Setting>, name: string | undefined): Generator<Setting> {
  for (const setting of settings) if (name === undefined || setting.name >= name) yield setting;
}

function readPosition([setting, id, ...more]: CursorParts): Position | undefined {
  return typeof setting === 'string' && typeof id === 'number' && more.length === 0 ? { setting, id } : undefined;
}
