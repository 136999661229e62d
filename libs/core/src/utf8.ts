/**
 * The UTF-8 of a code point beyond ASCII, its two to four bytes in one unsigned number, the first byte lowest; as
 * TextEncoder has it, a lone surrogate becomes U+FFFD. A number, so that hashing a text allocates nothing.
 */
export function packUtf8(point: number): number {
  const last = continuation(point) << 8;
  if (point < 0x800) return 0xc0 | (point >>> 6) | last;
  if (point >= 0xd800 && point <= 0xdfff) return packUtf8(0xfffd);
  const lastTwo = (continuation(point >>> 6) << 8) | (last << 8);
  if (point < 0x10000) return 0xe0 | (point >>> 12) | lastTwo;
  return (0xf0 | (point >>> 18) | (continuation(point >>> 12) << 8) | (lastTwo << 8)) >>> 0;
}

function continuation(point: number): number {
  return 0x80 | (point & 0x3f);
}
