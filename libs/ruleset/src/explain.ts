import { type Candidate, type Context, explain, type Explanation, isRollout, type Step } from '@heksher/core';
import { blocksOf } from './blocks.js';
import { rowsMetBy, toEvaluable } from './evaluable.js';
import { placeOf, ruleAt } from './rule-table.js';
import { ruleCount, type Ruleset, type Setting } from './ruleset.js';

/**
 * Explains a decision as core's `explain` does of the whole setting, but reads of its rules only those that are listed: the
 * first by precedence, up to the limit, and those that match.
 */
export function explainSetting(
  ruleset: Ruleset,
  setting: Setting,
  context: Context,
  nowMs: number,
  limit: number,
): Explanation {
  const { rollouts, defaultValue } = setting;
  const features = [...ruleset.features];
  const positions = listedPositions(ruleset, setting, rowsMetBy(context, ruleset, setting), limit);
  const rules = [...positions.keys()].flatMap((candidate) => (isRollout(candidate) ? [] : [candidate]));
  const { steps } = explain({ features, defaultValue, rules, rollouts }, context, nowMs, limit);
  const total = ruleCount(setting) + rollouts.length;
  const positionOf = (step: Step): number => {
    if (step.kind === 'default') return total + 1;
    return positions.get(step.kind === 'rule' ? step.rule : step.rollout) ?? 0;
  };
  const placed = steps.map((step): Step => ({ ...step, position: positionOf(step) }));
  return { steps: placed, omitted: total - (steps.length - 1) };
}

/** All rollouts, the first rules by precedence and the `matching` ones, with their positions among all. */
function listedPositions(
  ruleset: Ruleset,
  setting: Setting,
  matching: readonly number[],
  limit: number,
): ReadonlyMap<Candidate, number> {
  const positions = new Map<Candidate, number>();
  let before = 0;
  for (const block of blocksOf(ruleset, setting)) {
    if ('rollout' in block) {
      positions.set(block.rollout, (before += 1));
      continue;
    }
    const { rows } = block;
    const first = Array.from(rows.subarray(0, Math.max(0, limit - before)).keys());
    const others = matching.map((row) => placeOf(rows, row)).filter((place, index) => rows[place] === matching[index]);
    for (const place of new Set([...first, ...others])) {
      positions.set(toEvaluable(ruleAt(setting.rules, rows[place] ?? 0)), before + place + 1);
    }
    before += rows.length;
  }
  return positions;
}
