import { type Candidate, compareByPrecedence, type EvaluableRule } from '@heksher/core';
import { toEvaluable } from './evaluable.js';
import { type LoadedRollout } from './loaded-rollout.js';
import { groupsOf } from './rule-numbers.js';
import { ruleAt } from './rule-table.js';
import { type Ruleset, type Setting } from './ruleset.js';

/** Candidates that stand together in the order of precedence: one rollout, or all rules with conditions on the same features. */
export type Block = Readonly<{ rollout: LoadedRollout }> | Readonly<{ sample: EvaluableRule; rows: Int32Array }>;

/** All of a setting but its shadowed rules, in the order of precedence. */
export function blocksOf({ features, vocabulary }: Ruleset, { rules, rollouts }: Setting): readonly Block[] {
  const ordered = [...features];
  const ofRules = Array.from(groupsOf(rules.numbers, vocabulary), ({ rows }): Block => {
    return { sample: toEvaluable(ruleAt(rules, rows[0] ?? 0)), rows };
  });
  const blocks = [...ofRules, ...rollouts.map((rollout): Block => ({ rollout }))];
  return blocks.sort((a, b) => compareByPrecedence(candidateOf(a), candidateOf(b), ordered));
}

function candidateOf(block: Block): Candidate {
  return 'rollout' in block ? block.rollout : block.sample;
}
