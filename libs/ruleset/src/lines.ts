import { type InSteps } from '@heksher/core';
import { blocksOf } from './blocks.js';
import { type LoadedRollout } from './loaded-rollout.js';
import { ruleAt, type StoredRule } from './rule-table.js';
import { type Ruleset, type Setting } from './ruleset.js';

/**
 * A rule or rollout of a setting with its place, from 1, in the order of precedence; null: it never decides, since an older
 * rule has the same conditions.
 */
export type Line =
  | Readonly<{ kind: 'rule'; position: number | null; rule: StoredRule }>
  | Readonly<{ kind: 'rollout'; position: number; rollout: LoadedRollout }>;

const ROWS_PER_STEP = 256;

/** The lines of a setting that are of these kinds, in the order of precedence, at most so many. Positions count all kinds. */
export function* linesOf(
  ruleset: Ruleset,
  setting: Setting,
  kinds: ReadonlySet<Line['kind']>,
  most: number,
): InSteps<readonly Line[]> {
  const lines: Line[] = [];
  let before = 0;
  for (const block of blocksOf(ruleset, setting)) {
    if (lines.length >= most) break;
    if ('rollout' in block) {
      before += 1;
      if (kinds.has('rollout')) lines.push({ kind: 'rollout', position: before, rollout: block.rollout });
      continue;
    }
    const rows = kinds.has('rule') ? block.rows.subarray(0, most - lines.length) : [];
    for (const [place, row] of rows.entries()) {
      lines.push({ kind: 'rule', position: before + place + 1, rule: ruleAt(setting.rules, row) });
      if (place % ROWS_PER_STEP === 0) yield;
    }
    before += block.rows.length;
  }
  if (kinds.has('rule')) {
    for (const rule of setting.shadowed.slice(0, most - lines.length)) {
      lines.push({ kind: 'rule', position: null, rule });
    }
  }
  return lines;
}
