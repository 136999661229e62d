import {
  conditionsKey,
  earlierName,
  forEachInSteps,
  type InSteps,
  jsonText,
  type ResourceChange,
  type SettingRenaming,
  writeJson,
} from '@heksher/core';
import {
  type LoadedRollout,
  ruleIds,
  type Ruleset,
  searchRules,
  type Setting,
  type StoredRule,
} from '@heksher/ruleset';
import { additionalMembers, settingMembers, storedRolloutMembers } from '../browsing/texts.js';

type Op = ResourceChange['op'];

/** Two states; `earlier` is what a setting of the new one was called in the old one. */
type Compared = Readonly<{ old: Ruleset; now: Ruleset; earlier: (name: string) => string | undefined }>;

/** A page of what differs: what comes before and after it is only counted. */
export class DifferencePage {
  readonly changes: ResourceChange[] = [];
  count = 0;

  constructor(
    private readonly skipped: number,
    private readonly most: number,
  ) {}

  add(make: () => ResourceChange): void {
    const place = this.count - this.skipped;
    if (place >= 0 && place < this.most) this.changes.push(make());
    this.count += 1;
  }
}

/**
 * What differs between two states, as changes from the old to the new one, in an order that is always the same. Settings that did not
 * change are the very same in both, since past rulesets share them.
 * @param renamings between the two, in their order
 * @param isBack whether the new state is the older one
 */
export function* differences(
  old: Ruleset,
  now: Ruleset,
  renamings: readonly SettingRenaming[],
  { isBack, only, page }: Readonly<{ isBack: boolean; only: ReadonlySet<string> | undefined; page: DifferencePage }>,
): InSteps<void> {
  const steps = isBack ? renamings.toReversed().map(({ from, to }) => ({ from: to, to: from })) : renamings;
  const compared = { old, now, earlier: (name: string) => earlierName(name, steps) };
  const [before, after] = [[...old.features], [...now.features]].map((features) => jsonText(writeJson(features ?? [])));
  if (only === undefined && before !== after && before !== undefined && after !== undefined)
    page.add(() => ({ kind: 'context_features', op: 'changed', old: before, new: after }));
  const pairs = pairsOf(compared, only);
  // What did not change would look otherwise where features were moved.
  const inOrder = { ...now, features: new Set([...now.features, ...old.features]) };
  for (const [earlier, later] of pairs) {
    yield;
    if (earlier !== undefined && later !== undefined && settingText(inOrder, earlier) === settingText(inOrder, later))
      continue;
    const setting = (later ?? earlier)?.name ?? '';
    const texts = () => ({
      old: textOr(earlier && settingText(old, earlier)),
      new: textOr(later && settingText(now, later)),
    });
    page.add(() => ({ kind: 'setting', op: opOf(earlier, later), setting, ...texts() }));
  }
  const different = pairs.filter(([earlier, later]) => earlier !== later);
  const movedRules = yield* movedAmong(different, ruleIds);
  for (const pair of different) yield* ruleDifferences(compared, pair, movedRules, page);
  const movedRollouts = yield* movedAmong(different, ({ rollouts }) => rollouts.map(({ id }) => id));
  for (const pair of different) yield* rolloutDifferences(pair, movedRollouts, page);
}

type Pair = readonly [old: Setting | undefined, now: Setting | undefined];

function pairsOf({ old, now, earlier }: Compared, only: ReadonlySet<string> | undefined): readonly Pair[] {
  const pairs: Pair[] = [];
  const met = new Set<string>();
  for (const setting of now.settings.values()) {
    const name = earlier(setting.name);
    const before = name === undefined ? undefined : old.settings.get(name);
    if (before !== undefined) met.add(before.name);
    if (before !== setting || old.features !== now.features) pairs.push([before, setting]);
  }
  for (const setting of old.settings.values()) if (!met.has(setting.name)) pairs.push([setting, undefined]);
  if (only === undefined) return pairs;
  return pairs.filter((pair) => pair.some((setting) => setting !== undefined && only.has(setting.name)));
}

function settingText(ruleset: Ruleset, setting: Setting): string {
  return `{${settingMembers(setting)},${additionalMembers(ruleset, setting)}}`;
}

function textOr(text: string | undefined): ResourceChange['old'] {
  return text === undefined ? null : jsonText(text);
}

function opOf(old: unknown, now: unknown): Op {
  return old === undefined ? 'created' : now === undefined ? 'deleted' : 'changed';
}

/** The settings that rules or rollouts, by their ids, were of, which are of others now: by SQL they can get there. */
type Moved = ReadonlyMap<number, Setting>;

function* movedAmong(pairs: readonly Pair[], idsOf: (setting: Setting) => Iterable<number>): InSteps<Moved> {
  const [gone, moved] = [new Map<number, Setting>(), new Map<number, Setting>()];
  const come = new Set<number>();
  if (pairs.length < 2) return moved;
  for (const [earlier, later] of pairs) {
    const ids = new Set(later && idsOf(later));
    yield;
    if (earlier !== undefined) {
      yield* forEachInSteps(idsOf(earlier), (id) => {
        if (!ids.delete(id)) gone.set(id, earlier);
      });
    }
    for (const id of ids) come.add(id);
  }
  yield* forEachInSteps(gone, ([id, setting]) => {
    if (come.has(id)) moved.set(id, setting);
  });
  return moved;
}

