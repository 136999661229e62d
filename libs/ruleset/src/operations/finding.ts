import { invalid, notFound } from '@heksher/core';
import { type Draft, type DraftRollout, type DraftRule, type DraftSetting } from '../draft/index.js';

/** The setting that a path names. Throws `not_found`. */
export function requireSetting(draft: Draft, nameOrAlias: string): DraftSetting {
  const setting = draft.setting(nameOrAlias);
  if (setting === undefined) throw notFound('setting', nameOrAlias);
  return setting;
}

/**
 * As `requireSetting`, for the setting that the body of something new names: to the contract, an unknown one is malformed input
 * there, not a missing resource.
 */
export function requireGivenSetting(draft: Draft, nameOrAlias: string): DraftSetting {
  const setting = draft.setting(nameOrAlias);
  if (setting !== undefined) return setting;
  const { message } = notFound('setting', nameOrAlias);
  throw invalid(message, 'setting', { code: 'setting_not_found' });
}

export function requireRule(draft: Draft, id: number): Readonly<{ setting: DraftSetting; rule: DraftRule }> {
  const setting = draft.settingOfRule(id);
  const rule = setting?.rule(id);
  if (setting === undefined || rule === undefined) throw notFound('rule', id);
  return { setting, rule };
}

export function requireRollout(draft: Draft, id: number): Readonly<{ setting: DraftSetting; rollout: DraftRollout }> {
  const setting = draft.settingOfRollout(id);
  const rollout = setting?.rollout(id);
  if (setting === undefined || rollout === undefined) throw notFound('rollout', id);
  return { setting, rollout };
}
