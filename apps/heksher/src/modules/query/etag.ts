import { hash } from 'node:crypto';

/** A strong entity tag made from content alone, so that every replica gives the same for the same answer. */
export function strongEtag(body: Buffer | string): string {
  return `"${hash('sha256', body, 'base64url').slice(0, 27)}"`;
}

/**
 * The same for a text that is put together of pieces whose long hashes are known: making it costs nothing for each
 * character. 64 bits, which is plenty to tell a text from the one there was before.
 */
export class PiecewiseEtag {
  private first = 0x6a09e667;
  private second = 0xbb67ae85;

  /** Takes the long hash of the next piece. */
  add(first: number, second: number): void {
    const one = Math.imul(this.first ^ first, 0x9e3779b1);
    const two = Math.imul(this.second ^ second, 0xc2b2ae3d);
    this.first = one ^ (one >>> 15);
    this.second = two ^ (two >>> 13);
  }

  toString(): string {
    return `"${this.first}.${this.second}"`;
  }
}
