import { textHash } from '@heksher/ruleset';

const SETS = 2 ** 14;
/** Associativity: the number of texts remembered in each set, first in, first out. */
const WAYS = 4;

/**
 * Whether a text was given before, lately: so that only what is asked for again is worth keeping. It takes a fixed
 * amount of memory; one text in a billion or so is taken for another, which costs a little work only.
 */
export class RecentlyAsked {
  private readonly hashes = new Uint32Array(SETS * WAYS);

  /** Remembers `text`, and says whether it was remembered already. */
  add(text: string): boolean {
    const { hashes } = this;
    const hash = textHash(text);
    const first = (hash % SETS) * WAYS;
    for (let place = first; place < first + WAYS; place += 1) if (hashes[place] === hash) return true;
    for (let place = first + WAYS - 1; place > first; place -= 1) hashes[place] = hashes[place - 1] ?? 0;
    hashes[first] = hash;
    return false;
  }
}
