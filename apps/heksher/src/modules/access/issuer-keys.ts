import { errorMessage, HeksherError, member, parseNative } from '@heksher/core';
import { createLocalJWKSet, errors, type JSONWebKeySet } from 'jose';
import { type Logger } from '../logging/index.js';
import { fetchText } from './fetch-text.js';
import { type FindKey } from './verified-token.js';

/** How the keys of an issuer are kept; times in milliseconds. */
export type KeyOptions = Readonly<{
  /** Undefined: by its metadata. */
  jwksUrl: string | undefined;
  /** They are fetched again at half of this age. */
  maxAgeMs: number;
  /** How long the last good ones are good while the issuer does not answer. */
  staleMs: number;
}>;

type Keys = Readonly<{ find: FindKey; text: string; fetchedAtMs: number }>;

/** An unknown key id makes at most one request in this time, whether it succeeds or not. */
const COOLDOWN_MS = 30_000;
const MOST_KEYS = 64;

/**
 * The keys that an issuer signs tokens by. They are fetched in the background, so that nobody waits for them but for those that are new; while
 * the issuer does not answer, the last good ones hold.
 */
export class IssuerKeys {
  private keys: Keys | undefined;
  private readonly madeAtMs: number;
  private triedAtMs = -Infinity;
  private hasFailed = false;
  private fetching: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param onChange called when keys came or went
   * @param clock a monotonic one: ages are no matter of what the time is set to
   */
  constructor(
    private readonly issuer: string,
    private readonly options: KeyOptions,
    private readonly onChange: () => void,
    private readonly log: Pick<Logger, 'info' | 'warn'>,
    private readonly clock: () => number = () => performance.now(),
  ) {
    this.madeAtMs = clock();
  }

  /** How long ago they were fetched last; since the beginning, where they were not. */
  get ageMs(): number {
    return this.clock() - (this.keys?.fetchedAtMs ?? this.madeAtMs);
  }

  start(): void {
    void this.refresh();
    this.timer = setInterval(() => void this.refresh(), this.options.maxAgeMs / 2).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /**
   * The key of a token's header, for jose. Rejects with its error where the issuer has no such key, and with `unavailable` where that
   * cannot be found out now.
   */
  readonly find: FindKey = async (header, token) => {
    try {
      return await this.findNow(header, token);
    } catch (error) {
      if (!isMissing(error) || !this.mayTry()) throw this.judged(error);
    }
    await this.refresh();
    try {
      return await this.findNow(header, token);
    } catch (error) {
      throw this.judged(error);
    }
  };

  private findNow(...asked: Parameters<FindKey>): ReturnType<FindKey> {
    const { keys } = this;
    if (keys === undefined || this.clock() - keys.fetchedAtMs > this.options.staleMs) throw unavailable();
    return keys.find(...asked);
  }

  private mayTry(): boolean {
    return this.fetching !== undefined || this.clock() - this.triedAtMs >= COOLDOWN_MS;
  }

  /** A key that is not known while the issuer does not answer may be a new one. */
  private judged(error: unknown): unknown {
    return isMissing(error) && this.hasFailed ? unavailable() : error;
  }

  private refresh(): Promise<void> {
    this.fetching ??= this.fetchKeys().finally(() => (this.fetching = undefined));
    return this.fetching;
  }

  private async fetchKeys(): Promise<void> {
    this.triedAtMs = this.clock();
    try {
      const text = await fetchText(this.options.jwksUrl ?? (await discover(this.issuer, ['jwks_uri'])).jwks_uri);
      const find = createLocalJWKSet(parseKeys(text));
      const isNew = this.keys?.text !== text;
      this.keys = { find, text, fetchedAtMs: this.triedAtMs };
      if (isNew) this.onChange();
      if (this.hasFailed) this.log.info('the keys of the issuer can be fetched again', { issuer: this.issuer });
      this.hasFailed = false;
    } catch (error) {
      if (!this.hasFailed) {
        const problem = errorMessage(error);
        this.log.warn('the keys of the issuer cannot be fetched', { issuer: this.issuer, problem });
      }
      this.hasFailed = true;
    }
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof errors.JWKSNoMatchingKey || (error instanceof HeksherError && error.code === 'unavailable');
}

function unavailable(): HeksherError {
  return new HeksherError('unavailable', 'the issuer of the token does not answer; try again later');
}

/** A set without a usable key does not replace one that has some. */
function parseKeys(text: string): JSONWebKeySet {
  const given: unknown = member(parseNative(text), 'keys');
  const keys = Array.isArray(given) ? given.filter((key: unknown) => typeof member(key, 'kty') === 'string') : [];
  const usable = keys.filter((key: unknown) => member(key, 'kty') !== 'oct' && member(key, 'use') !== 'enc');
  if (usable.length === 0 || usable.length > MOST_KEYS)
    throw new Error(`the issuer has ${usable.length} keys; accepted: 1 to ${MOST_KEYS}`);
  return { keys: usable as JSONWebKeySet['keys'] };
}

function addressIn(metadata: unknown, name: string): string {
  const address = member(metadata, name);
  if (typeof address === 'string' && URL.canParse(address)) return address;
  throw new Error(`it names no ${name}`);
}

/** Addresses that an issuer names in its metadata (RFC 8414, OpenID Connect Discovery). */
export async function discover<Name extends string>(
  issuer: string,
  names: readonly Name[],
): Promise<Readonly<Record<Name, string>>> {
  const { origin, pathname } = new URL(issuer);
  const path = pathname === '/' ? '' : pathname.replace(/\/$/, '');
  const places = [
    `${origin}/.well-known/oauth-authorization-server${path}`,
    `${origin}${path}/.well-known/openid-configuration`,
  ];
  const problems: string[] = [];
  for (const place of places) {
    try {
      const metadata: unknown = parseNative(await fetchText(place));
      const said = member(metadata, 'issuer');
      if (said !== issuer) throw new Error(`it is the metadata of ${JSON.stringify(said)}`);
      return Object.fromEntries(names.map((name) => [name, addressIn(metadata, name)])) as Record<Name, string>;
    } catch (error) {
      problems.push(`${place}: ${errorMessage(error)}`);
    }
  }
  throw new Error(problems.join('; '));
}
