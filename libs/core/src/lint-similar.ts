import { type Candidate, type EvaluableSetting, isRollout } from './candidate.js';
import { featureOf, valueOf } from './condition.js';
import { quoted } from './errors.js';
import { type Finding, finding, nameAll } from './finding.js';
import { flatMapSteps, type InSteps } from './in-steps.js';

/** Maximum number of values compared that differ from their folded text. */
const MOST_FOLDED = 100_000;

/** Batch size of a step. */
const STEP = 256;

/** Maximum number of values in a message. */
const SHOWN_VALUES = 5;

/** Values of one feature that one rule or rollout names. */
type Use = Readonly<{ feature: string; values: Iterable<string>; candidate: Candidate }>;

/** Values that have the same folded text, each with the first rule or rollout that names it. */
type Group = Map<string, Candidate>;

/** The groups of each feature by folded text. */
type Groups = ReadonlyMap<string, Map<string, Group>>;

/**
 * Values of one feature that differ by case or Unicode normalisation alone, in conditions and members: they are compared
 * code point by code point, so each is a value of its own, which may not be meant.
 */
export function* findSimilarValues(setting: EvaluableSetting): InSteps<readonly Finding[]> {
  const groups = yield* groupFolded(usesOf(setting));
  if (groups === undefined) return [tooMany()];
  yield* addUnfolded(groups, usesOf(setting));
  const findings: Finding[][] = [];
  for (const [feature, ofFeature] of groups) {
    const similar = [...ofFeature.values()].filter(({ size }) => size > 1);
    findings.push(yield* flatMapSteps(similar, (group) => [describe(feature, group)]));
  }
  return findings.flat();
}

/** Generated one by one, to save memory. */
function* usesOf({ rules, rollouts }: EvaluableSetting): Generator<Use> {
  for (const candidates of [rules, rollouts]) {
    for (const candidate of candidates) {
      for (const condition of candidate.conditions) {
        yield { feature: featureOf(condition), values: [valueOf(condition)], candidate };
      }
      if (isRollout(candidate)) yield { feature: candidate.feature, values: candidate.members ?? [], candidate };
    }
  }
}

/** Groups the values that differ from their folded text: of similar values, all but one do. Undefined if there are too many. */
function* groupFolded(uses: Iterable<Use>): InSteps<Groups | undefined> {
  const groups = new Map<string, Map<string, Group>>();
  let [count, folded] = [0, 0];
  for (const { feature, values, candidate } of uses) {
    for (const value of values) {
      if ((count += 1) % STEP === 0) yield;
      const fold = foldedText(value);
      if (fold === value) continue;
      if ((folded += 1) > MOST_FOLDED) return undefined;
      add(getOrMake(getOrMake(groups, feature), fold), value, candidate);
    }
  }
  return groups;
}

/** Adds the values that are the folded text of others. */
function* addUnfolded(groups: Groups, uses: Iterable<Use>): InSteps<void> {
  let count = 0;
  for (const { feature, values, candidate } of uses) {
    const ofFeature = groups.get(feature);
    if (ofFeature === undefined) continue;
    for (const value of values) {
      if ((count += 1) % STEP === 0) yield;
      const group = ofFeature.get(value);
      if (group !== undefined) add(group, value, candidate);
    }
  }
}

function getOrMake<Value>(maps: Map<string, Map<string, Value>>, key: string): Map<string, Value> {
  const known = maps.get(key) ?? new Map<string, Value>();
  maps.set(key, known);
  return known;
}

function add(group: Group, value: string, candidate: Candidate): void {
  if (!group.has(value)) group.set(value, candidate);
}

/** Through upper case, or ß and SS would differ. */
function foldedCase(text: string): string {
  return text.toUpperCase().toLowerCase();
}

function foldedText(text: string): string {
  if (/^[a-z0-9_\-.@+/=~#]*$/.test(text)) return text;
  return foldedCase(text.normalize('NFKC')).normalize('NFKC');
}

function describe(feature: string, values: Group): Finding {
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
