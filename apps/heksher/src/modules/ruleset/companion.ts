import { type Revision } from '@heksher/ruleset';
import { type Principal } from '../../access/principal.js';
import { type Reader } from './loading.js';

/**
 * What is kept in memory beside the ruleset, and proved current with it: whoever reads a ruleset finds it as of the same
 * revision, or a later one.
 */
export type Companion = Readonly<{
  /** Reads all of it, and what changed since a revision. */
  load(reader: Reader): Promise<void>;
  follow(reader: Reader, since: Revision): Promise<void>;
  /** The principal as it is now. Throws `unauthenticated` where its credentials hold no longer. */
  prove(principal: Principal): Principal;
}>;
