import {
  type Finding,
  type FindingKind,
  type InSteps,
  lintSteps,
  parseStoredSettingType,
  writeJson,
} from '@heksher/core';
import { type LoadedRollout, type LoadedSetting } from '@heksher/ruleset';

/** What lint of the service finds beyond core: rollouts that nobody can read. */
type ServedFinding = Omit<Finding, 'kind'> & Readonly<{ kind: FindingKind | 'unreadable' }>;

/** Linting this many rules takes a second. */
const MOST_RULES = 100_000;

/** Maximum number of findings listed. */
const MOST_FINDINGS = 1_000;

/** The findings on a setting, with all its rules, shadowed ones too, as JSON. */
export function* writeFindings(type: string, setting: LoadedSetting, nowMs: number): InSteps<string> {
  const isTooLarge = setting.rules.length > MOST_RULES;
  const ofRules: readonly ServedFinding[] = isTooLarge
    ? [tooLarge(setting.rules.length)]
    : yield* lint(type, setting, nowMs);
  const all = setting.rollouts.flatMap(findUnreadable).concat(ofRules);
  const findings = all.slice(0, MOST_FINDINGS).map(({ kind, about, ruleIds, rolloutIds, message }) => ({
    kind: kind.replaceAll('-', '_'),
    about,
    rule_ids: ruleIds,
    rollout_ids: rolloutIds,
    message,
  }));
  return writeJson({ findings, omitted: all.length - findings.length });
}

function lint(type: string, setting: LoadedSetting, nowMs: number): InSteps<readonly Finding[]> {
  const rollouts = setting.rollouts.filter(({ problem }) => problem === undefined);
  return lintSteps({ ...setting, rollouts, type: parseStoredSettingType(type) }, nowMs);
}

function tooLarge(rules: number): ServedFinding {
  const message = `nothing was looked for: ${rules} rules are too many, at most ${MOST_RULES} are looked at`;
  return { kind: 'not-checked', about: null, ruleIds: [], rolloutIds: [], message };
}

function findUnreadable({ id, problem }: LoadedRollout): ServedFinding[] {
  if (problem === undefined) return [];
  const message = `rollout ${id} matches nothing, since another writer stored what cannot be read: ${problem}`;
  return [{ kind: 'unreadable', about: { kind: 'rollout', id }, ruleIds: [], rolloutIds: [id], message }];
}
