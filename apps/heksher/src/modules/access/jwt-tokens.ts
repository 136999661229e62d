import { hash } from 'node:crypto';
import { HeksherError, member, parseNative } from '@heksher/core';
import { decodeJwt, errors, type JWTClaimVerificationOptions, type JWTPayload } from 'jose';
import { LRUCache } from 'lru-cache';
import { invalidToken } from '../../access/access-error.js';
import { type ProvenToken } from '../../access/principal.js';
import { type Logger } from '../logging/index.js';
import { IssuerKeys, type KeyOptions } from './issuer-keys.js';
import { type ClaimOptions, readClaims, TOLERANCE_S } from './token-claims.js';
import { verifiedClaims } from './verified-token.js';

/** Which access tokens are taken. */
export type JwtOptions = Omit<KeyOptions, 'jwksUrl'> &
  Readonly<{
    issuers: readonly Readonly<{ issuer: string; jwksUrl: string | undefined }>[];
    /** What tokens must be made for: our resource identifier. */
    audience: string;
    /** `strict`: access tokens of RFC 9068; `any`: also those of issuers that call them JWT. */
    typ: 'strict' | 'any';
    claims: ClaimOptions;
  }>;

const LONGEST_TOKEN = 8_192;
const MOST_TOKENS = 10_000;
const MOST_REFUSED = 1_000;
const REFUSED_FOR_MS = 10_000;

const REQUIRED = {
  strict: ['iss', 'exp', 'aud', 'sub', 'client_id', 'iat', 'jti'],
  any: ['iss', 'exp', 'aud', 'sub'],
} as const;

/** JWT access tokens (RFC 9068, RFC 8725), by the keys of their issuers. What was verified is kept by the hash of the whole token. */
export class JwtTokens {
  /** Tokens that were known, and that had to be verified. */
  readonly stats = { known: 0, verified: 0 };
  private known = this.emptyCache();
  /** Not the cache itself, which whoever remembers a token would keep alive. */
  private mark: object = {};
  private readonly refused = new LRUCache<string, HeksherError>({ max: MOST_REFUSED, ttl: REFUSED_FOR_MS });
  private readonly keys: ReadonlyMap<string, IssuerKeys>;

  constructor(
    private readonly options: JwtOptions,
    log: Logger,
    private readonly clock: () => number = () => Date.now(),
  ) {
    const { issuers, maxAgeMs, staleMs } = options;
    const forget = (): void => {
      this.known = this.emptyCache();
      this.mark = {};
      this.refused.clear();
    };
    this.keys = new Map(
      issuers.map(({ issuer, jwksUrl }) => [
        issuer,
        new IssuerKeys(issuer, { maxAgeMs, staleMs, jwksUrl }, forget, log),
      ]),
    );
  }

  /** How old the keys of each issuer are, in seconds; those that were never fetched are as old as this. */
  get keyAges(): readonly (readonly [issuer: string, ageS: number])[] {
    return Array.from(this.keys, ([issuer, keys]) => [issuer, keys.ageMs / 1_000] as const);
  }

  /** Changes when a key came or went, by which tokens may have been verified. */
  get state(): object {
    return this.mark;
  }

  start(): void {
    for (const keys of this.keys.values()) keys.start();
  }

  stop(): void {
    for (const keys of this.keys.values()) keys.stop();
  }

  /** Three parts, of which the first is a header with an algorithm. */
  static looksLike(text: string): boolean {
    const [header] = /^[\w-]+(?=\.[\w-]+\.[\w-]*$)/.exec(text) ?? [];
    if (header === undefined) return false;
    try {
      return member(parseNative(Buffer.from(header, 'base64url').toString()), 'alg') !== undefined;
    } catch {
      return false;
    }
  }

  /** What this token proves; a promise where it was not verified before. Throws, or rejects, as `verify`. */
  find(token: string): ProvenToken | Promise<ProvenToken> {
    const digest = hash('sha256', token, 'base64');
    const known = this.known.get(digest);
    if (known !== undefined) {
      this.stats.known += 1;
      return this.inTime(known);
    }
    const refused = this.refused.get(digest);
    if (refused !== undefined) throw refused;
    return this.verify(token, digest);
  }

  private inTime(proven: ProvenToken): ProvenToken {
    if (this.clock() < proven.expiresAtMs) return proven;
    throw invalidToken('the token has expired');
  }

  private async verify(token: string, digest: string): Promise<ProvenToken> {
    const { known, mark } = this;
    this.stats.verified += 1;
    try {
      const proven = this.provenBy(await this.claimsOf(token), mark);
      known.set(digest, proven);
      return proven;
    } catch (error) {
      const refusal = refusalOf(error);
      // That an issuer is away says nothing about the token.
      if (refusal.code !== 'unavailable') this.refused.set(digest, refusal);
      throw refusal;
    }
  }

  private async claimsOf(token: string): Promise<JWTPayload> {
    if (token.length > LONGEST_TOKEN) throw invalidToken('the token is too long');
    const { audience, typ } = this.options;
    // Which issuer's keys: only a configured one, and the signature must then hold by these.
    const issuer = decodeJwt(token).iss ?? '';
    const keys = this.keys.get(issuer);
    if (keys === undefined) throw invalidToken('the issuer of the token is not one of those that are trusted here');
    const options: JWTClaimVerificationOptions = {
      issuer,
      audience,
      clockTolerance: TOLERANCE_S,
      currentDate: new Date(this.clock()),
      requiredClaims: [...REQUIRED[typ]],
      ...(typ === 'strict' && { typ: 'at+jwt' }),
    };
    const payload = await verifiedClaims(token, keys.find, options);
    if (payload.iat !== undefined && payload.iat * 1_000 > this.clock() + TOLERANCE_S * 1_000)
      throw invalidToken('the token was issued in the future');
    if ('nonce' in payload || 'at_hash' in payload)
      throw invalidToken('this is an ID token, which is for the client alone; give an access token');
    return payload;
  }

  private provenBy(claims: JWTPayload, by: object): ProvenToken {
    const { sub = '', iss = '', exp = 0 } = claims;
    return {
      ...readClaims(claims, this.options.claims),
      issuer: iss,
      subject: sub,
      actor: actorOf(iss, sub, this.keys.size),
      expiresAtMs: (exp + TOLERANCE_S) * 1_000,
      by,
      goodUntilMs: Infinity,
    };
  }

  private emptyCache(): LRUCache<string, ProvenToken> {
    return new LRUCache<string, ProvenToken>({ max: MOST_TOKENS });
  }
}

/** Subjects of different issuers may be the same. */
export function actorOf(issuer: string, subject: string, issuers: number): string {
  return issuers > 1 ? `${issuer}#${subject}` : subject;
}

/** What a client is told: which check failed, and nothing of the token. */
function refusalOf(error: unknown): HeksherError {
  if (error instanceof HeksherError) return error;
  if (error instanceof errors.JWTExpired) return invalidToken('the token has expired');
  if (error instanceof errors.JWTClaimValidationFailed)
    return invalidToken(`the claim "${error.claim}" of the token is missing, or not what is accepted here`);
  if (error instanceof errors.JOSEAlgNotAllowed) return invalidToken('the algorithm of the token is not accepted');
  if (error instanceof errors.JWKSNoMatchingKey) return invalidToken('no key of the issuer fits the token');
  if (error instanceof errors.JWKSMultipleMatchingKeys)
    return invalidToken('the token does not say by which of several keys it is signed');
  return invalidToken('the token is malformed, or its signature does not hold');
}
