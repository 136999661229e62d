import fc from 'fast-check';
import * as zlib from 'node:zlib';
import { crc32 } from './crc32.js';

describe('crc32', () => {
  it.each([
    ['', 0],
    ['123456789', 0xcbf43926],
    ['The quick brown fox jumps over the lazy dog', 0x414fa339],
  ])('of %j is %i', (text, crc) => {
    expect(crc32(text)).toBe(crc);
  });

  it('is that of zlib for the UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        expect(crc32(text)).toBe(zlib.crc32(Buffer.from(text)));
      }),
    );
  });
});
