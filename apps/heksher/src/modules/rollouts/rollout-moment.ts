import { BUCKETS, formatInstant, formatPercentage, shareAt } from '@heksher/core';
import { LoadedRollout, MemberSet, NO_METADATA } from '@heksher/ruleset';
import { type StoredRollout } from './rollouts.store.js';

export const ROLLOUT_STATES = ['off', 'members_only', 'scheduled', 'ramping', 'partial', 'on', 'unreadable'] as const;

/**
 * What a rollout is: switched `off`; else, by its share, for `members_only` (and the pattern) at 0 %, `scheduled` or `ramping`
 * where a ramp is to come or under way, `partial`, or `on` at 100 %. One that another writer stored may be `unreadable`.
 */
export type RolloutState = (typeof ROLLOUT_STATES)[number];

/** What a rollout is now: its state, the percentage that it admits, and when the clock alone changes its state next. */
export type RolloutMoment = Readonly<{ state: RolloutState; percentageNow: number; nextChange: string | null }>;

export function momentOf(rollout: LoadedRollout, nowMs: number): RolloutMoment {
  const { share } = rollout;
  if (rollout.problem !== undefined) return { state: 'unreadable', percentageNow: 0, nextChange: null };
  if (!rollout.enabled) return { state: 'off', percentageNow: 0, nextChange: null };
  const thousandths = shareAt(share, nowMs);
  const percentageNow = formatPercentage(thousandths);
  if (share.kind === 'ramp' && nowMs < share.endMs) {
    if (nowMs < share.startMs) return { state: 'scheduled', percentageNow, nextChange: formatInstant(share.startMs) };
    return { state: 'ramping', percentageNow, nextChange: formatInstant(share.endMs) };
  }
  const state = thousandths === 0 ? 'members_only' : thousandths === BUCKETS ? 'on' : 'partial';
  return { state, percentageNow, nextChange: null };
}

/** As `momentOf`, of a rollout as the database holds it. */
export function momentOfStored(rollout: StoredRollout, nowMs: number): RolloutMoment {
  const { percentage } = rollout;
  const loaded = { ...rollout, percentage: percentage === null ? null : String(percentage), metadata: NO_METADATA };
  return momentOf(new LoadedRollout(loaded, NO_MEMBERS), nowMs);
}

const NO_MEMBERS = MemberSet.of([]);
