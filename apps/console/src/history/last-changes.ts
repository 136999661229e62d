import { type Entry } from '../difference/rows.js';

/** Of a line: when, by whom, and by which entry. */
export type LastChange = Pick<Entry, 'seq' | 'at' | 'actor'>;

/** The newest change of each line, such as `rule-7`, that entries list, which come newest first. */
export function lastChangesOf(entries: readonly Entry[], setting: string): ReadonlyMap<string, LastChange> {
  const changes = new Map<string, LastChange>();
  for (const entry of entries)
    for (const { kind, rule_id, rollout_id, setting: of } of entry.changes) {
      const line = kind === 'rule' ? `rule-${rule_id}` : kind === 'rollout' ? `rollout-${rollout_id}` : undefined;
      if (line !== undefined && of === setting && !changes.has(line)) changes.set(line, entry);
    }
  return changes;
}
