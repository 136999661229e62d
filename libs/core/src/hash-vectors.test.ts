import { createRequire } from 'node:module';
import crcOfOthers from 'crc-32';
import fc from 'fast-check';
import { admissionBucket } from './bucketing.js';
import { crc32 } from './crc32.js';
import { murmur3 } from './murmur3.js';

/** What others made of the same definitions, over bytes; the first comes without types. */
const { x86 } = createRequire(import.meta.url)('murmurhash3js-revisited') as {
  x86: { hash32(bytes: Uint8Array): number };
};
const murmurOfOthers = (text: string): number => x86.hash32(Buffer.from(text));
const crcUnsigned = (text: string): number => crcOfOthers.buf(Buffer.from(text)) >>> 0;

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.uuid(),
  fc.emailAddress(),
  fc.nat().map((id) => `user-${id}`),
);

it('murmur3 is that of murmurhash3js-revisited', () => {
  fc.assert(
    fc.property(text, (unit) => {
      expect(murmur3(unit)).toBe(murmurOfOthers(unit));
    }),
    { numRuns: 2_000 },
  );
});

it('crc32 is that of crc-32', () => {
  fc.assert(
    fc.property(text, (unit) => {
      expect(crc32(unit)).toBe(crcUnsigned(unit));
    }),
    { numRuns: 2_000 },
  );
});

it('buckets are what the definition makes of the hashes of others', () => {
  fc.assert(
    fc.property(text, text, (salt, unit) => {
      const bucket = (BigInt(murmurOfOthers(`r:${salt}:${unit}`)) * 100_000n) >> 32n;
      expect(admissionBucket('murmur3', salt, unit)).toBe(Number(bucket));
      expect(admissionBucket('crc32', salt, unit)).toBe(crcUnsigned(unit) % 100);
    }),
    { numRuns: 2_000 },
  );
});
