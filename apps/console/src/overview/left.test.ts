import { leftBehind } from './left.js';

const NOW = Date.parse('2026-06-30T00:00:00Z');
const changed = (name: string, at: string | null) => ({ name, changed: at === null ? null : { at } });
const rollout = (rollout_id: number, setting: string, state: string, end?: string) => ({
  ...{ rollout_id, setting, state },
  ramp: end === undefined ? undefined : { end },
});

it.each([
  ['off', '2026-06-24T00:00:00Z', false],
  ['off', '2026-06-22T00:00:00Z', true],
  ['on', '2026-06-22T00:00:00Z', false],
  ['on', '2026-05-30T00:00:00Z', true],
  ['partial', '2020-01-01T00:00:00Z', false],
])('one that is %s in a setting changed last at %s: %j', (state, at, isTold) => {
  expect(leftBehind([rollout(1, 'one', state)], [changed('one', at)], NOW).length === 1).toBe(isTold);
});

it('tells those first that were left for longest, counts from the end of a ramp, and leaves out what it does not know', () => {
  const rollouts = [
    rollout(1, 'recent', 'off'),
    rollout(2, 'older', 'on', '2026-05-01T00:00:00Z'),
    rollout(3, 'older', 'on', '2026-06-20T00:00:00Z'),
    rollout(4, 'unlogged', 'off'),
    rollout(5, 'unknown', 'off'),
  ];
  const settings = [
    changed('recent', '2026-06-01T00:00:00Z'),
    changed('older', '2026-01-01T00:00:00Z'),
    changed('unlogged', null),
  ];
  expect(leftBehind(rollouts, settings, NOW).map(({ id, sinceMs }) => [id, sinceMs])).toEqual([
    [4, undefined],
    [2, Date.parse('2026-05-01T00:00:00Z')],
    [1, Date.parse('2026-06-01T00:00:00Z')],
  ]);
});
