import { atOnce } from '@heksher/core';
import { LoadedRollout, preparePatterns, type StoredRollout, tryPatterns } from './loaded-rollout.js';
import { MemberSet } from './member-set.js';
import { NO_METADATA } from './rule-table.js';

const STORED: StoredRollout = {
  id: 1,
  feature: 'user',
  enabled: true,
  percentage: '0',
  ramp: null,
  pattern: null,
  value: '1',
  variants: null,
  hash: 'murmur3',
  salt: 's',
  conditions: [],
  metadata: NO_METADATA,
};

const rolloutWith = (changes: Partial<StoredRollout>): LoadedRollout =>
  new LoadedRollout({ ...STORED, ...changes }, MemberSet.of([]));

it.each<[what: string, changes: Partial<StoredRollout>, problem: RegExp]>([
  ['pattern', { pattern: '(' }, /missing closing/],
  ['ramp', { percentage: null, ramp: '{"start":1}' }, /ramp|start/],
  ['list of variants', { value: null, variants: '[]' }, /is no list of variants/],
])('with a %s that cannot be read it is not enabled, and says why', (_what, changes, problem) => {
  const { enabled, problem: found } = rolloutWith(changes);
  expect(enabled).toBe(false);
  expect(found).toMatch(problem);
});

it('compiles no pattern before that is needed, and none twice for equal sources', () => {
  const [one, other] = [rolloutWith({ pattern: '^ann' }), rolloutWith({ id: 2, pattern: '^ann' })];
  expect([one.pattern?.isCompiled, one.pattern === other.pattern]).toEqual([false, true]);
  expect([...preparePatterns([one, other])]).toHaveLength(1);
  expect(other.pattern?.isCompiled).toBe(true);
  expect([...preparePatterns([one, other])]).toHaveLength(0);
});

it('finds the same in a unit whether or not it was tried before', () => {
  const rollouts = [rolloutWith({ pattern: '^ann' }), rolloutWith({ id: 2, pattern: 'bob$' }), rolloutWith({ id: 3 })];
  const units = ['ann', 'bob', ...Array.from({ length: 20 }, (_, index) => `ann${index}`), 'ann'];
  for (const unit of units) {
    atOnce(tryPatterns(rollouts, new Map([['user', unit]])));
    expect(rollouts.map(({ pattern }) => pattern?.test(unit))).toEqual([
      unit.startsWith('ann'),
      unit === 'bob',
      undefined,
    ]);
  }
});
