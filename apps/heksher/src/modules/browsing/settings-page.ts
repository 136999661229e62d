import { type InSteps, invalid } from '@heksher/core';
import { hasOverride, type Ruleset, searchRules, type Setting } from '@heksher/ruleset';
import { parseAsOf } from '../../http/as-of.js';
import { parametersIn, readParameters } from '../../http/parameters.js';
import { parseBoolean } from '../../http/boolean.js';
import { type EvaluationReading } from '../evaluation/evaluation-reading.js';
import { countFindings } from '../evaluation/findings.js';
import { requireFeature } from './asked.js';
import { cursor, type CursorParts, formatCursor } from './cursor.js';
import { anyText, limit, oneOf, someOf, typeFilter, USUAL_PAGE } from './parameters.js';
import { changeText, isAfter, type LastChanges } from './last-changes.js';
import { keyMatcher, metadataMatcher, textMatcher, valueMatcher } from './text-match.js';
import { additionalMembers, countMembers, countOfRules, settingMembers } from './texts.js';

export const SORTS = [
  'name',
  '-name',
  'rule_count',
  '-rule_count',
  'rollout_count',
  '-rollout_count',
  'changed',
  '-changed',
] as const;
export const WITH_SETTINGS = ['findings', 'changed'] as const;
export const HAVING = ['rules', 'rollouts', 'override', 'findings'] as const;

type Sort = (typeof SORTS)[number];

/** Where a setting stands in a list: by its key, and among those with the same key by name. */
type Position = Readonly<{ key: number; name: string }>;

const READERS = {
  q: anyText,
  type: typeFilter,
  feature: anyText,
  has: someOf(HAVING),
  without: anyText,
  value: valueMatcher,
  changed_after: (text: string, name: string) => parseAsOf(text, name),
  sort: oneOf(SORTS),
  limit,
  cursor: cursor(readPosition),
  include: someOf(WITH_SETTINGS),
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

/** Whether the page depends on when settings were changed: then that is to be known of all that else are found. */
export function goesByChanges({ sort, changed_after }: SettingsRequest): boolean {
  return changed_after !== undefined || sort.endsWith('changed');
}

/** What a page has, and what comes after it. */
export type SettingsPage = Readonly<{ settings: readonly Setting[]; total: number; next: string | null }>;

/** The page of those that were found. @param changes of all of them, where the page goes by these */
export function pageOf(found: readonly Setting[], request: SettingsRequest, changes: LastChanges): SettingsPage {
  const { sort, after, limit: most = USUAL_PAGE, changed_after: since } = request;
  const matching = since === undefined ? [...found] : found.filter(({ name }) => isAfter(changes.get(name), since));
  const order = orderBy(sort);
  const placed = (setting: Setting): Position => positionOf(setting, sort, changes);
  if (sort !== 'name') matching.sort((a, b) => order(placed(a), placed(b)));
  const rest = after === undefined ? matching : matching.filter((one) => order(placed(one), after) > 0);
  const settings = rest.slice(0, most);
  const last = settings.at(-1);
  const isLast = last === undefined || settings.length === rest.length;
  return { settings, total: matching.length, next: isLast ? null : cursorBehind(placed(last), sort) };
}

/** A page of settings, as JSON. @param changes undefined: they are not asked for, or not known while the database is away */
export function* writeSettingsPage(
  ruleset: Ruleset,
  reading: EvaluationReading,
  { settings, total, next }: SettingsPage,
  { isFull, include }: SettingsRequest,
  changes: LastChanges | undefined,
): InSteps<string> {
  const texts: string[] = [];
  for (const setting of settings) {
    const parts = [settingMembers(setting)];
    if (isFull) parts.push(additionalMembers(ruleset, setting));
    parts.push(countMembers(setting));
    if (include?.has('findings'))
      parts.push(`"finding_count":${yield* countFindings(reading, setting, reading.nowMs)}`);
    if (changes !== undefined) parts.push(`"changed":${changeText(changes.get(setting.name))}`);
    if (texts.push(`{${parts.join(',')}}`) % SETTINGS_PER_STEP === 0) yield;
  }
  return `{"settings":[${texts.join(',')}],"total":${total},"next_cursor":${JSON.stringify(next)}}`;
}

const SETTINGS_PER_STEP = 256;

/** The settings that are looked for, by name; when they were changed is not looked at. */
export function* findSettings(
  ruleset: Ruleset,
  reading: EvaluationReading,
  { q, type, feature, has, without, value, hasMetadata }: SettingsRequest,
): InSteps<readonly Setting[]> {
  requireFeature(ruleset, feature);
  const text = q?.toLowerCase();
  const lacks = without === undefined ? undefined : keyMatcher(without);
  const matching: Setting[] = [];
  let looked = 0;
  for (const setting of ruleset.settings.values()) {
    if ((looked += 1) % SETTINGS_PER_STEP === 0) yield;
    const isFound =
      (text === undefined || isCalled(setting, text)) &&
      (type === undefined || type(setting.type)) &&
      (feature === undefined || setting.configurableFeatures.includes(feature)) &&
      hasMetadata(setting.metadata) &&
      lacks?.(setting.metadata) !== true &&
      (!has?.has('rules') || countOfRules(setting) > 0) &&
      (!has?.has('rollouts') || setting.rollouts.length > 0) &&
      (!has?.has('override') || hasOverride(ruleset, setting)) &&
      (value === undefined || (yield* gives(ruleset, setting, value))) &&
      (!has?.has('findings') || (yield* countFindings(reading, setting, reading.nowMs)) > 0);
    if (isFound) matching.push(setting);
  }
  return matching;
}

/** Whether its default, a rollout or a rule gives such a value. */
function* gives(ruleset: Ruleset, setting: Setting, admitsValue: (text: string) => boolean): InSteps<boolean> {
  if (admitsValue(setting.defaultValue)) return true;
  for (const { outcome } of setting.rollouts) {
    const values = outcome.kind === 'variants' ? outcome.variants.map(({ value }) => value) : [outcome.value];
    if (values.some(admitsValue)) return true;
    yield;
  }
  for (const rule of searchRules(ruleset, setting, { admitsValue }, 0)) {
    if (rule !== undefined) return true;
    yield;
  }
  return false;
}

function isCalled({ name, aliases }: Setting, text: string): boolean {
  return name.toLowerCase().includes(text) || aliases.some((alias) => alias.toLowerCase().includes(text));
}

function positionOf(setting: Setting, sort: Sort, changes: LastChanges): Position {
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
    case 'changed':
    case '-changed':
      return { key: changes.get(name)?.seq ?? 0, name };
  }
}

/** Of equal keys the names ascend, whichever way the keys go. */
function orderBy(sort: Sort): (a: Position, b: Position) => number {
  const byKey = sort.startsWith('-') ? -1 : 1;
  const byName = sort === '-name' ? -1 : 1;
  return (a, b) => byKey * (a.key - b.key) || byName * compareTexts(a.name, b.name);
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function cursorBehind({ key, name }: Position, sort: Sort): string {
  return formatCursor([sort, key, name]);
}

function readPosition([sort, key, name, ...more]: CursorParts): (Position & Readonly<{ sort: Sort }>) | undefined {
  const known = SORTS.find((one) => one === sort);
  if (known === undefined || typeof key !== 'number' || typeof name !== 'string' || more.length > 0) return undefined;
  return { sort: known, key, name };
}
