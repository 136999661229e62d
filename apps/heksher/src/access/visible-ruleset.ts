import { findSetting, type Ruleset } from '@heksher/ruleset';
import { LRUCache } from 'lru-cache';
import { notAllowed } from './access-error.js';
import { type Action, admits, isAll } from './grants.js';
import { type Principal } from './principal.js';

/** Rulesets of which only a part is visible, each with the whole and the action that the part is granted for. */
const hidden = new WeakMap<Ruleset, Readonly<{ whole: Ruleset; action: Action }>>();

/** Parts of the newest rulesets by the settings that they have. */
const parts = new WeakMap<Ruleset, LRUCache<string, Ruleset>>();

/** Principals with the same grants share a part; of more than so many different ones, the least recently used is made again. */
const MOST_PARTS = 64;

/** The ruleset with those settings alone that the action is granted on. */
export function visibleRuleset(whole: Ruleset, principal: Principal, action: Action): Ruleset {
  const granted = principal.permissions[action];
  if (isAll(granted)) return whole;
  const known = partsOf(whole);
  const key = `${action} ${granted.key}`;
  const part = known.get(key);
  if (part !== undefined) return part;
  const settings = new Map([...whole.settings].filter(([name]) => admits(granted, name)));
  const aliases = new Map([...whole.aliases].filter(([, name]) => settings.has(name)));
  const { revision, features, vocabulary } = whole;
  const made = { revision, features, settings, aliases, vocabulary };
  hidden.set(made, { whole, action });
  known.set(key, made);
  return made;
}

function partsOf(whole: Ruleset): LRUCache<string, Ruleset> {
  const known = parts.get(whole);
  if (known !== undefined) return known;
  const made = new LRUCache<string, Ruleset>({ max: MOST_PARTS });
  parts.set(whole, made);
  return made;
}

/** Throws `forbidden` where some of these names or aliases are those of settings that this part of a ruleset hides. */
export function requireVisible(ruleset: Ruleset, names: readonly string[] | undefined): void {
  const from = hidden.get(ruleset);
  if (from === undefined || names === undefined) return;
  const refused = names.filter((name) => findSetting(ruleset, name) === undefined && findSetting(from.whole, name));
  if (refused.length > 0) throw notAllowed(from.action, refused);
}
