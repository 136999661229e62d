import { HeksherError } from '@heksher/core';
import type * as RedisPackage from 'redis';
import { redisAddress } from '../../shared-redis.js';
import { formatFeedCursor, OLDEST, parseFeedCursor } from '../feed/feed-cursor.js';
import { type Logger } from '../logging/index.js';
import { EVENT_TYPES } from '../webhooks/cloud-event.js';
import { type BrokerStream, type Entry, type StreamEnd } from './broker-stream.js';

/** Where changes are published. */
export type RedisSinkOptions = Readonly<{
  /** As it is now. */
  url: () => string;
  stream: string;
  /** About so many of the last entries are kept. */
  most: number;
}>;

/**
 * Adds an entry behind the one that is expected to be the last. Ids are those of transactions, and Redis takes none twice; the comparison
 * also leaves none out where Redis has lost entries that it had acknowledged.
 */
const ADD_BEHIND = `
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
local id = ''
if last[1] then id = last[1][1] end
if id ~= ARGV[1] then return 0 end
redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], ARGV[3], 'id', ARGV[4], 'event', ARGV[5])
return 1`;

/** Behind a revision: 0 is its transaction, this a reset, and what became of change sets comes after them. */
const RESET = 1;

/** How long a connection may take, in milliseconds. */
const CONNECT_TIMEOUT_MS = 5_000;
const COMMAND_TIMEOUT_MS = 5_000;

/** A stream of Redis, whose entries have `id`, the cursor behind the event, and `event`, a CloudEvent in JSON. */
export class RedisStream implements BrokerStream {
  readonly name = 'Redis';
  private client: Client | undefined;

  constructor(
    private readonly options: RedisSinkOptions,
    private readonly log: Logger,
  ) {}

  /** Connects in the background, again and again. Throws `invalid` where the package is not installed. */
  async open(): Promise<void> {
    const client = createFor(await importRedis(), this.options.url);
    client.on('error', (error: unknown) => this.log.debug('the connection to Redis failed', { error }));
    this.client = client;
    client.connect().catch(() => undefined);
  }

  async end(): Promise<StreamEnd> {
    const [entry] = (await this.connected().xRevRange(this.options.stream, '+', '-', { COUNT: 1 })) ?? [];
    if (entry === undefined) return { mark: '', place: { cursor: OLDEST, event: 0 } };
    const cursor = parseFeedCursor(String(entry.message['id'] ?? ''));
    if (cursor === undefined) throw new Error(`the last entry of the stream, ${entry.id}, is none of Heksher`);
    const [, count = 0] = entry.id.split('-').map(Number);
    return { mark: entry.id, place: { cursor, event: Math.max(0, count - RESET) } };
  }

  /** Ids only rise: a database that was restored to before the last entry needs another stream. */
  async addBehind(end: StreamEnd, { event, place }: Entry): Promise<StreamEnd | undefined> {
    const { stream, most } = this.options;
    const [before = 0] = end.mark.split('-').map(Number);
    if (place.cursor.seq < before)
      throw new Error(
        `the stream has revision ${before}, and the database is another one, at ${place.cursor.seq}: delete the stream, or name another`,
      );
    const count = place.event > 0 ? RESET + place.event : event.type === EVENT_TYPES.reset ? RESET : 0;
    const mark = `${place.cursor.seq}-${count}`;
    const values = [end.mark, String(most), mark, formatFeedCursor(place.cursor), event.body.toString('utf8')];
    const added = await this.connected().eval(ADD_BEHIND, { keys: [stream], arguments: values });
    return added === 1 ? { mark, place } : undefined;
  }

  close(): Promise<void> {
    this.client?.destroy();
    this.client = undefined;
    return Promise.resolve();
  }

  private connected(): Client {
    const { client } = this;
    if (client?.isReady !== true) throw new HeksherError('unavailable', 'Redis does not answer');
    return client;
  }
}

type Redis = typeof RedisPackage;
type Client = ReturnType<typeof createFor>;

function createFor({ createClient }: Redis, url: () => string) {
  return createClient({
    ...redisAddress(url),
    disableOfflineQueue: true,
    commandOptions: { timeout: COMMAND_TIMEOUT_MS },
    socket: { connectTimeout: CONNECT_TIMEOUT_MS },
  });
}

/** Only where it is asked for: the package is an optional one. */
async function importRedis(): Promise<Redis> {
  try {
    return await import('redis');
  } catch (cause) {
    throw new HeksherError('invalid', 'HEKSHER_SINK_REDIS_URL needs the package "redis": npm install redis', { cause });
  }
}
