import fc from 'fast-check';
import { Histogram } from './histogram.js';

it('counts what is at most each bound, and sums up', () => {
  const bounds = fc.uniqueArray(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(bounds, fc.array(fc.integer({ min: -30, max: 30 })), (given, values) => {
      const sorted = [...given].sort((a, b) => a - b);
      const histogram = new Histogram(sorted);
      for (const value of values) histogram.observe(value);
      expect(histogram.cumulative()).toEqual(
        [...sorted, Infinity].map((bound) => [bound, values.filter((value) => value <= bound).length]),
      );
      expect([histogram.count, histogram.sum]).toEqual([values.length, values.reduce((sum, one) => sum + one, 0)]);
    }),
  );
});
