import fc from 'fast-check';
import { admissionBucket, BUCKETS, bucketCount, isWithinShare, variantOf } from './bucketing.js';
import { crc32 } from './crc32.js';
import { murmur3 } from './murmur3.js';

const UNITS = Array.from({ length: 100_000 }, (_, index) => `user-${index}`);
const hash = fc.constantFrom('murmur3' as const, 'crc32' as const);

/** A count that in a binomial distribution strays further than this from its mean does so in one of 15 000 cases. */
const expectBinomial = (count: number, trials: number, probability: number) => {
  const deviation = Math.sqrt(trials * probability * (1 - probability));
  expect(Math.abs(count - trials * probability)).toBeLessThanOrEqual(4 * deviation);
};

const bucketsUnder = (salt: string) => UNITS.map((unit) => admissionBucket('murmur3', salt, unit));

const known = new Map<string, readonly number[]>();

/** Which of the units a percentage admits. */
const admitted = (salt: string, thousandths: number) => {
  const buckets = known.get(salt) ?? bucketsUnder(salt);
  known.set(salt, buckets);
  return UNITS.filter((_, index) => isWithinShare('murmur3', buckets[index] ?? NaN, thousandths));
};

describe('admissionBucket', () => {
  it.each([
    ['new-checkout', 'user-1', 970],
    ['new-checkout', '42', 33256],
    ['naïve', 'ünïcødé-用户', 27621],
  ])('of salt %j and unit %j is %i with murmur3', (salt, unit, bucket) => {
    expect(admissionBucket('murmur3', salt, unit)).toBe(bucket);
  });

  it('is the same whatever salt came before', () => {
    const salts = fc.array(fc.constantFrom('', 'a', 'b', ':'), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(salts, fc.string(), (list, unit) => {
        for (const salt of list) {
          const expected = Math.floor((murmur3(`r:${salt}:${unit}`) * BUCKETS) / 2 ** 32);
          expect(admissionBucket('murmur3', salt, unit)).toBe(expected);
        }
      }),
    );
  });

  it('with crc32 is the CRC modulo 100, whatever the salt', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (salt, unit) => {
        expect(admissionBucket('crc32', salt, unit)).toBe(crc32(unit) % 100);
      }),
    );
  });

  it.each([
    [100, 0.001],
    [1000, 0.01],
    [33_333, 0.33333],
    [50_000, 0.5],
    [99_900, 0.999],
  ])('puts as many of 100 000 units within %i thousandths as chance would', (thousandths, probability) => {
    for (const salt of ['new-checkout', 'cache_size']) {
      expectBinomial(admitted(salt, thousandths).length, UNITS.length, probability);
    }
  });

  it('is independent under two salts, and under equal salts is equal', () => {
    const [first, second] = [new Set(admitted('one', 50_000)), admitted('two', 50_000)];
    expectBinomial(second.filter((unit) => first.has(unit)).length, second.length, 0.5);
    const few = admitted('three', 10_000);
    expectBinomial(few.filter((unit) => first.has(unit)).length, few.length, 0.5);
    expect(bucketsUnder('one').join()).toBe(known.get('one')?.join());
  });
});

describe('isWithinShare', () => {
  it('admits nobody at 0 and everybody at 100 %', () => {
    fc.assert(
      fc.property(hash, fc.string(), fc.string(), (kind, salt, unit) => {
        const bucket = admissionBucket(kind, salt, unit);
        expect(isWithinShare(kind, bucket, 0)).toBe(false);
        expect(isWithinShare(kind, bucket, BUCKETS)).toBe(true);
      }),
    );
  });

  it('only adds units when a percentage is raised', () => {
    const thousandths = fc.integer({ min: 0, max: BUCKETS });
    fc.assert(
      fc.property(hash, fc.string(), thousandths, thousandths, (kind, unit, a, b) => {
        const bucket = admissionBucket(kind, 'salt', unit);
        const [lower, higher] = [Math.min(a, b), Math.max(a, b)];
        if (isWithinShare(kind, bucket, lower)) expect(isWithinShare(kind, bucket, higher)).toBe(true);
      }),
    );
  });

  it.each([
    ['murmur3', 49_999, true],
    ['murmur3', 50_000, false],
    ['crc32', 49, true],
    ['crc32', 50, false],
  ] as const)('at 50 % with %s has bucket %i: %j', (kind, bucket, answer) => {
    expect(isWithinShare(kind, bucket, 50_000)).toBe(answer);
  });

  it.each([
    ['murmur3', 33_333, 33_333],
    ['crc32', 33_333, 34],
    ['crc32', 33_000, 33],
    ['crc32', 1, 1],
  ] as const)('with %s at %i thousandths has %i buckets', (kind, thousandths, count) => {
    const buckets = Array.from({ length: bucketCount(kind) }, (_, bucket) => bucket);
    expect(buckets.filter((bucket) => isWithinShare(kind, bucket, thousandths))).toHaveLength(count);
  });
});

describe('variantOf', () => {
  const variants = [
    { name: 'a', weight: 1 },
    { name: 'b', weight: 2 },
    { name: 'c', weight: 7 },
  ];

  it('with murmur3 walks the list to the bucket of its own, 57630 for user-1 of new-checkout', () => {
    const split = (weight: number) => [
      { name: 'below', weight },
      { name: 'above', weight: BUCKETS - weight },
    ];
    expect(variantOf('murmur3', 'new-checkout', 'user-1', split(57_630)).name).toBe('above');
    expect(variantOf('murmur3', 'new-checkout', 'user-1', split(57_631)).name).toBe('below');
  });

  it('gives each variant its share', () => {
    const names = UNITS.map((unit) => variantOf('murmur3', 'salt', unit, variants).name);
    for (const { name, weight } of variants) {
      expectBinomial(names.filter((other) => other === name).length, UNITS.length, weight / 10);
    }
  });

  it('does not correlate with admission', () => {
    const names = admitted('salt', 10_000).map((unit) => variantOf('murmur3', 'salt', unit, variants).name);
    for (const { name, weight } of variants) {
      expectBinomial(names.filter((other) => other === name).length, names.length, weight / 10);
    }
  });

  it('with crc32 is the CRC modulo the number of variants where weights are equal, else modulo their sum', () => {
    const weights = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.string(), weights, (unit, list) => {
        const all = list.map((weight, index) => ({ weight, index }));
        const isEqual = new Set(list).size === 1;
        const ballots = all.flatMap(({ weight, index }) => Array<number>(isEqual ? 1 : weight).fill(index));
        expect(variantOf('crc32', 'salt', unit, all).index).toBe(ballots[crc32(unit) % ballots.length]);
      }),
    );
  });

  it('refuses an empty list', () => {
    expect(() => variantOf('murmur3', 'salt', 'user-1', [])).toThrow('there is no variant of positive weight');
    expect(() => variantOf('crc32', 'salt', 'user-1', [])).toThrow('there is no variant of positive weight');
  });
});
