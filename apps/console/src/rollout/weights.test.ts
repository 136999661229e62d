import fc from 'fast-check';
import { fineWeights, weightsOf, withBoundaryMoved } from './weights.js';

const weights = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 2, maxLength: 8 });
const sum = (all: readonly number[]): number => all.reduce((total, one) => total + one, 0);

it('finer weights are in the same proportions, to a part of the sum', () => {
  fc.assert(
    fc.property(weights, (given) => {
      const fine = fineWeights(given);
      expect(sum(fine)).toBe(Math.max(sum(given), 100));
      fine.forEach((weight, index) => {
        expect(Number.isInteger(weight) && weight >= 1).toBe(true);
        expect(Math.abs(weight / sum(fine) - (given[index] ?? 0) / sum(given))).toBeLessThanOrEqual(1 / 100);
      });
    }),
  );
});

it('a boundary moves what is beside it alone, keeps the sum, and takes no variant away', () => {
  fc.assert(
    fc.property(weights, fc.nat(6), fc.double({ min: -1, max: 1, noNaN: true }), (given, at, share) => {
      const index = at % (given.length - 1);
      const [before, after] = [fineWeights(given), withBoundaryMoved(given, index, share)];
      const fine = after === given ? before : after;
      expect(sum(fine)).toBe(sum(before));
      expect(fine.every((weight) => Number.isInteger(weight) && weight >= 1)).toBe(true);
      fine.forEach((weight, place) => {
        if (place !== index && place !== index + 1) expect(weight).toBe(before[place]);
      });
      const moved = (fine[index] ?? 0) - (before[index] ?? 0);
      expect(moved === 0 || Math.sign(moved) === Math.sign(share)).toBe(true);
    }),
  );
});

it('halves are moved by a hundredth', () => {
  expect(withBoundaryMoved([1, 1], 0, 0.01)).toEqual([51, 49]);
  expect(withBoundaryMoved([51, 49], 0, -0.1)).toEqual([41, 59]);
  expect(withBoundaryMoved([1, 1], 0, 1)).toEqual([99, 1]);
});

it('what is no weight is none', () => {
  expect(weightsOf(['1', '20'])).toEqual([1, 20]);
  for (const wrong of ['0', '', '-1', '1.5', 'a', '10000000']) expect(weightsOf(['1', wrong])).toBeUndefined();
});
