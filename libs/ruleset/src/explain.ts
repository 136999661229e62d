import { type Candidate, type Context, explain, type Explanation, isRollout, type Step } from '@heksher/core';
import { blocksOf } from './blocks.js';
import { rowsMetBy, toEvaluable } from './evaluable.js';
import { ruleAt } from './rule-table.js';
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
  const positions = listedPositions(ruleset, setting, new Set(rowsMetBy(context, ruleset, setting)), limit);
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
  matching: ReadonlySet<number>,
  limit: number,
): ReadonlyMap<Candidate, number> {
  const positions = new Map<Candidate, number>();
  let before = 0;
  for (const block of blocksOf(ruleset, setting)) {
    if ('rollout' in block) {
      positions.set(block.rollout, (before += 1));
      continue;
    }
    for (const [place, row] of block.rows.entries()) {
      if (before + place >= limit && !matching.has(row)) continue;
      positions.set(toEvaluable(ruleAt(setting.rules, row)), before + place + 1);
    }
    before += block.rows.length;
  }
  return positions;
}