function* ruleDifferences(
  { old, now }: Compared,
  [earlier, later]: Pair,
  moved: Moved,
  page: DifferencePage,
): InSteps<void> {
  const write = ({ value, conditions, metadata }: StoredRule, setting: string): string =>
    `{"setting":${JSON.stringify(setting)},"value":${value},"feature_values":${JSON.stringify(conditions)},"metadata":${metadata}}`;
  for (const both of joined(rulesOf(old, earlier), rulesOf(now, later))) {
    if (both === undefined) {
      yield;
      continue;
    }
    const [own, to] = both;
    const shown = to ?? own;
    if (shown === undefined || (to === undefined && moved.has(shown.id))) continue;
    const origin = own === undefined ? moved.get(shown.id) : earlier;
    const from = own ?? (origin && ruleOf(old, origin, shown.id));
    if (own !== undefined && to !== undefined && keyOf(own) === keyOf(to)) continue;
    const names = { before: origin?.name ?? '', after: later?.name ?? '' };
    page.add(() => ({
      ...{ kind: 'rule', op: opOf(from, to), setting: to === undefined ? names.before : names.after },
      ...{ rule_id: shown.id, conditions: shown.conditions },
      old: textOr(from && write(from, names.before)),
      new: textOr(to && write(to, names.after)),
    }));
  }
}

function ruleOf(ruleset: Ruleset, setting: Setting, id: number): StoredRule | undefined {
  for (const rule of searchRules(ruleset, setting, {}, id - 1)) if (rule !== undefined) return rule;
  return undefined;
}

function rulesOf(ruleset: Ruleset, setting: Setting | undefined): Iterable<StoredRule | undefined> {
  return setting === undefined ? [] : searchRules(ruleset, setting, {}, 0);
}

/**
 * What has the same id in two lists by ascending id, or is in one of them alone.
 * @param before with undefined after each step of work, as `after`, and as what this gives
 */
function* joined<T extends Readonly<{ id: number }>>(
  before: Iterable<T | undefined>,
  after: Iterable<T | undefined>,
): Generator<readonly [T | undefined, T | undefined] | undefined> {
  const [left, right] = [before[Symbol.iterator](), after[Symbol.iterator]()];
  let [from, to] = [left.next(), right.next()];
  for (let count = 1; from.done !== true || to.done !== true; count += 1) {
    if (count % ITEMS_PER_STEP === 0) yield undefined;
    const [a, b] = [from.done === true ? undefined : from.value, to.done === true ? undefined : to.value];
    if (from.done !== true && a === undefined) {
      yield undefined;
      from = left.next();
    } else if (to.done !== true && b === undefined) {
      yield undefined;
      to = right.next();
    } else {
      const [idA, idB] = [a?.id ?? Infinity, b?.id ?? Infinity];
      yield [idA <= idB ? a : undefined, idB <= idA ? b : undefined];
      if (idA <= idB) from = left.next();
      if (idB <= idA) to = right.next();
    }
  }
}

/** Equal for rules that are equal, in whatever order the context features are. */
function keyOf({ value, conditions, metadata }: StoredRule): string {
  return JSON.stringify([value, conditionsKey(conditions), metadata]);
}

const ITEMS_PER_STEP = 256;

function* rolloutDifferences([earlier, later]: Pair, moved: Moved, page: DifferencePage): InSteps<void> {
  for (const both of joined(earlier?.rollouts ?? [], later?.rollouts ?? [])) {
    yield;
    const [own, to] = both ?? [];
    const shown = to ?? own;
    if (shown === undefined || (to === undefined && moved.has(shown.id))) continue;
    const origin = own === undefined ? moved.get(shown.id) : earlier;
    const from = own ?? origin?.rollouts.find(({ id }) => id === shown.id);
    const names = { before: origin?.name ?? '', after: later?.name ?? '' };
    if (own === to && names.before === names.after) continue;
    const members = yield* memberDifferences(from, to);
    const isSame = own !== undefined && to !== undefined && rolloutKey(own) === rolloutKey(to);
    if (isSame && members.added + members.removed === 0) continue;
    page.add(() => ({
      ...{ kind: 'rollout', op: opOf(from, to), setting: to === undefined ? names.before : names.after },
      ...{ rollout_id: shown.id, feature: shown.feature, conditions: shown.conditions, members },
      old: textOr(from && rolloutText(from, names.before)),
      new: textOr(to && rolloutText(to, names.after)),
    }));
  }
}

function rolloutKey(rollout: LoadedRollout): string {
  return rolloutText(rollout.withConditions([]), '') + conditionsKey(rollout.conditions);
}

/** Without the number of members, as in a history. */
function rolloutText(rollout: LoadedRollout, setting: string): string {
  return `{${storedRolloutMembers(rollout, setting).replace(/,"member_count":\d+$/, '')}}`;
}

function* memberDifferences(
  before: LoadedRollout | undefined,
  after: LoadedRollout | undefined,
): InSteps<Readonly<{ added: number; removed: number }>> {
  if (before?.members === after?.members) return { added: 0, removed: 0 };
  let kept = 0;
  let looked = 0;
  for (const unit of before?.members ?? []) {
    if ((looked += 1) % ITEMS_PER_STEP === 0) yield;
    if (after?.members.has(unit) === true) kept += 1;
  }
  return { added: (after?.members.size ?? 0) - kept, removed: (before?.members.size ?? 0) - kept };
}
