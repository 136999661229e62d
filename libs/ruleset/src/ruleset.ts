import {
  HeksherError,
  invalid,
  isSettingName,
  type JsonText,
  listed,
  MOST_ENTRIES,
  quoted,
  SETTING_NAME_RULE,
} from '@heksher/core';
import { type LoadedRollout } from './loaded-rollout.js';
import { type RuleTable, type StoredRule } from './rule-table.js';
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
  /** The context features that rules may have conditions on, in any order. */
  configurableFeatures: readonly string[];
  metadata: JsonText;
  /** By ascending id. */
  rollouts: readonly LoadedRollout[];
}>;

/**
 * A setting with its rules, which only this library unpacks; those that an older one with the same conditions shadows are
 * kept apart. A setting of which anything changes is another object, so that what is derived of one can be cached by it.
 */
export type Setting = SettingHead &
  Readonly<{
    rules: RuleTable;
    shadowed: readonly StoredRule[];
    /** What stands before and after the rules in an answer, with the comma that follows another setting. */
    opening: string;
    closing: string;
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

/** Without spreading, which may give each object a hidden class of its own: see docs/decisions/v8.md. */
export function makeSetting(
  { name, type, version, defaultValue, aliases, configurableFeatures, metadata, rollouts }: SettingHead,
  rules: RuleTable,
  shadowed: readonly StoredRule[],
): Setting {
  const opening = `,${JSON.stringify(name)}:{"rules":[`;
  const closing = `],"default_value":${defaultValue}}`;
  return {
    name,
    type,
    version,
    defaultValue,
    aliases,
    configurableFeatures,
    metadata,
    rollouts,
    rules,
    shadowed,
    opening,
    closing,
  };
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
    features: features instanceof Set ? features : new Set(features),
    settings: new Map(sorted.map((setting) => [setting.name, setting])),
    aliases: new Map(sorted.flatMap(({ name, aliases }) => aliases.map((alias) => [alias, name]))),
    vocabulary,
  };
}

/** How many rules a setting has, shadowed ones apart. */
export function ruleCount({ rules }: Setting): number {
  return rules.ids.length;
}

export function countRules({ settings }: Ruleset): number {
  let count = 0;
  for (const setting of settings.values()) count += ruleCount(setting);
  return count;
}

/** The setting of that name or alias. */
export function findSetting({ settings, aliases }: Ruleset, name: string): Setting | undefined {
  return settings.get(name) ?? settings.get(aliases.get(name) ?? '');
}

/**
 * The settings of these names or aliases, each once, in the order of the names given; all, by name, where none are given.
 * @throws HeksherError `not_found` that names those which do not exist, `invalid` where one of these could never exist
 */
export function findSettings(ruleset: Ruleset, names: readonly string[] | undefined): Iterable<Setting> {
  if (names === undefined) return ruleset.settings.values();
  const found: Setting[] = [];
  const unknown: string[] = [];
  for (const name of names) {
    const setting = findSetting(ruleset, name);
    if (setting === undefined) unknown.push(name);
    else found.push(setting);
  }
  if (unknown.length === 0) return distinct(found);
  throw unknownSettings(unknown, names);
}

/** Removes repeats; for few settings without hashing (ten: 4 times as fast, Node 20). */
function distinct(settings: readonly Setting[]): Iterable<Setting> {
  if (settings.length > 32) return new Set(settings);
  return settings.filter((setting, index) => settings.indexOf(setting) === index);
}

/** A name that could never be one is malformed input, not something that happens to be missing. */
function unknownSettings(names: readonly string[], asked: readonly string[]): HeksherError {
  const odd = names.find((name) => !isSettingName(name));
  if (odd !== undefined) {
    const message = `settings must be names separated by commas; ${quoted(odd)} is none: ${SETTING_NAME_RULE}`;
    return invalid(message, 'settings', { pointer: `/settings/${asked.indexOf(odd)}` });
  }
  const errors = names.slice(0, MOST_ENTRIES).map((name) => ({
    field: 'settings',
    pointer: `/settings/${asked.indexOf(name)}`,
    code: 'setting_not_found' as const,
    message: `the setting ${quoted(name)} does not exist`,
  }));
  const omitted = names.length - errors.length;
  return new HeksherError('not_found', `the settings ${listed(names)} do not exist`, {
    errors,
    omitted,
    subject: 'setting',
  });
}

/** The ids of all rules of a setting, shadowed ones too, ascending. */
export function ruleIds({ rules, shadowed }: Setting): Int32Array {
  if (shadowed.length === 0) return rules.ids;
  return Int32Array.from([...rules.ids, ...shadowed.map(({ id }) => id)]).sort();
}
