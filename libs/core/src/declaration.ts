import { atOnce, flatMapSteps, type InSteps } from './in-steps.js';
import { jsonEquals, type JsonText } from './json.js';
import { parseStoredJson } from './json-parser.js';
import { rawJson, type Writable } from './json-writer.js';
import { isSubtype, sameType, type SettingType } from './setting-type.js';
import { fitOf } from './stored-values.js';
import { compareVersions, type Version } from './version.js';

/** What a client says a setting is. Its configurable features have no order that counts. */
export type Declaration = Readonly<{
  name: string;
  type: SettingType;
  defaultValue: JsonText;
  configurableFeatures: readonly string[];
  metadata: ReadonlyMap<string, JsonText>;
  version: Version;
}>;

/** A setting as it is stored, its features in feature order. `type` is null where `typeText` is not readable to us. */
export type Setting = Omit<Declaration, 'type'> & Readonly<{ type: SettingType | null; typeText: string }>;

/** What of a rule or a rollout bears on a declaration: each value it may give, and the features it goes by. */
export type Use = Readonly<{ id: number; values: readonly JsonText[]; features: readonly string[] }>;

/** What holds on to a setting. */
export type Uses = Readonly<{ rules: readonly Use[]; rollouts: readonly Use[] }>;

export const NO_USES: Uses = { rules: [], rollouts: [] };

/** How much a change breaks: nothing for readers, something, or a rule or rollout that exists. */
export type DifferenceLevel = 'minor' | 'major' | 'mismatch';

export type Difference =
  | Readonly<{ level: DifferenceLevel; attribute: string; latestValue: Writable }>
  | Readonly<{ level: DifferenceLevel; message: string }>;

export type DeclarationOutcome =
  | Readonly<{ kind: 'uptodate' }>
  | Readonly<{ kind: 'mismatch' | 'outdated' | 'upgraded' | 'rejected'; differences: readonly Difference[] }>;

/** Whether compareDeclaration must know the uses; where not, it gives the same answer without them. */
export function needsUses(latest: Setting, declared: Declaration): boolean {
  if (compareVersions(declared.version, latest.version) < 0) return false;
  const isRemoving = without(latest.configurableFeatures, declared.configurableFeatures).length > 0;
  return isRemoving || !haveSameType(latest.type, declared.type);
}

/**
 * Decides what declaring `declared` does to the setting as it is: nothing (`uptodate`, `outdated`), a change to what was
 * declared (`upgraded`), or a refusal (`mismatch` at the same version, `rejected` at a higher one).
 */
export function compareDeclaration(latest: Setting, declared: Declaration, uses: Uses): DeclarationOutcome {
  return atOnce(compareDeclarationSteps(latest, declared, uses));
}

/** Does as compareDeclaration, in steps of about a millisecond: for uses by very many rules. */
export function* compareDeclarationSteps(
  latest: Setting,
  declared: Declaration,
  uses: Uses,
): InSteps<DeclarationOutcome> {
  const order = compareVersions(declared.version, latest.version);
  // The latest is what became of an older declaration; today's rules and rollouts say nothing about that.
  if (order < 0) return { kind: 'outdated', differences: yield* listDifferences(declared, latest, latest, NO_USES) };
  const differences = yield* listDifferences(latest, declared, latest, uses);
  if (order === 0) return differences.length === 0 ? { kind: 'uptodate' } : { kind: 'mismatch', differences };
  const isMajor = declared.version.major > latest.version.major;
  const isAccepted = differences.every(({ level }) => level === 'minor' || (level === 'major' && isMajor));
  return { kind: isAccepted ? 'upgraded' : 'rejected', differences };
}

/** A difference as the API shows it. */
export function formatDifference(difference: Difference): Writable {
  if ('message' in difference) return { level: difference.level, message: difference.message };
  return { level: difference.level, attribute: difference.attribute, latest_value: difference.latestValue };
}

const USE_KINDS = ['rules', 'rollouts'] as const satisfies readonly (keyof Uses)[];

type Side = Omit<Setting, 'typeText'>;

function* listDifferences(from: Side, to: Side, latest: Setting, uses: Uses): InSteps<readonly Difference[]> {
  const metadata = new Map(Array.from(latest.metadata, ([key, text]) => [key, rawJson(text)]));
  const differences = [
    ...(yield* compareFeatures(from, to, latest, uses)),
    ...(yield* compareTypes(from.type, to.type, latest, uses)),
    ...minorUnless(from.name === to.name, 'name', latest.name),
    ...minorUnless(haveSameValue(from.defaultValue, to.defaultValue), 'default_value', rawJson(latest.defaultValue)),
    ...minorUnless(haveSameMetadata(from.metadata, to.metadata), 'metadata', metadata),
  ];
  const levels = ['minor', 'major', 'mismatch'] as const;
  return levels.flatMap((level) => differences.filter((difference) => difference.level === level));
}

