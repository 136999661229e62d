import { packUtf8 } from './utf8.js';

/** State of an incremental hash: of the complete blocks of four bytes, and the remaining bytes. */
export type UnfinishedMurmur3 = Readonly<{ hash: number; rest: number; length: number }>;

const NOTHING: UnfinishedMurmur3 = { hash: 0, rest: 0, length: 0 };

/** MurmurHash3 x86 32-bit (Austin Appleby, public domain) of the UTF-8, with seed 0; from 0 to 2³² − 1. */
export function murmur3(text: string): number {
  return finishMurmur3(continueMurmur3(NOTHING, text));
}

/** Hashes a prefix that many texts share, once. */
export function startMurmur3(text: string): UnfinishedMurmur3 {
  return continueMurmur3(NOTHING, text);
}

/** Appends `text` to the hashed text; a surrogate pair must not be split. */
export function continueMurmur3(before: UnfinishedMurmur3, text: string): UnfinishedMurmur3 {
  let { hash, rest, length } = before;
  for (let at = 0; at < text.length; at += 1) {
    let bytes = text.charCodeAt(at);
    if (bytes > 0x7f) {
      const point = text.codePointAt(at) ?? bytes;
      if (point > 0xffff) at += 1;
      bytes = packUtf8(point);
    }
    do {
      rest |= (bytes & 0xff) << ((length & 3) << 3);
      length += 1;
      if ((length & 3) === 0) {
        hash = mix(hash, rest);
        rest = 0;
      }
      bytes >>>= 8;
    } while (bytes !== 0);
  }
  return { hash, rest, length };
}

export function finishMurmur3({ hash, rest, length }: UnfinishedMurmur3): number {
  let last = hash ^ scramble(rest) ^ length;
  last = Math.imul(last ^ (last >>> 16), 0x85ebca6b);
  last = Math.imul(last ^ (last >>> 13), 0xc2b2ae35);
  return (last ^ (last >>> 16)) >>> 0;
}

function mix(hash: number, block: number): number {
  const mixed = hash ^ scramble(block);
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

function scramble(block: number): number {
  const product = Math.imul(block, 0xcc9e2d51);
  return Math.imul((product << 15) | (product >>> 17), 0x1b873593);
}
