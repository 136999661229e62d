import { formatVersion, parseStoredVersion, writeJson } from '@heksher/core';
import { type LoadedRollout, ruleCount, type Ruleset, type Setting, type StoredRule } from '@heksher/ruleset';
import { momentOf } from '../rollouts/rollout-moment.js';

/*
 * Things as JSON, spliced from texts as they are stored. Each function gives the members of an object, without braces.
 */

export function settingMembers({ name, type, defaultValue, version }: Setting): string {
  const versionText = formatVersion(parseStoredVersion(version));
  return `"name":${JSON.stringify(name)},"type":${JSON.stringify(type)},"default_value":${defaultValue},"version":"${versionText}"`;
}

export function additionalMembers({ features }: Ruleset, setting: Setting): string {
  const { aliases, configurableFeatures, metadata } = setting;
  const inOrder = [...features].filter((feature) => configurableFeatures.includes(feature));
  return `"configurable_features":${JSON.stringify(inOrder)},"metadata":${metadata},"aliases":${JSON.stringify(aliases)}`;
}

export function countMembers(setting: Setting): string {
  return `"rule_count":${countOfRules(setting)},"rollout_count":${setting.rollouts.length}`;
}

/** Shadowed rules too. */
export function countOfRules(setting: Setting): number {
  return ruleCount(setting) + setting.shadowed.length;
}

/** As `GET /api/v1/rules/{id}` gives it, and the id. */
export function ruleMembers({ id, value, conditions, metadata }: StoredRule, setting: string): string {
  return `"rule_id":${id},"setting":${JSON.stringify(setting)},"value":${value},"feature_values":${JSON.stringify(conditions)},"metadata":${metadata}`;
}

/** As `GET /api/v1/rollouts/{id}` gives it, and what it is now. Its pattern was compiled. */
export function rolloutMembers(rollout: LoadedRollout, setting: string, nowMs: number): string {
  const { state, percentageNow, nextChange } = momentOf(rollout, nowMs);
  const moment = `"state":"${state}","percentage_now":${percentageNow},"next_change":${JSON.stringify(nextChange)}`;
  return `${storedRolloutMembers(rollout, setting)},${moment}`;
}

/** As `GET /api/v1/rollouts/{id}` gives it. */
export function storedRolloutMembers(rollout: LoadedRollout, setting: string): string {
  const { id, feature, conditions, isSwitchedOn, shareText, outcomeText, pattern, hash, salt } = rollout;
  return [
    `"rollout_id":${id},"setting":${JSON.stringify(setting)},"feature":${JSON.stringify(feature)}`,
    `"feature_values":${writeJson(new Map(conditions))},"enabled":${isSwitchedOn},${shareText}`,
    `"pattern":${JSON.stringify(pattern?.source ?? null)},${outcomeText}`,
    `"hash":"${hash}","salt":${JSON.stringify(salt)},"metadata":${rollout.metadata},"member_count":${rollout.members.size}`,
  ].join(',');
}
