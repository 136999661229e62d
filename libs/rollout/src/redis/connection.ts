import { createHash } from 'node:crypto';
import { RolloutError, unavailable } from '../errors.js';

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
 * is, as the client connects anew by itself. Whatever goes wrong is 'unavailable', unless a key is not one of ours.
 */
export class RedisConnection {
  readonly #timeoutMs: number;
  readonly #url: string;
  readonly #given: RedisClient | undefined;
  #own: Promise<OwnClient> | undefined;

  constructor({ url, client, timeoutMs = 2_000 }: RedisOptions) {
    if ((url === undefined) === (client === undefined)) {
      const accepted = 'either a url, such as "redis://127.0.0.1:6379", or a client';
      throw new RolloutError('invalid', `a back end on Redis takes ${accepted}`);
    }
    this.#url = url ?? '';
    this.#given = client;
    this.#timeoutMs = timeoutMs;
  }

  /** The reply to a command. */
  async command(args: readonly string[]): Promise<unknown> {
    try {
      return await this.#send(args);
    } catch (error) {
      throw explained(error);
    }
  }

  /** What a script returns. */
  async run({ text, sha1 }: Script, keys: readonly string[], args: readonly string[]): Promise<unknown> {
    const rest = [String(keys.length), ...keys, ...args];
    try {
      return await this.#send(['EVALSHA', sha1, ...rest]);
    } catch (error) {
      // A Redis that has been started anew must be told the text once more.
      if (messageOf(error).startsWith('NOSCRIPT')) return this.command(['EVAL', text, ...rest]);
      throw explained(error);
    }
  }

  async close(): Promise<void> {
    const own = await this.#own?.catch(() => undefined);
    this.#own = undefined;
    own?.destroy();
  }

  async #send(args: readonly string[]): Promise<unknown> {
    const client = this.#given ?? (await (this.#own ??= this.#open()));
    if (!client.isReady) throw new Error('it is not connected');
    return this.#withinTime(client.sendCommand(args));
  }

  /** The client once it is ready, or has failed to connect at first: it goes on trying. */
  async #open(): Promise<OwnClient> {
    const { createClient } = await import('redis');
    try {
      const client = createClient({ url: this.#url, disableOfflineQueue: true });
      const attempted = new Promise<void>((resolve) => client.once('ready', resolve).on('error', () => resolve()));
      client.connect().catch(() => undefined);
      await this.#withinTime(attempted).catch(() => undefined);
      return client;
    } catch (cause) {
      throw new RolloutError('invalid', 'the url is not one of Redis, such as "redis://127.0.0.1:6379"', { cause });
    }
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

/** A text in a reply; a client may be told to give bytes for it. */
export function textOf(reply: unknown): string {
  return Buffer.isBuffer(reply) ? reply.toString() : typeof reply === 'string' ? reply : '';
}

function explained(error: unknown): RolloutError {
  if (error instanceof RolloutError) return error;
  if (!messageOf(error).includes('WRONGTYPE')) return unavailable('Redis', error);
  return new RolloutError('conflict', 'a key that begins with our prefix holds something else', { cause: error });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
