import fc from 'fast-check';
import { continueMurmur3, finishMurmur3, murmur3, startMurmur3 } from './murmur3.js';

/** The algorithm as its author wrote it down, over bytes. */
const murmurOfBytes = (bytes: Buffer) => {
  const rotate = (word: number, by: number) => (word << by) | (word >>> (32 - by));
  const scramble = (block: number) => Math.imul(rotate(Math.imul(block, 0xcc9e2d51), 15), 0x1b873593);
  const tail = bytes.length & ~3;
  let hash = 0;
  for (let at = 0; at < tail; at += 4) {
    hash = (Math.imul(rotate(hash ^ scramble(bytes.readInt32LE(at)), 13), 5) + 0xe6546b64) | 0;
  }
  const last = Buffer.alloc(4);
  bytes.copy(last, 0, tail);
  hash ^= scramble(last.readInt32LE(0)) ^ bytes.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
};

describe('murmur3', () => {
  it.each([
    ['', 0],
    ['test', 0xba6bd213],
    ['Hello, world!', 0xc0363e43],
    ['The quick brown fox jumps over the lazy dog', 0x2e4ff723],
    ['r:new-checkout:user-1', 0x027bea4e],
    ['r:new-checkout:42', 0x55234a68],
    ['v:new-checkout:user-1', 0x93889887],
    ['r:naïve:ünïcødé-用户', 0x46b620d5],
  ])('of %j is %i', (text, hash) => {
    expect(murmur3(text)).toBe(hash);
  });

  it('is that of the UTF-8, in which a lone surrogate is U+FFFD', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.oneof(fc.constantFrom('a', '\0', 'é', '用', '😀', '\ud800', '\udfff')) }),
        (text) => {
          expect(murmur3(text)).toBe(murmurOfBytes(Buffer.from(text)));
        },
      ),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        expect(murmur3(text)).toBe(murmurOfBytes(Buffer.from(text)));
      }),
    );
  });

  it('does not depend on where a text is cut, nor on what was hashed before', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (beginning, end) => {
        const start = startMurmur3(beginning);
        for (let turn = 0; turn < 2; turn += 1) {
          expect(finishMurmur3(continueMurmur3(start, end))).toBe(murmur3(beginning + end));
        }
      }),
    );
  });
});
