import fc from 'fast-check';
import { delayAfter, parseRetryAfter, USUAL_DELAYS_S } from './retries.js';

const NOW = Date.UTC(2026, 2, 1, 9);

it('waits by the schedule, give or take a fifth, and gives up after its end', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: USUAL_DELAYS_S.length }),
      fc.double({ min: 0, max: 1 }),
      (failures, random) => {
        const usual = USUAL_DELAYS_S[failures - 1] ?? 0;
        const delay = delayAfter(failures, USUAL_DELAYS_S, 0, Number.isNaN(random) ? 0.5 : random) ?? NaN;
        expect(delay).toBeGreaterThanOrEqual(Math.floor(usual * 0.8));
        expect(delay).toBeLessThanOrEqual(Math.ceil(usual * 1.2));
      },
    ),
  );
  expect(delayAfter(USUAL_DELAYS_S.length + 1, USUAL_DELAYS_S, 0)).toBeUndefined();
  expect(delayAfter(1, [], 5_000)).toBeUndefined();
});

it('waits at least as long as the receiver asks, up to a day', () => {
  expect(delayAfter(1, [1_000], 7_000, 0.5)).toBe(7_000);
  expect(delayAfter(1, [1_000], 10, 0.5)).toBe(1_000);
  expect(delayAfter(1, [1_000], 10 ** 12, 0.5)).toBe(86_400_000);
});

it.each([
  [undefined, 0],
  ['0', 0],
  ['120', 120_000],
  ['Sun, 01 Mar 2026 09:00:30 GMT', 30_000],
  ['Sun, 01 Mar 2026 08:00:00 GMT', 0],
  ['soon', 0],
  ['-5', 0],
  ['1e9', 0],
  ['2026-03-01', 0],
])('Retry-After: %s is %d ms', (text, expected) => {
  expect(parseRetryAfter(text, NOW)).toBe(expected);
});
