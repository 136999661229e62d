import { type Context, type Finding, featureOf, type InSteps, lintSteps, parseStoredSettingType } from '@heksher/core';
import { evaluable } from '../evaluable.js';
import { preparePatterns } from '../loaded-rollout.js';
import { groupsOf } from '../rule-numbers.js';
import { findSetting, type Ruleset, ruleIds, type Setting } from '../ruleset.js';
import { type Cell } from './cell.js';
import { cellsOf, newRoom, type Room } from './cells.js';
import { type RolloutEffect, rolloutEffects } from './rollout-effect.js';
import { type Compared, type Samples, samplesOf } from './samples.js';
import { Side } from './side.js';
import { compareRules, pairRollouts } from './touched.js';

/** What lint finds that it did not, and no longer finds. */
export type LintEffect = Readonly<{ added: readonly Finding[]; removed: readonly Finding[] }>;

/** What a change does to a setting, named as it is after, or was where it is deleted. */
export type SettingEffect = Readonly<{
  setting: string;
  outcome: 'created' | 'deleted' | 'changed';
  /** What it was called before, where that was something else. */
  renamedFrom: string | undefined;
  /** The contexts for which another value is decided; of one that is created or deleted none is listed. */
  cells: readonly Cell[];
  /** Whether there may be more. */
  more: boolean;
  rollouts: readonly RolloutEffect[];
  /** Undefined: the setting is too large. */
  lint: LintEffect | undefined;
}>;

/** What would be decided otherwise after a change. */
export type Effect = Readonly<{ settings: readonly SettingEffect[]; samples: Samples | undefined }>;

export type EffectOptions = Readonly<{
  /** Names of the settings that may have changed, before or after, aliases too. */
  settings: Iterable<string>;
  /** The time that ramps go by. */
  atMs: number;
  /** Contexts of which is counted how many change. */
  contexts?: readonly Context[] | undefined;
}>;

/** Linting more rules would take longer than the rest. */
const MOST_LINTED = 2_000;

/**
 * Compares what two rulesets decide on the settings that may have changed. The work depends on what was touched and what overlaps
 * with that; the cells listed, of all settings together, are limited.
 */
export function* effectOf(before: Ruleset, after: Ruleset, options: EffectOptions): InSteps<Effect> {
  const { atMs, contexts } = options;
  const room = newRoom();
  const settings: SettingEffect[] = [];
  const compared: Compared[] = [];
  for (const { old, now } of pairSettings(before, after, options.settings)) {
    yield;
    if (old === undefined || now === undefined) {
      settings.push(appeared(old, now));
      continue;
    }
    if (old === now && !isReordered(before, after, old, now)) continue;
    const one = yield* compare({ ruleset: before, setting: old }, { ruleset: after, setting: now }, atMs);
    compared.push(one);
    settings.push(yield* effectOn(one, room, atMs));
  }
  return { settings, samples: contexts && (yield* samplesOf(compared, contexts, atMs)) };
}

type PairedSettings = Readonly<{ old: Setting | undefined; now: Setting | undefined }>;

function* pairSettings(before: Ruleset, after: Ruleset, names: Iterable<string>): Generator<PairedSettings> {
  const paired = new Set<Setting>();
  for (const name of names) {
    const now = findSetting(after, name);
    const old = now === undefined ? findSetting(before, name) : previousOf(before, now);
    const key = now ?? old;
    if (key === undefined || paired.has(key)) continue;
    paired.add(key);
    yield { old, now };
  }
}

/** The setting that had the name, or one that is an alias now. */
function previousOf(before: Ruleset, { name, aliases }: Setting): Setting | undefined {
  const known = findSetting(before, name);
  if (known !== undefined) return known;
  for (const alias of aliases) {
    const renamed = before.settings.get(alias);
    if (renamed !== undefined) return renamed;
  }
  return undefined;
}

function appeared(old: Setting | undefined, now: Setting | undefined): SettingEffect {
  return {
    setting: (now ?? old)?.name ?? '',
    outcome: now === undefined ? 'deleted' : 'created',
    renamedFrom: undefined,
    cells: [],
    more: false,
    rollouts: [],
    lint: { added: [], removed: [] },
  };
}

/** Whether features that rules or rollouts name stand in another order. */
function isReordered(before: Ruleset, after: Ruleset, old: Setting, now: Setting): boolean {
  const used = new Set([...usedBy(before, old), ...usedBy(after, now)]);
  const inOrder = (one: Ruleset, other: Ruleset): string =>
    [...one.features].filter((feature) => used.has(feature) && other.features.has(feature)).join();
  return inOrder(before, after) !== inOrder(after, before);
}

function* usedBy({ vocabulary }: Ruleset, { rules, rollouts }: Setting): Generator<string> {
  for (const { list } of groupsOf(rules.numbers, vocabulary)) yield* vocabulary.featuresOf(list);
  for (const { feature, conditions } of rollouts) yield* [feature, ...conditions.map(featureOf)];
}

type One = Compared['before'];

function* compare(before: One, after: One, atMs: number): InSteps<Compared> {
  const [old, now] = [before.setting, after.setting];
  yield* preparePatterns([...old.rollouts, ...now.rollouts]);
  const comparison = {
    before: new Side(before.ruleset, old, atMs),
    after: new Side(after.ruleset, now, atMs),
    rules: yield* compareRules(old.rules, now.rules),
    rollouts: yield* pairRollouts(old.rollouts, now.rollouts),
    isReordered: isReordered(before.ruleset, after.ruleset, old, now),
    atMs,
  };
  return { before, after, comparison };
}

function* effectOn({ before, after, comparison }: Compared, room: Room, atMs: number): InSteps<SettingEffect> {
  const [old, now] = [before.setting, after.setting];
  const cells = yield* cellsOf(comparison, room);
  return {
    setting: now.name,
    outcome: 'changed',
    renamedFrom: old.name === now.name ? undefined : old.name,
    ...cells,
    rollouts: yield* rolloutEffects(comparison.rollouts, atMs),
    lint: yield* lintEffect(before, after, atMs),
  };
}

function* lintEffect(before: One, after: One, atMs: number): InSteps<LintEffect | undefined> {
  const [old, now] = [yield* findingsOf(before, atMs), yield* findingsOf(after, atMs)];
  if (old === undefined || now === undefined) return undefined;
  const keyOf = ({ kind, message }: Finding): string => `${kind} ${message}`;
  const [oldKeys, nowKeys] = [new Set(old.map(keyOf)), new Set(now.map(keyOf))];
  return {
    added: now.filter((finding) => !oldKeys.has(keyOf(finding))),
    removed: old.filter((finding) => !nowKeys.has(keyOf(finding))),
  };
}

function* findingsOf({ ruleset, setting }: One, atMs: number): InSteps<readonly Finding[] | undefined> {
  if (ruleIds(setting).length > MOST_LINTED) return undefined;
  const whole = yield* evaluable(ruleset, setting, 'with shadowed');
  const rollouts = whole.rollouts.filter(({ problem }) => problem === undefined);
  return yield* lintSteps({ ...whole, rollouts, type: parseStoredSettingType(setting.type) }, atMs);
}
