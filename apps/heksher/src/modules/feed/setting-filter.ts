import { invalid, quoted, SETTING_NAME_RULE } from '@heksher/core';
import { type Ruleset } from '@heksher/ruleset';
import { admits, isAll, isPattern, type SettingSet, settingSet } from '../../access/grants.js';

const ACCEPTED = `a list of settings, each by ${SETTING_NAME_RULE}; a prefix such as billing.* for those below it; or * for all`;

const MOST_PATTERNS = 1_000;

/** Reads `cache_size,billing.*`; throws `invalid` about `name`. */
export function parseSettingFilter(text: string, name: string): SettingSet {
  const patterns = text.split(',');
  const odd = patterns.find((pattern) => !isPattern(pattern));
  if (odd !== undefined) throw invalid(`${name} must be ${ACCEPTED}; given: ${quoted(odd)}`, name);
  if (patterns.length > MOST_PATTERNS)
    throw invalid(`${name} may name ${MOST_PATTERNS} settings or prefixes, not ${patterns.length}`, name);
  return settingSet(patterns);
}

/** Whether a filter is for a setting, by its name or by an alias that it has now. */
export function isFor(filter: SettingSet, setting: string, ruleset: Ruleset): boolean {
  if (admits(filter, setting)) return true;
  return ruleset.settings.get(setting)?.aliases.some((alias) => admits(filter, alias)) === true;
}

/**
 * Whether who may read these settings may see what became of one: by the name that it had then, and by that which it has now, since grants
 * are on present names.
 */
export function maySee(granted: SettingSet, setting: string, ruleset: Ruleset): boolean {
  if (isAll(granted)) return true;
  const present = ruleset.settings.has(setting) ? setting : (ruleset.aliases.get(setting) ?? setting);
  return admits(granted, setting) && admits(granted, present);
}
