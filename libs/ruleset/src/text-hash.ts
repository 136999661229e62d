/** The FNV-1a hash of a text's UTF-16 code units, 32 bits unsigned: fast, and sufficient where equality is checked afterwards. */
export function textHash(text: string): number {
  const { length } = text;
  let hash = 0x811c9dc5;
  for (let index = 0; index < length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
