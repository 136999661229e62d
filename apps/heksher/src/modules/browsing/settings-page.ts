import { type InSteps, invalid } from '@heksher/core';
import { hasOverride, type Ruleset, type Setting } from '@heksher/ruleset';
import { parametersIn, readParameters } from '../../http/parameters.js';
import { parseBoolean } from '../../http/boolean.js';
import { type EvaluationReading } from '../evaluation/evaluation-reading.js';
import { countFindings } from '../evaluation/findings.js';
import { requireFeature } from './asked.js';
import { cursor, type CursorParts, formatCursor } from './cursor.js';
import { anyText, limit, oneOf, someOf, typeFilter, USUAL_PAGE } from './parameters.js';
import { metadataMatcher, textMatcher } from './text-match.js';
import { additionalMembers, countMembers, countOfRules, settingMembers } from './texts.js';

export const SORTS = ['name', '-name', 'rule_count', '-rule_count', 'rollout_count', '-rollout_count'] as const;
export const HAVING = ['rules', 'rollouts', 'override', 'findings'] as const;

type Sort = (typeof SORTS)[number];

/** Where a setting stands in a list: by its key, and among those with the same key by name. */
type Position = Readonly<{ key: number; name: string }>;

const READERS = {
  q: anyText,
  type: typeFilter,
  feature: anyText,
  has: someOf(HAVING),
  sort: oneOf(SORTS),
  limit,
  cursor: cursor(readPosition),
  include: someOf(['findings']),
  include_additional_data: parseBoolean,
};

export const METADATA_PREFIX = 'metadata.';

const METADATA = { prefix: METADATA_PREFIX, called: 'metadata.<key>', read: textMatcher };

/** Whether a list of settings is asked for as Heksher 0.5 does not know it: with any of the parameters of pages. */
export function asksForPage(queryString: string): boolean {
  return [...parametersIn(queryString).keys()].some(
    (name) => name.startsWith(METADATA_PREFIX) || (name !== 'include_additional_data' && Object.hasOwn(READERS, name)),
  );
}

export type SettingsRequest = ReturnType<typeof parseSettingsRequest>;

export function parseSettingsRequest(queryString: string) {
  const { parameters, ofFamily } = readParameters(queryString, READERS, METADATA);
  const { sort = 'name', cursor: after, include_additional_data: isFull = true, ...filters } = parameters;
  if (after !== undefined && after.sort !== sort) {
    throw invalid(`cursor is that of a page sorted by ${after.sort}: give the same sort, not ${sort}`, 'cursor');
  }
  return { ...filters, sort, after, isFull, hasMetadata: metadataMatcher(ofFamily) };
}

/** A page of settings, as JSON. */
export function* writeSettingsPage(
  ruleset: Ruleset,
  reading: EvaluationReading,
  request: SettingsRequest,
  nowMs: number,
): InSteps<string> {
  const { sort, after, isFull, include, limit: most = USUAL_PAGE } = request;
  requireFeature(ruleset, request.feature);
  const matching = yield* findMatching(ruleset, reading, request, nowMs);
  const order = orderBy(sort);
  if (sort !== 'name') matching.sort((a, b) => order(positionOf(a, sort), positionOf(b, sort)));
  const rest = after === undefined ? matching : matching.filter((one) => order(positionOf(one, sort), after) > 0);
  const page = rest.slice(0, most);
  const texts: string[] = [];
  for (const setting of page) {
    const parts = [settingMembers(setting)];
    if (isFull) parts.push(additionalMembers(ruleset, setting));
    parts.push(countMembers(setting));
    if (include?.has('findings')) parts.push(`"finding_count":${yield* countFindings(reading, setting, nowMs)}`);
    if (texts.push(`{${parts.join(',')}}`) % SETTINGS_PER_STEP === 0) yield;
  }
  const last = page.at(-1);
  const next = last === undefined || page.length === rest.length ? null : cursorBehind(last, sort);
  return `{"settings":[${texts.join(',')}],"total":${matching.length},"next_cursor":${JSON.stringify(next)}}`;
}

const SETTINGS_PER_STEP = 256;

function* findMatching(
  ruleset: Ruleset,
  reading: EvaluationReading,
  { q, type, feature, has, hasMetadata }: SettingsRequest,
  nowMs: number,
): InSteps<Setting[]> {
  const text = q?.toLowerCase();
  const matching: Setting[] = [];
  let looked = 0;
  for (const setting of ruleset.settings.values()) {
    if ((looked += 1) % SETTINGS_PER_STEP === 0) yield;
    const isFound =
      (text === undefined || isCalled(setting, text)) &&
      (type === undefined || type(setting.type)) &&
      (feature === undefined || setting.configurableFeatures.includes(feature)) &&
      hasMetadata(setting.metadata) &&
      (!has?.has('rules') || countOfRules(setting) > 0) &&
      (!has?.has('rollouts') || setting.rollouts.length > 0) &&
      (!has?.has('override') || hasOverride(ruleset, setting)) &&
      (!has?.has('findings') || (yield* countFindings(reading, setting, nowMs)) > 0);
    if (isFound) matching.push(setting);
  }
  return matching;
}

function isCalled({ name, aliases }: Setting, text: string): boolean {
  return name.toLowerCase().includes(text) || aliases.some((alias) => alias.toLowerCase().includes(text));
}

function positionOf(setting: Setting, sort: Sort): Position {
  const { name } = setting;
  switch (sort) {
    case 'name':
    case '-name':
      return { key: 0, name };
    case 'rule_count':
    case '-rule_count':
      return { key: countOfRules(setting), name };
    case 'rollout_count':
    case '-rollout_count':
      return { key: setting.rollouts.length, name };
  }
}

/** Of equal counts the names ascend, whichever way the counts go. */
function orderBy(sort: Sort): (a: Position, b: Position) => number {
  const byKey = sort.startsWith('-') ? -1 : 1;
  const byName = sort === '-name' ? -1 : 1;
  return (a, b) => byKey * (a.key - b.key) || byName * compareTexts(a.name, b.name);
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function cursorBehind(setting: Setting, sort: Sort): string {
  const { key, name } = positionOf(setting, sort);
  return formatCursor([sort, key, name]);
}

function readPosition([sort, key, name, ...more]: CursorParts): (Position & Readonly<{ sort: Sort }>) | undefined {
  const known = SORTS.find((one) => one === sort);
  if (known === undefined || typeof key !== 'number' || typeof name !== 'string' || more.length > 0) return undefined;
  return { sort: known, key, name };
}
