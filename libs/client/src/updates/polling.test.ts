import fc from 'fast-check';
import { delayMs } from './polling.js';

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

it('while updates succeed, asks again within the interval, and not all at once', () => {
  fc.assert(
    fc.property(random, (chance) => {
      const delay = delayMs(60_000, 0, chance);
      expect(delay).toBeLessThanOrEqual(60_000);
      expect(delay).toBeGreaterThan(47_999);
    }),
  );
  expect(delayMs(60_000, 0, 0.1)).not.toBe(delayMs(60_000, 0, 0.9));
});

it('after failures asks soon, and then ever more seldom, up to a minute or the interval', () => {
  const longest = [1, 2, 3, 4, 5, 6, 7, 8, 1000].map((failures) => delayMs(30_000, failures, 0) / 1_000);
  expect(longest).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
  expect(delayMs(300_000, 50, 0)).toBe(300_000);
  expect(delayMs(100, 1, 0)).toBe(100);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100 }), random, (failures, chance) => {
      const delay = delayMs(60_000, failures, chance);
      expect(delay).toBeGreaterThan(delayMs(60_000, failures, 0) / 2 - 1);
      expect(delay).toBeLessThanOrEqual(delayMs(60_000, failures, 0));
    }),
  );
});

it('leaves the service alone for as long as it asks, and does not come back with all others at once', () => {
  expect(delayMs(60_000, 1, 0, 30_000)).toBe(30_000);
  expect(delayMs(60_000, 1, 0.5, 30_000)).toBeGreaterThan(30_000);
  expect(delayMs(60_000, 6, 0, 5_000)).toBe(32_000);
});
