/** The FNV-1a hash of a text's UTF-16 code units, 32 bits unsigned: quick, and good enough where equality is checked after. */
export function textHash(text: string): number {
  // Asked for in each turn, the length of a text, which comes in many forms, would cost more than all else here.
  const { length } = text;
  let hash = 0x811c9dc5;
  for (let index = 0; index < length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}

/** 64 bits that tell texts apart, as two numbers of 32: enough where nobody gains by making two texts that share them. */
export type LongHash = Readonly<{ first: number; second: number }>;

/** The text's FNV-1a hash, and another in which all bits of a unit soon reach all bits of the hash. */
export function longHash(text: string): LongHash {
  const { length } = text;
  let first = 0x811c9dc5;
  let second = 0x9e3779b9;
  for (let index = 0; index < length; index += 1) {
    const unit = text.charCodeAt(index);
    first = Math.imul(first ^ unit, 0x01000193);
    second = Math.imul(second ^ unit, 0x85ebca6b);
    second ^= second >>> 15;
  }
  return { first, second };
}
