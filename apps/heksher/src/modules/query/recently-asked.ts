import { textHash } from './text-hash.js';

const SETS = 2 ** 14;
/** How many texts that fall on one set are remembered: the last so many. */
const WAYS = 4;

/**
 * Whether a text was given before, lately: so that only what is asked for again is worth keeping. It takes a fixed
 * amount of memory; one text in a billion or so is taken for another, which costs a little work only.
 */
export class RecentlyAsked {
  private readonly hashes = new Uint32Array(SETS * WAYS);

  /** Remembers `text`, and says whether it was remembered already. */
  add(text: string): boolean {
    const hash = textHash(text);
    const start = (hash % SETS) * WAYS;
    const set = this.hashes.subarray(start, start + WAYS);
    if (set.includes(hash)) return true;
    set.copyWithin(1, 0);
    set[0] = hash;
    return false;
  }
}
