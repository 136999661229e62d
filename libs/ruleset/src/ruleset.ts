import { type JsonText } from '@heksher/core';
import { type LoadedRollout } from './loaded-rollout.js';
import { groupsOf } from './rule-numbers.js';
import { RuleTableBuilder } from './rule-table-builder.js';
import { type RuleTable, type StoredRule } from './rule-table.js';
import { mendedTable } from './mended-table.js';
import { longHash } from './text-hash.js';
import { type Vocabulary } from './vocabulary.js';

/** What a database holds at one time. Equal tokens mean equal contents; `seq` grows with every writing statement. */
export type Revision = Readonly<{ seq: string; token: string }>;

/** What a setting is beside its rules. */
export type SettingHead = Readonly<{
  name: string;
  type: string;
  version: string;
  defaultValue: JsonText;
  aliases: readonly string[];
  /** By ascending id. */
  rollouts: readonly LoadedRollout[];
}>;

/** A setting with its rules; those that an older one with the same conditions shadows are kept apart. */
export type Setting = SettingHead &
  Readonly<{
    rules: RuleTable;
    shadowed: readonly StoredRule[];
    /** What stands before and after the rules in an answer, with the comma that follows another setting. */
    opening: string;
    closing: string;
    /** The long hash of both, one after the other: its halves. */
    firstHash: number;
    secondHash: number;
  }>;

/**
 * All that readers are answered from, as of one revision. It never changes: a new revision makes a new one, which
 * shares the settings that stayed as they were.
 */
export type Ruleset = Readonly<{
  revision: Revision;
  /** In order, the most specific last. */
  features: ReadonlySet<string>;
  /** By canonical name, in the order of the names. */
  settings: ReadonlyMap<string, Setting>;
  /** From alias to canonical name. */
  aliases: ReadonlyMap<string, string>;
  vocabulary: Vocabulary;
}>;

/** A setting with the rules of a builder that has them all. */
export function makeSetting(head: SettingHead, builder: RuleTableBuilder): Setting {
  return settingWith(head, builder.build(), builder.shadowed);
}

/** Spelled out, here and below: copies made by spreading have each a shape of their own, and reading them is slow. */
function settingWith(
  { name, type, version, defaultValue, aliases, rollouts }: SettingHead,
  rules: RuleTable,
  shadowed: readonly StoredRule[],
): Setting {
  const opening = `,${JSON.stringify(name)}:{"rules":[`;
  const closing = `],"default_value":${defaultValue}}`;
  const { first: firstHash, second: secondHash } = longHash(opening + closing);
  return {
    name,
    type,
    version,
    defaultValue,
    aliases,
    rollouts,
    rules,
    shadowed,
    opening,
    closing,
    firstHash,
    secondHash,
  };
}

/** A setting with the rules it had, but for the `touched`, of which those that there are now are `present`. */
export function nextSetting(
  head: SettingHead,
  previous: Setting | undefined,
  touched: ReadonlySet<number>,
  present: readonly StoredRule[],
  vocabulary: Vocabulary,
): Setting {
  if (previous?.shadowed.length === 0) {
    const mended = mendedTable(previous.rules, touched, present, vocabulary);
    if (mended !== undefined) return settingWith(head, mended, []);
  }
  const builder = new RuleTableBuilder(vocabulary);
  const shadowed = previous?.shadowed.filter(({ id }) => !touched.has(id)) ?? [];
  const apart = [...shadowed, ...present].sort((a, b) => a.id - b.id);
  if (previous === undefined) for (const rule of apart) builder.add(rule);
  else builder.addMerged(previous.rules, touched, apart);
  return makeSetting(head, builder);
}

export function makeRuleset(
  revision: Revision,
  features: Iterable<string>,
  settings: Iterable<Setting>,
  vocabulary: Vocabulary,
): Ruleset {
  const sorted = [...settings].sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    revision,
    features: new Set(features),
    settings: new Map(sorted.map((setting) => [setting.name, setting])),
    aliases: new Map(sorted.flatMap(({ name, aliases }) => aliases.map((alias) => [alias, name]))),
    vocabulary,
  };
}

export function countRules({ settings }: Ruleset): number {
  let count = 0;
  for (const { rules } of settings.values()) count += rules.ids.length;
  return count;
}

/** The ruleset that follows: of the settings named `touched`, those that are now are `present`; all else stays. */
export function nextRuleset(
  previous: Ruleset,
  revision: Revision,
  touched: readonly string[],
  present: readonly Setting[],
): Ruleset {
  const { features, aliases, vocabulary } = previous;
  const isInPlace = present.every((setting) =>
    sameNames(previous.settings.get(setting.name)?.aliases, setting.aliases),
  );
  if (isInPlace && touched.length === present.length) {
    const settings = new Map(previous.settings);
    for (const setting of present) settings.set(setting.name, setting);
    return tidied({ revision, features, settings, aliases, vocabulary });
  }
  const settings = new Map(previous.settings);
  for (const name of touched) settings.delete(name);
  return tidied(makeRuleset(revision, features, [...settings.values(), ...present], vocabulary));
}

/** Forgets the values that no rule asks for any more, where they may be many. */
function tidied(ruleset: Ruleset): Ruleset {
  const { revision, features, settings, aliases, vocabulary } = ruleset;
  if (!vocabulary.isOvergrown) return ruleset;
  const inUse = new Set<number>();
  for (const { rules } of settings.values()) {
    for (const { columns } of groupsOf(rules.numbers, vocabulary)) {
      for (const column of columns) for (const value of column) inUse.add(value);
    }
  }
  return { revision, features, settings, aliases, vocabulary: vocabulary.withoutForgotten(inUse) };
}

function sameNames(before: readonly string[] | undefined, now: readonly string[]): boolean {
  return before?.length === now.length && before.every((name, index) => name === now[index]);
}
