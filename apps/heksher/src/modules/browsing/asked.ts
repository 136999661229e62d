import { invalid, isSettingName, listed, notFound, quoted, SETTING_NAME_RULE } from '@heksher/core';
import { findSetting, type Ruleset, type Setting } from '@heksher/ruleset';
import { requireVisible } from '../../access/visible-ruleset.js';

/** The setting that the parameter `setting` names; one that can be no name is malformed. Throws `forbidden` for one that is not visible. */
export function settingAsked(ruleset: Ruleset, name: string): Setting {
  const setting = findSetting(ruleset, name);
  if (setting !== undefined) return setting;
  requireVisible(ruleset, [name]);
  const field = 'setting';
  if (isSettingName(name)) throw notFound('setting', name, { field });
  throw invalid(`setting must be the name of a setting: ${SETTING_NAME_RULE}; given: ${quoted(name)}`, field);
}

/** Throws `invalid` where the parameter `feature` names what is no context feature: a misspelled one should not find nothing. */
export function requireFeature({ features }: Ruleset, name: string | undefined): void {
  if (name === undefined || features.has(name)) return;
  const have = listed([...features], (feature) => feature, 20) || 'none';
  const code = 'context_feature_not_found';
  throw invalid(`${quoted(name)} is no context feature (have: ${have})`, 'feature', { code });
}
