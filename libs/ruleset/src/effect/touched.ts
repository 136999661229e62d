import { type Condition, conditionsKey, type InSteps, jsonKey, type Outcome, shareAt } from '@heksher/core';
import { type LoadedRollout } from '../loaded-rollout.js';
import { type MemberSet } from '../member-set.js';
import { startOf } from '../rule-numbers.js';
import { ruleAt, type RuleTable, type StoredRule, textOf } from '../rule-table.js';

/** The rules that came and those that went; one that changed is in both, as it is and as it was. */
export type TouchedRules = Readonly<{ gone: readonly StoredRule[]; come: readonly StoredRule[] }>;

/** Rows whose texts are compared at once. */
const RUN = 256;

/** Compares the rules of two tables, by id. */
export function* compareRules(before: RuleTable, after: RuleTable): InSteps<TouchedRules> {
  const gone: StoredRule[] = [];
  const come: StoredRule[] = [];
  if (before === after) return { gone, come };
  let [old, now] = [0, 0];
  while (old < before.ids.length || now < after.ids.length) {
    yield;
    if (isSameRun(before, old, after, now)) {
      old += RUN;
      now += RUN;
      continue;
    }
    for (let untilRun = RUN; untilRun > 0; untilRun -= 1) {
      const [oldId = Infinity, nowId = Infinity] = [before.ids[old], after.ids[now]];
      if (oldId === Infinity && nowId === Infinity) break;
      const isSame = oldId === nowId && isSameRule(before, old, after, now);
      if (!isSame && oldId <= nowId) gone.push(ruleAt(before, old));
      if (!isSame && nowId <= oldId) come.push(ruleAt(after, now));
      if (oldId <= nowId) old += 1;
      if (nowId <= oldId) now += 1;
    }
  }
  return { gone, come };
}

function isSameRun(before: RuleTable, old: number, after: RuleTable, now: number): boolean {
  if (old + RUN > before.ids.length || now + RUN > after.ids.length) return false;
  for (let place = 0; place < RUN; place += 1) if (before.ids[old + place] !== after.ids[now + place]) return false;
  const lengthOf = ({ numbers }: RuleTable, row: number): number => startOf(numbers, row + RUN) - startOf(numbers, row);
  return (
    lengthOf(before, old) === lengthOf(after, now) && textOf(before, old, old + RUN) === textOf(after, now, now + RUN)
  );
}

function isSameRule(before: RuleTable, old: number, after: RuleTable, now: number): boolean {
  if (textOf(before, old) === textOf(after, now)) return true;
  const [was, is] = [ruleAt(before, old), ruleAt(after, now)];
  return was.value === is.value && conditionsKey(was.conditions) === conditionsKey(is.conditions);
}

/** How members differ, in numbers. */
export type MembersChange = Readonly<{ added: number; removed: number }>;

/** A rollout as it was and is, by feature and conditions; undefined: there was none, or is none. */
export type RolloutPair = Readonly<{
  before: LoadedRollout | undefined;
  after: LoadedRollout | undefined;
  members: MembersChange;
  /** Whether whom it admits, or what it gives them, may differ. */
  isTouched: boolean;
}>;

export function* pairRollouts(
  before: readonly LoadedRollout[],
  after: readonly LoadedRollout[],
): InSteps<readonly RolloutPair[]> {
  const afterByKey = new Map(after.map((rollout) => [rolloutKey(rollout), rollout]));
  const pairs: RolloutPair[] = [];
  for (const rollout of before) {
    const key = rolloutKey(rollout);
    pairs.push(yield* pairOf(rollout, afterByKey.get(key)));
    afterByKey.delete(key);
  }
  for (const rollout of afterByKey.values()) pairs.push(yield* pairOf(undefined, rollout));
  return pairs;
}

/** Its natural key: a setting has one rollout for each. */
export function rolloutKey({
  feature,
  conditions,
}: Readonly<{ feature: string; conditions: readonly Condition[] }>): string {
  return `${feature} ${conditionsKey(conditions)}`;
}

function* pairOf(before: LoadedRollout | undefined, after: LoadedRollout | undefined): InSteps<RolloutPair> {
  const members = yield* compareMembers(before?.members, after?.members);
  const isSame = before !== undefined && after !== undefined && (before === after || decideAlike(before, after));
  return { before, after, members, isTouched: !isSame || members.added + members.removed > 0 };
}

function decideAlike(a: LoadedRollout, b: LoadedRollout): boolean {
  if (a.enabled !== b.enabled || a.hash !== b.hash || a.salt !== b.salt) return false;
  if (a.pattern?.source !== b.pattern?.source || a.shareText !== b.shareText) return false;
  return a.id === b.id && outcomeKey(a.outcome) === outcomeKey(b.outcome);
}

function outcomeKey(outcome: Outcome): string {
  if (outcome.kind === 'value') return jsonKey(outcome.value);
  return JSON.stringify(outcome.variants.map(({ name, value, weight }) => [name, jsonKey(value), weight]));
}

const MEMBERS_PER_STEP = 2_048;

function* compareMembers(before: MemberSet | undefined, after: MemberSet | undefined): InSteps<MembersChange> {
  if (before === after) return { added: 0, removed: 0 };
  const removed = yield* countMissing(before, after);
  return { removed, added: (after?.size ?? 0) - ((before?.size ?? 0) - removed) };
}

/** How many units of one are not in the other. */
function* countMissing(from: MemberSet | undefined, to: MemberSet | undefined): InSteps<number> {
  if (from === undefined || to === undefined) return from?.size ?? 0;
  let [missing, tested] = [0, 0];
  for (const unit of from) {
    if (!to.has(unit)) missing += 1;
    if ((tested += 1) % MEMBERS_PER_STEP === 0) yield;
  }
  return missing;
}

/** The percentage of a rollout at an instant, in thousandths; undefined: it is switched off, or not there. */
export function thousandthsAt(rollout: LoadedRollout | undefined, atMs: number): number | undefined {
  return rollout?.enabled === true ? shareAt(rollout.share, atMs) : undefined;
}
