import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { member, parseNative } from '@heksher/core';
import { SharedRedis } from '../../shared-redis.js';
import { type Logger } from '../logging/index.js';
import { type ClientProof, secretOf } from './client-proof.js';
import { type IntrospectionEndpoint } from './introspection.js';

/** What an issuer has said of a token, and when it was asked. */
export type Answered = Readonly<{ text: string; atMs: number }>;

const PREFIX = 'heksher:introspection:';
const MOST_BYTES = 300_000;
const MAC_LENGTH = 43;

/**
 * What issuers have said of tokens, in a Redis that replicas share. It has hashes and answers, no tokens. Each answer is sealed by a key that
 * is made of the client's secret or private key: nobody who can write to Redis can make one up, or put it in the place of another. Whatever goes wrong
 * is as if there were nothing.
 */
export class SharedAnswers {
  private readonly redis: SharedRedis;
  private readonly scope: string;
  private sealed: Readonly<{ by: ClientProof; seal: Buffer }> | undefined;

  constructor(
    url: () => string,
    private readonly endpoint: IntrospectionEndpoint,
    log: Pick<Logger, 'info' | 'warn'>,
  ) {
    this.redis = new SharedRedis(url, 'what issuers say of tokens is', log);
    this.scope = JSON.stringify([endpoint.url, endpoint.clientId]);
  }

  start(): void {
    this.redis.start();
  }

  stop(): void {
    this.redis.stop();
  }

  /** @param digest of the token */
  async get(digest: string): Promise<Answered | undefined> {
    const key = this.keyOf(digest);
    const sealed = await this.redis.send(['GETRANGE', key, '0', String(MOST_BYTES)]);
    return typeof sealed === 'string' ? this.open(key, sealed) : undefined;
  }

  /** Nobody waits for this. */
  put(digest: string, { text, atMs }: Answered, forMs: number): void {
    if (forMs < 1) return;
    const key = this.keyOf(digest);
    const content = JSON.stringify({ text, atMs });
    if (content.length > MOST_BYTES / 2) return;
    void this.redis.send(['SET', key, this.macOf(key, content) + content, 'PX', String(Math.floor(forMs))]);
  }

  /** Another endpoint, or another client of it, may be told otherwise. */
  private keyOf(digest: string): string {
    return PREFIX + createHash('sha256').update(`${this.scope}\n${digest}`).digest('hex');
  }

  private sealOf(proof: ClientProof): Buffer {
    if (this.sealed?.by === proof) return this.sealed.seal;
    const seal = createHmac('sha256', secretOf(proof)).update(`heksher introspection ${this.scope}`).digest();
    this.sealed = { by: proof, seal };
    return seal;
  }

  private macOf(key: string, content: string): string {
    return createHmac('sha256', this.sealOf(this.endpoint.proof())).update(`${key}\n${content}`).digest('base64url');
  }

  private open(key: string, sealed: string): Answered | undefined {
    const [mac, content] = [sealed.slice(0, MAC_LENGTH), sealed.slice(MAC_LENGTH)];
    const [given, expected] = [Buffer.from(mac), Buffer.from(this.macOf(key, content))];
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    const answered: unknown = parseNative(content);
    const [text, atMs] = [member(answered, 'text'), member(answered, 'atMs')];
    return typeof text === 'string' && typeof atMs === 'number' ? { text, atMs } : undefined;
  }
}
