import { type Candidate, type EvaluableSetting, isRollout } from './candidate.js';
import { quoted } from './errors.js';
import { type Finding, finding, nameAll } from './finding.js';
import { type InSteps } from './in-steps.js';

/** How many values that are other than their folded text are compared. */
const MOST_FOLDED = 100_000;

/** How many values are looked at in one step. */
const STEP = 500;

/** How many values a message shows. */
const SHOWN_VALUES = 5;

type Use = Readonly<{ feature: string; value: string; candidate: Candidate }>;

/** Values of one feature that have the same folded text, each with the first rule or rollout that has it. */
type Group = Readonly<{ feature: string; values: Map<string, Candidate> }>;

/**
 * Values of one feature that differ by case or Unicode normalisation alone, in conditions and members: they are compared
 * code point by code point, so each is a value of its own, which may not be meant.
 */
export function* findSimilarValues(setting: EvaluableSetting): InSteps<readonly Finding[]> {
  const groups = new Map<string, Group>();
  let [count, folded] = [0, 0];
  // Of similar values all but one are other than their folded text; so only those are kept at first.
  for (const { feature, value, candidate } of usesOf(setting)) {
    if ((count += 1) % STEP === 0) yield;
    const fold = foldedText(value);
    if (fold === value) continue;
    if ((folded += 1) > MOST_FOLDED) return [tooMany()];
    addTo(groups, keyOf(feature, fold), { feature, value, candidate });
  }
  if (folded === 0) return [];
  for (const { feature, value, candidate } of usesOf(setting)) {
    if ((count += 1) % STEP === 0) yield;
    const key = keyOf(feature, value);
    if (groups.has(key)) addTo(groups, key, { feature, value, candidate });
  }
  return [...groups.values()].filter(({ values }) => values.size > 1).map(describe);
}

function* usesOf({ rules, rollouts }: EvaluableSetting): Iterable<Use> {
  for (const candidate of [...rules, ...rollouts]) {
    for (const [feature, value] of candidate.conditions) yield { feature, value, candidate };
    if (!isRollout(candidate)) continue;
    for (const value of candidate.members ?? []) yield { feature: candidate.feature, value, candidate };
  }
}

function keyOf(feature: string, value: string): string {
  return `${feature}:${value}`;
}

function addTo(groups: Map<string, Group>, key: string, { feature, value, candidate }: Use): void {
  const group = groups.get(key) ?? { feature, values: new Map<string, Candidate>() };
  groups.set(key, group);
  if (!group.values.has(value)) group.values.set(value, candidate);
}

/** By way of upper case, since ß and SS have one lower case only so. */
function foldedCase(text: string): string {
  return text.toUpperCase().toLowerCase();
}

function foldedText(text: string): string {
  if (/^[a-z0-9_\-.@+/=~#]*$/.test(text)) return text;
  return foldedCase(text.normalize('NFKC')).normalize('NFKC');
}

function describe({ feature, values }: Group): Finding {
  const texts = [...values.keys()];
  const concerned = [...new Set(values.values())];
  const shown = texts.slice(0, SHOWN_VALUES).map(shownValue).join(', ');
  const more = texts.length > SHOWN_VALUES ? ` and ${texts.length - SHOWN_VALUES} more` : '';
  const what = `${shown}${more} are different values of ${feature}, but differ by ${differenceOf(texts)} alone`;
  return finding('similar-values', concerned, `${what}: ${nameAll(concerned)}`);
}

function differenceOf(texts: readonly string[]): string {
  const haveOne = (fold: (text: string) => string): boolean => new Set(texts.map(fold)).size === 1;
  if (haveOne(foldedCase)) return 'case';
  return haveOne((text) => text.normalize('NFKC')) ? 'Unicode normalisation' : 'case and Unicode normalisation';
}

/** Combining marks as escapes: é and e\u0301 look the same. */
function shownValue(value: string): string {
  return quoted(value).replace(/\p{M}/gu, (mark) => `\\u{${mark.codePointAt(0)?.toString(16) ?? ''}}`);
}

function tooMany(): Finding {
  const why = `more than ${MOST_FOLDED} values have upper-case letters or characters with several forms`;
  return finding(
    'not-checked',
    [],
    `values that differ by case or Unicode normalisation alone were not looked for: ${why}`,
  );
}
