import { type Condition, type JsonText, jsonText } from '@heksher/core';
import { type LoadedRollout } from './loaded-rollout.js';

/** What a database holds at one time. Equal tokens mean equal contents; `seq` grows with every writing statement. */
export type Revision = Readonly<{ seq: string; token: string }>;

/**
 * A rule made ready to be answered. `values` are the values its conditions ask for, one for each of `features`, which
 * rules of one shape share; `text` is its JSON without metadata.
 */
export type Rule = Readonly<{
  id: number;
  features: readonly string[];
  values: readonly string[];
  text: string;
  metadata: JsonText;
}>;

/** A setting with its rules by ascending id; those that an older one with the same conditions shadows are kept apart. */
export type Setting = Readonly<{
  name: string;
  type: string;
  version: string;
  defaultValue: JsonText;
  aliases: readonly string[];
  /** By ascending id. */
  rollouts: readonly LoadedRollout[];
  rules: readonly Rule[];
  shadowed?: readonly Rule[];
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
}>;

export const NO_METADATA = jsonText('{}');

/** A rule as it is stored, its conditions in feature order. Values are spliced into the text, never parsed and printed. */
export type StoredRule = Readonly<{ id: number; value: string; conditions: readonly Condition[]; metadata: JsonText }>;

/** One text for a list of texts that hold no U+0000, as no text of PostgreSQL does; another for each other list. */
export function keyOf(texts: readonly string[]): string {
  return texts.length === 0 ? '' : `${texts.join('\0')}\0`;
}

/** Makes rules; those it makes share the lists of features they have in common. */
export function ruleMaker(): (stored: StoredRule) => Rule {
  const known = new Map<string, readonly string[]>();
  return ({ id, value, conditions, metadata }) => {
    const features = conditions.map(([feature]) => feature);
    const key = keyOf(features);
    const shared = known.get(key) ?? features;
    if (shared === features) known.set(key, features);
    // join makes a flat string; a template would keep its pieces alive for as long as the rule.
    const parts = ['{"value":', value, ',"context_features":', JSON.stringify(conditions), ',"rule_id":', id, '}'];
    return { id, features: shared, values: conditions.map(([, wanted]) => wanted), text: parts.join(''), metadata };
  };
}

/** The rules of one setting as a setting holds them: the older wins everywhere, so that the younger is not answered. */
export function arrangeRules(stored: readonly Rule[]): Pick<Setting, 'rules' | 'shadowed'> {
  const seen = new Set<string>();
  const shadowed: Rule[] = [];
  const rules = stored
    .toSorted((a, b) => a.id - b.id)
    .filter((rule) => {
      const isFirst = seen.size !== seen.add(keyOf([...rule.features, ...rule.values])).size;
      if (!isFirst) shadowed.push(rule);
      return isFirst;
    });
  return shadowed.length === 0 ? { rules } : { rules, shadowed };
}

export function makeRuleset(revision: Revision, features: Iterable<string>, settings: Iterable<Setting>): Ruleset {
  const sorted = [...settings].sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    revision,
    features: new Set(features),
    settings: new Map(sorted.map((setting) => [setting.name, setting])),
    aliases: new Map(sorted.flatMap(({ name, aliases }) => aliases.map((alias) => [alias, name]))),
  };
}

/** The ruleset that follows: of the settings named `touched`, those that are now are `present`; all else stays. */
export function nextRuleset(
  previous: Ruleset,
  revision: Revision,
  touched: readonly string[],
  present: readonly Setting[],
): Ruleset {
  const isInPlace = present.every(({ name, aliases }) => sameNames(previous.settings.get(name)?.aliases, aliases));
  if (isInPlace && touched.length === present.length) {
    const settings = new Map(previous.settings);
    for (const setting of present) settings.set(setting.name, setting);
    return { ...previous, revision, settings };
  }
  const settings = new Map(previous.settings);
  for (const name of touched) settings.delete(name);
  return makeRuleset(revision, previous.features, [...settings.values(), ...present]);
}

function sameNames(before: readonly string[] | undefined, now: readonly string[]): boolean {
  return before?.length === now.length && before.every((name, index) => name === now[index]);
}
