import { hash } from 'node:crypto';
import { HeksherError } from '@heksher/core';
import { LRUCache } from 'lru-cache';
import { invalidToken } from '../../access/access-error.js';
import { type ProvenToken } from '../../access/principal.js';
import { type Logger } from '../logging/index.js';
import { Introspection, type IntrospectionEndpoint, parseAnswer } from './introspection.js';
import { actorOf } from './jwt-tokens.js';
import { type Answered, SharedAnswers } from './shared-answers.js';
import { type ClaimOptions, readClaims, TOLERANCE_S } from './token-claims.js';

/** Which opaque tokens are taken. */
export type OpaqueOptions = Readonly<{
  endpoint: IntrospectionEndpoint;
  /** Those of these issuers. An answer that names none is of the only one. */
  issuers: readonly string[];
  audience: string;
  claims: ClaimOptions;
  /** Where replicas share what was answered; undefined: nowhere. */
  redisUrl: (() => string) | undefined;
}>;

const MOST_TOKENS = 10_000;
const MOST_REFUSED = 1_000;
const LONGEST_TOKEN = 8_192;
/** What was answered is relied on for so long. */
const GOOD_FOR_MS = 60_000;
const REFUSED_FOR_MS = 10_000;

/** Opaque access tokens: their issuer is asked (RFC 7662), and its answer kept by the hash of the token. */
export class OpaqueTokens {
  /** Tokens that were known, that other replicas knew, and that their issuer was asked about. */
  readonly stats = { known: 0, shared: 0, asked: 0 };
  private readonly known = new LRUCache<string, ProvenToken>({ max: MOST_TOKENS });
  private readonly refused = new LRUCache<string, HeksherError>({ max: MOST_REFUSED, ttl: REFUSED_FOR_MS });
  private readonly asking = new Map<string, Promise<ProvenToken>>();
  private readonly introspection: Introspection;
  private readonly shared: SharedAnswers | undefined;

  constructor(
    private readonly options: OpaqueOptions,
    log: Logger,
    private readonly clock: () => number = () => Date.now(),
  ) {
    const { endpoint, redisUrl } = options;
    this.introspection = new Introspection(endpoint, log);
    this.shared = redisUrl === undefined ? undefined : new SharedAnswers(redisUrl, endpoint, log);
  }

  start(): void {
    this.shared?.start();
  }

  stop(): void {
    this.shared?.stop();
  }

  /** What this token proves; a promise where that must be asked. Throws, or rejects with, `unauthenticated` or `unavailable`. */
  find(token: string): ProvenToken | Promise<ProvenToken> {
    const digest = hash('sha256', token, 'hex');
    const known = this.known.get(digest);
    if (known !== undefined && this.clock() >= known.expiresAtMs) throw expired();
    if (known !== undefined && this.clock() < known.goodUntilMs) {
      this.stats.known += 1;
      return known;
    }
    const refused = this.refused.get(digest);
    if (refused !== undefined) throw refused;
    const underWay = this.asking.get(digest);
    if (underWay !== undefined) return underWay;
    if (token.length > LONGEST_TOKEN) throw invalidToken('the token is too long');
    const asking = this.ask(token, digest).finally(() => this.asking.delete(digest));
    this.asking.set(digest, asking);
    return asking;
  }

  private async ask(token: string, digest: string): Promise<ProvenToken> {
    const kept = this.readKept(await this.shared?.get(digest));
    if (kept !== undefined) {
      this.stats.shared += 1;
      return this.remember(digest, kept);
    }
    this.stats.asked += 1;
    const atMs = this.clock();
    const answered = { text: await this.introspection.ask(token), atMs };
    try {
      const proven = this.remember(digest, this.read(answered));
      this.shared?.put(digest, answered, proven.goodUntilMs - this.clock());
      return proven;
    } catch (error) {
      if (error instanceof HeksherError) this.refused.set(digest, error);
      throw error;
    }
  }

  private remember(digest: string, proven: ProvenToken): ProvenToken {
    this.known.set(digest, proven);
    return proven;
  }

  /** What another replica was told is looked at as if we had been told; where it proves nothing now, it is asked for again. */
  private readKept(answered: Answered | undefined): ProvenToken | undefined {
    if (answered === undefined || answered.atMs > this.clock()) return undefined;
    try {
      const proven = this.read(answered);
      return this.clock() < proven.goodUntilMs ? proven : undefined;
    } catch (error) {
      if (error instanceof HeksherError) return undefined;
      throw error;
    }
  }

  /** What an answer proves. Throws `unauthenticated`. */
  private read({ text, atMs }: Answered): ProvenToken {
    const answer = parseAnswer(text);
    if (answer?.['active'] !== true)
      throw invalidToken('the token is not active: unknown to its issuer, expired or revoked');
    const { sub, aud, exp, nbf, iat } = answer;
    const { issuers, audience, claims } = this.options;
    const issuer = answer['iss'] ?? (issuers.length === 1 ? issuers[0] : undefined);
    if (typeof issuer !== 'string' || !issuers.includes(issuer))
      throw invalidToken('the issuer of the token is not one of those that are trusted here');
    if (!(Array.isArray(aud) ? aud : [aud]).includes(audience)) throw invalidToken('the token is not for this service');
    const proven = readClaims(answer, claims);
    const subject = sub ?? proven.client;
    if (typeof subject !== 'string' || subject === '') throw invalidToken('the token has no subject');
    const nowS = this.clock() / 1_000;
    if (timeOf(nbf, -Infinity) > nowS + TOLERANCE_S || timeOf(iat, -Infinity) > nowS + TOLERANCE_S)
      throw invalidToken('the token is not valid yet');
    const endS = timeOf(exp, Infinity);
    if (nowS >= endS + TOLERANCE_S) throw expired();
    return {
      ...proven,
      // Whoever has no subject but a client is that client.
      kind: sub === undefined ? 'machine' : proven.kind,
      issuer,
      subject,
      actor: actorOf(issuer, subject, issuers.length),
      expiresAtMs: (endS + TOLERANCE_S) * 1_000,
      by: this,
      goodUntilMs: Math.min(endS * 1_000, atMs + GOOD_FOR_MS),
    };
  }
}

/** A time that is none says nothing good. */
function timeOf(given: unknown, absent: number): number {
  if (given === undefined || given === null) return absent;
  if (typeof given === 'number' && Number.isFinite(given)) return given;
  throw invalidToken('a time of the token is none');
}

function expired(): HeksherError {
  return invalidToken('the token has expired');
}
