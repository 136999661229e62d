import { variantOf } from '@heksher/core';
import fc from 'fast-check';
import { shareNow, shareSentence, shareThatChangesVariant } from './moved.js';

const variants = (length: number) =>
  fc.tuple(
    ...Array.from({ length }, (_, index) =>
      fc.record({ name: fc.constant(`v${index}`), weight: fc.integer({ min: 1, max: 5 }) }),
    ),
  );

it('the share that changes variant is that of many units', () => {
  const units = Array.from({ length: 20_000 }, (_, index) => `user-${index}`);
  fc.assert(
    fc.property(fc.constantFrom('murmur3', 'crc32'), variants(3), variants(2), (hash, before, after) => {
      const said = shareThatChangesVariant(hash, before, after) ?? NaN;
      const changed = units.filter(
        (unit) => variantOf(hash, 'salt', unit, before).name !== variantOf(hash, 'salt', unit, after).name,
      );
      expect(Math.abs(said - changed.length / 200)).toBeLessThan(2);
    }),
    { numRuns: 10 },
  );
});

it('the same weights move nobody', () => {
  fc.assert(
    fc.property(variants(3), (given) => {
      expect(shareThatChangesVariant('murmur3', given, given)).toBe(0);
    }),
    { numRuns: 5 },
  );
});

it.each([
  [15, 20, 'About 1 in 5 users. 15 → 20 %: 5 % of users get it, nobody loses it.'],
  [20, 15, 'About 1 in 7 users. 20 → 15 %: 5 % of users, who have it, lose it.'],
  [undefined, 0.001, 'About 1 in 100,000 users.'],
])('from %p to %p: %s', (before, after, sentence) => {
  expect(shareSentence('user', before, after)).toBe(sentence);
});

it('a ramp is half way in the middle', () => {
  const share = {
    kind: 'ramp',
    start: '2026-01-01T00:00:00Z',
    end: '2026-01-03T00:00:00Z',
    from: '10',
    to: '20',
  } as const;
  expect(shareNow(share, Date.parse('2026-01-02T00:00:00Z'))).toBe(15);
});
