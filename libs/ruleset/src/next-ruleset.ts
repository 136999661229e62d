import { type InSteps } from '@heksher/core';
import { patchedTable } from './patched-table.js';
import { groupsOf } from './rule-numbers.js';
import { RuleTableBuilder } from './rule-table-builder.js';
import { placeOf, type StoredRule } from './rule-table.js';
import { makeRuleset, makeSetting, type Revision, type Ruleset, type Setting, type SettingHead } from './ruleset.js';
import { type Vocabulary } from './vocabulary.js';

/** A setting as it is now. */
export type SettingChange = Readonly<{
  head: SettingHead;
  /** Its name in the previous ruleset, whose rules it keeps except those touched; undefined: none. */
  base: string | undefined;
  /** Its touched rules as they are now, in any order; without a base all its rules. */
  rules: readonly StoredRule[];
}>;

/** What changed since a ruleset. */
export type RulesetChange = Readonly<{
  revision: Revision;
  /** The settings that may have changed, by the names they had and have; of these those that there are. */
  touched: readonly string[];
  present: readonly SettingChange[];
  /** Ids of rules, of any setting, that may have come, gone or changed. */
  touchedRules: ReadonlySet<number>;
}>;

/** Applies a change: the next ruleset shares everything unchanged with the previous one. */
export function* nextRuleset(previous: Ruleset, change: RulesetChange): InSteps<Ruleset> {
  const { features, aliases, vocabulary } = previous;
  const { revision, touched } = change;
  const present: Setting[] = [];
  for (const one of change.present) {
    present.push(yield* nextSetting(previous, one, change.touchedRules));
    yield;
  }
  const settings = new Map(previous.settings);
  if (isInPlace(previous, touched, present)) {
    for (const setting of present) settings.set(setting.name, setting);
    return yield* tidied({ revision, features, settings, aliases, vocabulary });
  }
  for (const name of touched) settings.delete(name);
  return yield* tidied(makeRuleset(revision, features, [...settings.values(), ...present], vocabulary));
}

/** Whether names and aliases, and so the order of settings, are unchanged. */
function isInPlace(previous: Ruleset, touched: readonly string[], present: readonly Setting[]): boolean {
  if (touched.length !== present.length) return false;
  return present.every(({ name, aliases }) => sameNames(previous.settings.get(name)?.aliases, aliases));
}

function sameNames(before: readonly string[] | undefined, now: readonly string[]): boolean {
  return before?.length === now.length && before.every((name, index) => name === now[index]);
}

function* nextSetting(
  { settings, vocabulary }: Ruleset,
  { head, base, rules: present }: SettingChange,
  touchedRules: ReadonlySet<number>,
): InSteps<Setting> {
  const rules = present.toSorted((a, b) => a.id - b.id);
  const before = base === undefined ? undefined : settings.get(base);
  const touched = before === undefined ? touchedRules : touchedOf(before, touchedRules, rules);
  if (before !== undefined && rules.length === 0 && !hasAny(before, touched)) {
    return makeSetting(head, before.rules, before.shadowed);
  }
  if (before?.shadowed.length === 0) {
    const patched = yield* patchedTable(before.rules, touched, rules, vocabulary);
    if (patched !== undefined) return makeSetting(head, patched, []);
  }
  const builder = new RuleTableBuilder(vocabulary);
  if (before === undefined) yield* builder.addAll(rules);
  else yield* merge(builder, before, touched, rules);
  return makeSetting(head, builder.build(), builder.shadowed);
}

/** A rule that was shadowed may no longer be. */
function merge(
  builder: RuleTableBuilder,
  { rules, shadowed }: Setting,
  touched: ReadonlySet<number>,
  present: readonly StoredRule[],
): InSteps<void> {
  const apart = [...shadowed.filter(({ id }) => !touched.has(id)), ...present].sort((a, b) => a.id - b.id);
  return builder.addMerged(rules, touched, apart);
}

/** Of very many touched rules those that matter to a setting, which are few mostly. */
function touchedOf(
  { rules: { ids }, shadowed }: Setting,
  touched: ReadonlySet<number>,
  present: readonly StoredRule[],
): ReadonlySet<number> {
  if (touched.size <= ids.length + shadowed.length + present.length) return touched;
  const own = new Set(present.map(({ id }) => id));
  for (const id of ids) if (touched.has(id)) own.add(id);
  for (const { id } of shadowed) if (touched.has(id)) own.add(id);
  return own;
}

function hasAny({ rules: { ids }, shadowed }: Setting, touched: ReadonlySet<number>): boolean {
  for (const id of touched) if (ids[placeOf(ids, id)] === id) return true;
  return shadowed.some(({ id }) => touched.has(id));
}

/** Drops interned values that no rule uses any more, if they may be many. */
function* tidied(ruleset: Ruleset): InSteps<Ruleset> {
  const { revision, features, settings, aliases, vocabulary } = ruleset;
  if (!vocabulary.isOvergrown) return ruleset;
  const inUse = new Set<number>();
  for (const { rules } of settings.values()) yield* addValues(inUse, rules.numbers, vocabulary);
  return { revision, features, settings, aliases, vocabulary: yield* vocabulary.withoutForgotten(inUse) };
}

const VALUES_PER_STEP = 4_096;

function* addValues(inUse: Set<number>, numbers: Int32Array, vocabulary: Vocabulary): InSteps<void> {
  for (const { columns } of groupsOf(numbers, vocabulary)) {
    for (const column of columns) {
      for (let from = 0; from < column.length; from += VALUES_PER_STEP) {
        for (const value of column.subarray(from, from + VALUES_PER_STEP)) inUse.add(value);
        yield;
      }
    }
  }
}
