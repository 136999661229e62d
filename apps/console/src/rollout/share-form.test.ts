import { newSteps, shareBody, type Steps, stepsOf } from './share-form.js';

const DAILY: Steps = { kind: 'steps', shares: '1, 5, 25, 100', every: '1', unit: 'days' };

it('steps are as far apart as is said, the first of them now', () => {
  expect(stepsOf({ ...DAILY, shares: '1 5,25;100 %', every: '90', unit: 'minutes' }, 1_000)).toEqual([
    { percentage: 1, atMs: 1_000 },
    { percentage: 5, atMs: 5_401_000 },
    { percentage: 25, atMs: 10_801_000 },
    { percentage: 100, atMs: 16_201_000 },
  ]);
});

it('what is saved at once is the first step', () => {
  expect(shareBody({ ...DAILY, shares: '0.5 2' })).toEqual({ percentage: 0.5 });
});

it.each([
  [{ shares: '5' }, 'There are 2 to 20 steps.'],
  [{ shares: '1, 1' }, 'Each step is more than the one before.'],
  [{ shares: '25, 5' }, 'Each step is more than the one before.'],
  [{ shares: '1, many' }, 'A step is a percentage from 0 to 100, with at most three decimals.'],
  [{ shares: '1, 0.0001' }, 'A step is a percentage from 0 to 100, with at most three decimals.'],
  [{ every: '0' }, 'Steps are a whole number of minutes, hours or days apart.'],
  [{ every: '1.5' }, 'Steps are a whole number of minutes, hours or days apart.'],
])('%j is told from steps', (given, problem) => {
  expect(stepsOf({ ...DAILY, ...given }, 0)).toBe(problem);
  expect(shareBody({ ...DAILY, ...given })).toEqual({ problem });
});

it.each([
  [0, '1, 5, 25, 100'],
  [1, '1, 5, 25, 100'],
  [20, '20, 25, 100'],
  [100, '1, 5, 25, 100'],
])('from %d %% on, new steps are %s', (now, shares) => {
  expect(newSteps(now).shares).toBe(shares);
});
