import { type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { invalidToken } from '../../access/access-error.js';
import { type ProvenToken } from '../../access/principal.js';
import { JwtTokens } from './jwt-tokens.js';
import { type OpaqueTokens } from './opaque-tokens.js';

/** What access tokens are verified by: those that their issuer has signed by its keys, all others by asking it. */
export class TokenVerifiers implements OnApplicationBootstrap, OnApplicationShutdown {
  /** Undefined: no such tokens are taken. */
  constructor(
    readonly jwt: JwtTokens | undefined,
    readonly opaque: OpaqueTokens | undefined,
  ) {}

  onApplicationBootstrap(): void {
    this.jwt?.start();
    this.opaque?.start();
  }

  onApplicationShutdown(): void {
    this.jwt?.stop();
    this.opaque?.stop();
  }

  /** What this token proves; a promise where that is to be found out. Throws, or rejects with, `unauthenticated` or `unavailable`. */
  find(token: string): ProvenToken | Promise<ProvenToken> {
    const verifier = JwtTokens.looksLike(token) ? this.jwt : this.opaque;
    if (verifier !== undefined) return verifier.find(token);
    throw invalidToken('this is neither a key of this service nor a token that it takes');
  }

  /** Whether what was found of a token still holds, so that it need not be looked for again. */
  isGood({ by, goodUntilMs }: ProvenToken): boolean {
    return (by === this.jwt?.state || by === this.opaque) && Date.now() < goodUntilMs;
  }
}
