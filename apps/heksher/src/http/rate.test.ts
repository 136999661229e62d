import fc from 'fast-check';
import { formatRate, parseRate, type Rate } from './rate.js';
import { TokenBuckets } from './token-buckets.js';

const rate: fc.Arbitrary<Rate> = fc.record({
  requests: fc.integer({ min: 1, max: 10_000 }),
  windowS: fc.integer({ min: 1, max: 86_400 }),
});

test.each([
  ['20/s', { requests: 20, windowS: 1 }],
  ['600/m', { requests: 600, windowS: 60 }],
  ['1/24h', { requests: 1, windowS: 86_400 }],
  ['100/10s', { requests: 100, windowS: 10 }],
])('%s is read', (text, expected) => {
  expect(parseRate(text)).toEqual(expected);
});

test.each(['', '20', '0/s', '20/0s', '20/d', '-1/s', '1.5/s', '20 / s', '25/25h', '1e3/s', '9999999999/s'])(
  '%j is refused by name',
  (text) => {
    expect(() => parseRate(text)).toThrow('is no rate; accepted');
  },
);

test('what is written is read again', () => {
  fc.assert(fc.property(rate, (one) => expect(parseRate(formatRate(one))).toEqual(one)));
});

test('a whole bucket can be taken at once and no more, and a wait that is kept to is enough', () => {
  const shorter = rate.filter(({ requests }) => requests <= 1_000);
  fc.assert(
    fc.property(shorter, fc.integer({ min: 0, max: 1_000_000_000 }), (one, start) => {
      let now = start;
      const buckets = new TokenBuckets(() => now);
      for (let left = one.requests - 1; left >= 0; left -= 1)
        expect(buckets.take('a', one)).toMatchObject({ remaining: left, waitMs: 0 });
      const refused = buckets.take('a', one);
      expect(refused.remaining).toBe(0);
      expect(refused.waitMs).toBeGreaterThan(0);
      expect(buckets.take('b', one).waitMs).toBe(0);
      now += refused.waitMs;
      expect(buckets.take('a', one).waitMs).toBe(0);
      expect(buckets.take('a', one).waitMs).toBeGreaterThan(0);
      now += one.windowS * 1_000;
      expect(buckets.take('a', one)).toMatchObject({ remaining: one.requests - 1, waitMs: 0 });
    }),
    { numRuns: 50 },
  );
});

test('within any time no more is let through than the bucket and what that time adds', () => {
  fc.assert(
    fc.property(rate, fc.array(fc.integer({ min: 0, max: 5_000 }), { maxLength: 300 }), (one, pauses) => {
      let now = 0;
      const buckets = new TokenBuckets(() => now);
      let taken = 0;
      for (const pause of pauses) {
        now += pause;
        if (buckets.take('a', one).waitMs === 0) taken += 1;
      }
      expect(taken).toBeLessThanOrEqual(one.requests + (now / 1_000 / one.windowS) * one.requests + 1);
    }),
  );
});

test('so many clients at most are remembered', () => {
  const buckets = new TokenBuckets(() => 0);
  const one = { requests: 1, windowS: 60 };
  expect([buckets.take('first', one).waitMs, buckets.take('first', one).waitMs]).toEqual([0, 60_000]);
  for (let index = 0; index < 20_000; index += 1) buckets.take(String(index), one);
  expect(buckets.take('first', one).waitMs).toBe(0);
});
