import { type InSteps } from '@heksher/core';
import { type Setting } from '@heksher/ruleset';
import { type EvaluationReading, rampsOf } from './evaluation-reading.js';
import { findAll, type ServedFinding } from './lint-answer.js';

/** Looking for findings is costly, so that they live as long as their setting stays as it is: their number, and where few themselves. */
type Known = Readonly<{ count: number; findings: readonly ServedFinding[] | undefined }>;

const known = new WeakMap<Setting, Known>();

const FEW = 20;

/** What in the rules and rollouts of a setting is superfluous or may not be meant. */
export function* findingsOf(
  reading: EvaluationReading,
  setting: Setting,
  nowMs: number,
): InSteps<readonly ServedFinding[]> {
  const before = known.get(setting)?.findings;
  if (before !== undefined) return before;
  const findings = yield* findAll(setting.type, yield* reading.wholeSetting(setting), nowMs);
  // The clock alone may change what is found of ramps.
  if (rampsOf(setting).length === 0) {
    known.set(setting, { count: findings.length, findings: findings.length <= FEW ? findings : undefined });
  }
  return findings;
}

export function* countFindings(reading: EvaluationReading, setting: Setting, nowMs: number): InSteps<number> {
  return known.get(setting)?.count ?? (yield* findingsOf(reading, setting, nowMs)).length;
}
