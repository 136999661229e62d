import {
  type Candidate,
  type Condition,
  type EvaluableRule,
  formatJson,
  isRollout,
  type JsonText,
  type LintedSetting,
  type Outcome,
  parseRamp,
  parseStoredSettingType,
  type Rollout,
  type Share,
  type UnitPattern,
} from '@heksher/core';
import { type RolloutLine, type SettingView } from '../api/queries.js';
import { conditionsOf } from './lines.js';

type Compile = (source: string) => UnitPattern;

/** Compiles patterns; loaded where a setting has one. */
export async function loadPatterns(): Promise<Compile> {
  const { compilePattern } = await import('@heksher/core/re2');
  return compilePattern;
}

export function hasPattern({ lines }: SettingView): boolean {
  return lines.some((line) => line.kind === 'rollout' && line.pattern !== null);
}

/** A setting as core evaluates it and looks for findings. Who is listed in its rollouts is not known here. */
export function evaluableOf(setting: SettingView, compile: Compile | undefined): LintedSetting {
  const rules: EvaluableRule[] = [];
  const rollouts: Rollout[] = [];
  for (const line of setting.lines) {
    if (line.kind === 'rule')
      rules.push({ id: line.rule_id, conditions: conditionsOf(line), value: formatJson(line.value) });
    else {
      const rollout = rolloutOf(line, compile);
      if (rollout !== undefined) rollouts.push(rollout);
    }
  }
  return {
    features: setting.context_features,
    defaultValue: formatJson(setting.default_value),
    rules,
    rollouts,
    type: parseStoredSettingType(setting.type),
  };
}

function rolloutOf(line: RolloutLine, compile: Compile | undefined): Rollout | undefined {
  const outcome = outcomeOf(line);
  if (outcome === undefined || line.state === 'unreadable') return undefined;
  const { pattern } = line;
  return {
    id: line.rollout_id,
    feature: line.feature,
    conditions: conditionsOf(line),
    enabled: line.enabled,
    outcome,
    members: line.member_count === 0 ? new Set() : null,
    pattern: pattern === null ? undefined : (compile?.(pattern) ?? { source: pattern, test: () => false }),
    share: shareOf(line),
    hash: line.hash,
    salt: line.salt,
  };
}

export function shareOf({ ramp, percentage = 0 }: Pick<RolloutLine, 'ramp' | 'percentage'>): Share {
  return ramp == null ? { kind: 'fixed', thousandths: Math.round(percentage * 1_000) } : parseRamp(ramp);
}

function outcomeOf({ variants, value }: RolloutLine): Outcome | undefined {
  if (variants != null)
    return {
      kind: 'variants',
      variants: variants.map(({ name, value: given, weight }) => ({ name, value: formatJson(given), weight })),
    };
  return value === undefined ? undefined : { kind: 'value', value: formatJson(value) };
}

/** `rule 2`, `20 % of users (rollout 1)`: a line above another. */
export function describeCandidate(candidate: Candidate<JsonText>): string {
  const where = candidate.conditions.map((condition: Condition) => condition.join(' ')).join(', ');
  if (!isRollout(candidate)) return `${where} (rule ${candidate.id})`;
  const who = `some ${candidate.feature}s`;
  return `${where === '' ? who : `${who} with ${where}`} (rollout ${candidate.id})`;
}
