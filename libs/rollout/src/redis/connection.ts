import { createHash } from 'node:crypto';
import { closed, RolloutError, unavailable } from '../errors.js';
import { parseAddress, reasonOf, type RedisAddress } from './address.js';

/** As much of a client of the `redis` package as is needed; what `createClient()` gives is one. */
export type RedisClient = Readonly<{
  isReady: boolean;
  sendCommand(args: readonly string[]): Promise<unknown>;
}>;

/** Where Redis is, and how long to wait for it. */
export type RedisOptions = Readonly<{
  /** Such as `redis://user:password@host:6379/0`; or else `client`. */
  url?: string;
  /** A client of yours, connected; you listen to its errors and close it. */
  client?: RedisClient;
  /** What all keys begin with. */
  prefix?: string;
  /** How long the first connection and each command may take; 2000 unless given. */
  timeoutMs?: number;
}>;

/** A script, which Redis runs as one step. */
export type Script = Readonly<{ text: string; sha1: string }>;

export function script(text: string): Script {
  return { text, sha1: createHash('sha1').update(text).digest('hex') };
}

type OwnClient = RedisClient & { destroy(): void };

/**
 * A connection that is made on first use, fails at once while Redis is known to be away, and is there again when Redis
 * is, as the client reconnects by itself; once closed, it stays closed. Whatever goes wrong is 'unavailable', unless a key
 * is not one of ours.
 */
export class RedisConnection {
  readonly #timeoutMs: number;
  readonly #address: RedisAddress | undefined;
  readonly #given: RedisClient | undefined;
  #opening: Promise<RedisClient> | undefined;
  #own: OwnClient | undefined;
  /** Why the client of our own is not connected. */
  #fault: unknown;
  #isClosed = false;
  #stopWaiting = (): void => undefined;

  constructor({ url, client, timeoutMs = 2_000 }: RedisOptions) {
    if ((url === undefined) === (client === undefined)) {
      const accepted = 'either a url, such as "redis://127.0.0.1:6379", or a client';
      throw new RolloutError('invalid', `a back end on Redis takes ${accepted}`);
    }
    this.#address = url === undefined ? undefined : parseAddress(url);
    this.#given = client;
    this.#timeoutMs = timeoutMs;
  }

  /** The reply to a command. */
  async command(args: readonly string[]): Promise<unknown> {
    try {
      return await this.#send(args);
    } catch (error) {
      throw this.#explained(error);
    }
  }

  /** What a script returns. */
  async run({ text, sha1 }: Script, keys: readonly string[], args: readonly string[]): Promise<unknown> {
    const rest = [String(keys.length), ...keys, ...args];
    try {
      return await this.#send(['EVALSHA', sha1, ...rest]);
    } catch (error) {
      // A Redis that was restarted does not know the script.
      if (messageOf(error).startsWith('NOSCRIPT')) return this.command(['EVAL', text, ...rest]);
      throw this.#explained(error);
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#stopWaiting();
    this.#own?.destroy();
    this.#own = undefined;
  }

  async #send(args: readonly string[]): Promise<unknown> {
    if (this.#isClosed) throw closed();
    const client = this.#given ?? (await (this.#opening ??= this.#open()));
    if (this.#isClosed) throw closed();
    if (!client.isReady) throw this.#notConnected();
    return this.#withinTime(client.sendCommand(args));
  }

  /** The client once it is ready, or has failed to connect at first: it goes on trying. */
  async #open(): Promise<RedisClient> {
    const { createClient } = await import('redis');
    if (this.#isClosed) throw closed();
    const socket = { connectTimeout: this.#timeoutMs };
    const client = createClient({ url: this.#address?.url ?? '', socket, disableOfflineQueue: true });
    const attempted = new Promise<void>((resolve) => {
      this.#stopWaiting = resolve;
      client.on('ready', resolve).on('error', (error: unknown) => {
        this.#fault = error;
        resolve();
      });
    });
    this.#own = client;
    client.connect().catch(() => undefined);
    await this.#withinTime(attempted).catch((error: unknown) => (this.#fault ??= error));
    return client;
  }

  #notConnected(): RolloutError {
    if (this.#address === undefined) return unavailable('Redis', 'the client is not connected');
    const { where, isTls } = this.#address;
    const why = this.#fault === undefined ? 'it is not connected' : reasonOf(this.#fault, isTls);
    return unavailable(where, why, this.#fault);
  }

  #explained(error: unknown): RolloutError {
    if (this.#isClosed) return closed();
    if (error instanceof RolloutError) return error;
    const message = messageOf(error);
    if (message.includes('WRONGTYPE')) {
      return new RolloutError('conflict', 'a key that begins with our prefix holds something else', { cause: error });
    }
    return unavailable(this.#address?.where ?? 'Redis', message, error);
  }

  /** The client itself waits for ever where a server takes a command and says nothing. */
  #withinTime<T>(reply: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const late = (): void => reject(new Error(`nothing came within ${this.#timeoutMs} ms`));
      const timer = setTimeout(late, this.#timeoutMs);
      reply.then(resolve, reject).finally(() => clearTimeout(timer));
    });
  }
}

/** A text in a reply; a client may be configured to return bytes. */
export function textOf(reply: unknown): string {
  return Buffer.isBuffer(reply) ? reply.toString() : typeof reply === 'string' ? reply : '';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
