import {
  type Finding,
  type FindingKind,
  type InSteps,
  lintSteps,
  parseStoredSettingType,
  type Writable,
} from '@heksher/core';
import { type LoadedRollout, type LoadedSetting } from '@heksher/ruleset';

/** What lint of the service finds beyond core: rollouts that nobody can read. */
export type ServedFinding = Omit<Finding, 'kind'> & Readonly<{ kind: FindingKind | 'unreadable' }>;

/** All kinds, as answers name them. */
export const FINDING_KINDS = [
  'never_wins',
  'wins_only_without_feature',
  'repeats_overridden',
  'repeats_default',
  'rollout_at_zero',
  'rollout_at_hundred',
  'rollout_disabled',
  'ramp_finished',
  'unfit_value',
  'similar_values',
  'unreadable',
  'not_checked',
] as const;

/** Linting this many rules takes a second. */
const MOST_RULES = 100_000;

/** Maximum number of findings listed. */
const MOST_FINDINGS = 1_000;

/** The findings on a setting, with all its rules, shadowed ones too. */
export function* findAll(type: string, setting: LoadedSetting, nowMs: number): InSteps<readonly ServedFinding[]> {
  const isTooLarge = setting.rules.length > MOST_RULES;
  const ofRules: readonly ServedFinding[] = isTooLarge
    ? [tooLarge(setting.rules.length)]
    : yield* lint(type, setting, nowMs);
  return setting.rollouts.flatMap(findUnreadable).concat(ofRules);
}

/** The members `findings` and `omitted` of an answer. */
export function findingMembers(all: readonly ServedFinding[]): Readonly<Record<string, Writable>> {
  const findings = all.slice(0, MOST_FINDINGS).map(findingAnswer);
  return { findings, omitted: all.length - findings.length };
}

export function findingAnswer(found: ServedFinding): Readonly<Record<string, Writable>> {
  const { about, ruleIds, rolloutIds, message } = found;
  return { kind: kindOf(found), about, rule_ids: ruleIds, rollout_ids: rolloutIds, message };
}

type AnsweredKind = (typeof FINDING_KINDS)[number];

/** The kind in an answer, such as `never_wins`. */
export function kindOf({ kind }: ServedFinding): AnsweredKind {
  return kind.replaceAll('-', '_') as AnsweredKind;
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