function* compareFeatures(from: Side, to: Side, latest: Setting, uses: Uses): InSteps<Difference[]> {
  const removed = without(from.configurableFeatures, to.configurableFeatures);
  const added = without(to.configurableFeatures, from.configurableFeatures);
  const differences: Difference[] = [];
  if (added.length > 0) {
    differences.push({ level: 'major', attribute: 'configurable_features', latestValue: latest.configurableFeatures });
  }
  for (const kind of USE_KINDS) {
    const used = new Set<string>();
    const users = yield* flatMapSteps(uses[kind], (use) => {
      const without = use.features.filter((feature) => removed.includes(feature));
      for (const feature of without) used.add(feature);
      return without.length > 0 ? [use] : [];
    });
    if (users.length === 0) continue;
    const message = `configurable features ${pythonNames([...used])} are still in use by ${kind} ${pythonIds(users)}`;
    differences.push({ level: 'mismatch', message });
  }
  if (removed.length === 0 || differences.length > 0) return differences;
  return [{ level: 'minor', message: `removal of configurable features ${pythonNames(removed)}` }];
}

function* compareTypes(
  from: SettingType | null,
  to: SettingType | null,
  latest: Setting,
  uses: Uses,
): InSteps<Difference[]> {
  if (haveSameType(from, to)) return [];
  const isNarrower = from !== null && to !== null && isSubtype(to, from);
  const change: Difference = { level: isNarrower ? 'minor' : 'major', attribute: 'type', latestValue: latest.typeText };
  if (to === null) return [change];
  const mismatches: Difference[] = [];
  for (const kind of USE_KINDS) mismatches.push(...(yield* findUnfit(to, kind, uses[kind])));
  return mismatches.length > 0 ? mismatches : [change];
}

function* findUnfit(type: SettingType, kind: keyof Uses, uses: readonly Use[]): InSteps<Difference[]> {
  const isFit = fitOf(type);
  const unfit = yield* flatMapSteps(uses, (use) => (use.values.every(isFit) ? [] : [use]));
  if (unfit.length === 0) return [];
  return [{ level: 'mismatch', message: `setting type incompatible with values for ${kind}: ${pythonIds(unfit)}` }];
}

function minorUnless(isSame: boolean, attribute: string, latestValue: Writable): Difference[] {
  return isSame ? [] : [{ level: 'minor', attribute, latestValue }];
}

function haveSameType(a: SettingType | null, b: SettingType | null): boolean {
  return a !== null && b !== null && sameType(a, b);
}

/** A stored text that is not JSON is like nothing, itself included: declaring a value repairs it. */
function haveSameValue(a: JsonText, b: JsonText): boolean {
  const [one, other] = [parseStoredJson(a), parseStoredJson(b)];
  return one !== null && other !== null && jsonEquals(one, other);
}

function haveSameMetadata(a: ReadonlyMap<string, JsonText>, b: ReadonlyMap<string, JsonText>): boolean {
  if (a.size !== b.size) return false;
  return [...a].every(([key, text]) => {
    const other = b.get(key);
    return other !== undefined && haveSameValue(text, other);
  });
}

function without(items: readonly string[], others: readonly string[]): readonly string[] {
  const excluded = new Set(others);
  return [...new Set(items)].filter((item) => !excluded.has(item));
}

/** Names as Python prints a sorted list of them: `['theme', 'user']`. Clients have been reading this form. */
function pythonNames(names: readonly string[]): string {
  return pythonList([...names].sort().map(pythonString));
}

function pythonString(text: string): string {
  const escaped = text.replace(/[\\']/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
  return `'${escaped}'`;
}

function pythonIds(uses: readonly Use[]): string {
  const ids = new Set(uses.map(({ id }) => id));
  return pythonList([...ids].sort((a, b) => a - b).map(String));
}

/** The first of very many, and how many more. */
function pythonList(items: readonly string[]): string {
  const list = `[${items.slice(0, MOST_LISTED).join(', ')}]`;
  return items.length > MOST_LISTED ? `${list} and ${items.length - MOST_LISTED} more` : list;
}

const MOST_LISTED = 50;
