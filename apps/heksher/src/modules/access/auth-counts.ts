import { HeksherError } from '@heksher/core';
import { type Proof } from '../../access/principal.js';

type Outcomes = { accepted: number; refused: number; failed: number };

const none = (): Outcomes => ({ accepted: 0, refused: 0, failed: 0 });

/** How who asks was found out. */
type Method = 'key' | 'token' | 'gateway' | 'certificate' | 'none';

/** Counts who was found out to ask. */
export class AuthCounts {
  readonly byMethod: Readonly<Record<Method, Outcomes>> = {
    key: none(),
    token: none(),
    gateway: none(),
    certificate: none(),
    none: none(),
  };
  /** What was known of the connection, or of all; and what had to be looked for in the database. */
  readonly tiers = { connection: 0, memory: 0, database: 0 };

  accepted(proof: Proof): void {
    this.byMethod[methodOf(proof)].accepted += 1;
  }

  /** That it cannot be found out now is no refusal. */
  refused(method: Method, error: unknown): void {
    const isAway = error instanceof HeksherError && error.code === 'unavailable';
    this.byMethod[method][isAway ? 'failed' : 'refused'] += 1;
  }
}

/** By what somebody is known. */
export function methodOf(proof: Proof): Method {
  return proof.kind === 'named' ? proof.named.by : proof.kind;
}
