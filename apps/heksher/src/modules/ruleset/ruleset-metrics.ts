import { ruleCount } from '@heksher/ruleset';
import { type Metrics, one } from '../../metrics/metrics.js';
import { type RulesetFollower } from './ruleset-follower.js';

/** How current reads are, and what is in memory. */
export function registerFollower(metrics: Metrics, follower: RulesetFollower): void {
  const { stats } = follower;
  metrics.counter('heksher_revision_checks_total', 'Checks of the revision, by what came of them.', () => [
    [{ outcome: 'answered' }, stats.checks - stats.failedChecks],
    [{ outcome: 'failed' }, stats.failedChecks],
  ]);
  metrics.histogram(
    'heksher_revision_check_duration_seconds',
    'How long checks of the revision took, with reading what had changed.',
    one(() => follower.checkDurations),
  );
  metrics.histogram(
    'heksher_readers_per_check',
    'How many readers shared a check.',
    one(() => follower.readersPerCheck),
  );
  metrics.counter(
    'heksher_ruleset_loads_total',
    'How often the ruleset was read: as a whole, or what had changed.',
    () => [
      [{ kind: 'full' }, stats.loads],
      [{ kind: 'changes' }, stats.refreshes],
    ],
  );
  metrics.histogram('heksher_ruleset_load_duration_seconds', 'How long that took.', () => [
    [{ kind: 'full' }, follower.loadDurations],
    [{ kind: 'changes' }, follower.refreshDurations],
  ]);
  metrics.counter(
    'heksher_stale_reads_total',
    'Reads that were answered from a ruleset that could not be proved current.',
    one(() => stats.staleReads),
  );
  metrics.gauge(
    'heksher_revision',
    'The revision in memory. A number of this size loses its last digits beyond 2^53.',
    one(() => Number(follower.latest?.revision.seq ?? 0)),
  );
  metrics.gauge(
    'heksher_stale_seconds',
    'How long ago the ruleset in memory was last proved current, while that cannot be done; else 0.',
    one(() => follower.staleSeconds),
  );
  metrics.gauge('heksher_ruleset_items', 'What is in memory.', () => itemsOf(follower));
}

function itemsOf({ latest }: RulesetFollower) {
  const settings = [...(latest?.settings.values() ?? [])];
  const sum = (count: (setting: (typeof settings)[number]) => number): number =>
    settings.reduce((total, setting) => total + count(setting), 0);
  return [
    [{ kind: 'settings' }, settings.length],
    [{ kind: 'rules' }, sum(ruleCount)],
    [{ kind: 'rollouts' }, sum(({ rollouts }) => rollouts.length)],
    [{ kind: 'members' }, sum(({ rollouts }) => rollouts.reduce((total, { members }) => total + members.size, 0))],
  ] as const;
}
