import {
  type EvaluableSetting,
  type Finding,
  type FindingKind,
  HeksherError,
  lintRuleset,
  parseSettingType,
  type SettingType,
  writeJson,
} from '@heksher/core';
import { type Setting } from '../query/ruleset.js';

/** What lint of the service finds beyond core: rollouts that nobody can read. */
type ServedFinding = Omit<Finding, 'kind'> & Readonly<{ kind: FindingKind | 'unreadable' }>;

/** So many findings are told. */
const MOST_FINDINGS = 1_000;

/**
 * The findings on a setting, as JSON.
 * @param evaluable the setting with all its rules, shadowed ones too
 */
export function writeFindings(setting: Setting, evaluable: EvaluableSetting, nowMs: number): string {
  const readable = setting.rollouts.filter(({ problem }) => problem === undefined);
  const all = [
    ...setting.rollouts.flatMap(findUnreadable),
    ...lintRuleset({ ...evaluable, rollouts: readable, type: readType(setting.type) }, nowMs),
  ];
  const findings = all.slice(0, MOST_FINDINGS).map(({ kind, about, ruleIds, rolloutIds, message }) => ({
    kind: kind.replaceAll('-', '_'),
    about,
    rule_ids: ruleIds,
    rollout_ids: rolloutIds,
    message,
  }));
  return writeJson({ findings, omitted: all.length - findings.length });
}

function findUnreadable({ id, problem }: Setting['rollouts'][number]): ServedFinding[] {
  if (problem === undefined) return [];
  const message = `rollout ${id} matches nothing, since another writer stored what cannot be read: ${problem}`;
  return [{ kind: 'unreadable', about: { kind: 'rollout', id }, ruleIds: [], rolloutIds: [id], message }];
}

/** Null where it is none, as an older service may have stored it. */
function readType(text: string): SettingType | null {
  try {
    return parseSettingType(text);
  } catch (error) {
    if (error instanceof HeksherError) return null;
    throw error;
  }
}
