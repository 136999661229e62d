import { packUtf8 } from './utf8.js';

/** The remainder of each byte, for the reflected polynomial of IEEE 802.3. */
const REMAINDERS = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit += 1) remainder = remainder & 1 ? (remainder >>> 1) ^ 0xedb88320 : remainder >>> 1;
  return remainder;
});

/** CRC-32 (IEEE, as zlib and Python's `binascii.crc32` have it) of the UTF-8; from 0 to 2³² − 1. */
export function crc32(text: string): number {
  let crc = -1;
  for (let at = 0; at < text.length; at += 1) {
    let bytes = text.charCodeAt(at);
    if (bytes > 0x7f) {
      const point = text.codePointAt(at) ?? bytes;
      if (point > 0xffff) at += 1;
      bytes = packUtf8(point);
    }
    do {
      crc = (REMAINDERS[(crc ^ bytes) & 0xff] ?? 0) ^ (crc >>> 8);
      bytes >>>= 8;
    } while (bytes !== 0);
  }
  return ~crc >>> 0;
}
