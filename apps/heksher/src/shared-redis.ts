import { errorMessage } from '@heksher/core';
import { type Logger } from './modules/logging/index.js';

/** As much of a client of the `redis` package as is needed. */
type Client = Readonly<{ isReady: boolean; sendCommand(args: readonly string[]): Promise<unknown>; destroy(): void }>;

const TIMEOUT_MS = 250;
/** After a failure, nobody waits for Redis for so long. */
const REST_MS = 2_000;
const MOST_COMMANDS = 1_000;

/** A Redis that replicas share something in, and do without where it does not answer in time. */
export class SharedRedis {
  private client: Client | undefined;
  private restsUntilMs = 0;
  private hasFailed = false;
  private isStopped = false;

  /** @param what is shared, for the log */
  constructor(
    private readonly url: () => string,
    private readonly what: string,
    private readonly log: Pick<Logger, 'info' | 'warn'>,
  ) {}

  /** Connects in the background, and goes on trying. */
  start(): void {
    this.connect().catch((error: unknown) => this.failed(error));
  }

  stop(): void {
    this.isStopped = true;
    this.client?.destroy();
    this.client = undefined;
  }

  /** The reply; undefined where there is none in time. */
  async send(command: readonly string[]): Promise<unknown> {
    const { client } = this;
    if (client?.isReady !== true || Date.now() < this.restsUntilMs) return undefined;
    try {
      const reply = await withinTime(client.sendCommand(command));
      this.recovered();
      return reply;
    } catch (error) {
      // The key of something else is no fault of Redis.
      if (!errorMessage(error).startsWith('WRONGTYPE')) this.failed(error);
      return undefined;
    }
  }

  private async connect(): Promise<void> {
    const { createClient } = await import('redis');
    if (this.isStopped) return;
    const client = createClient({
      ...redisAddress(this.url),
      socket: { connectTimeout: 2_000 },
      disableOfflineQueue: true,
      commandsQueueMaxLength: MOST_COMMANDS,
    });
    this.client = client;
    client.on('error', (error: unknown) => this.failed(error)).on('ready', () => this.recovered());
    await client.connect();
  }

  private failed(error: unknown): void {
    this.restsUntilMs = Date.now() + REST_MS;
    if (this.hasFailed || this.isStopped) return;
    this.hasFailed = true;
    this.log.warn(`Redis does not answer; ${this.what} not shared`, { problem: errorMessage(error) });
  }

  private recovered(): void {
    if (this.hasFailed) this.log.info(`Redis answers again; ${this.what} shared`);
    this.hasFailed = false;
  }
}

/** For a client of the `redis` package: it is told at each connection by which user and password. Another host or database it is not told. */
export function redisAddress(url: () => string) {
  const bare = new URL(url());
  bare.username = bare.password = '';
  const credentials = () => {
    const { username, password } = new URL(url());
    return Promise.resolve({
      username: decodeURIComponent(username) || undefined,
      password: decodeURIComponent(password) || undefined,
    });
  };
  return { url: bare.href, credentialsProvider: { type: 'async-credentials-provider', credentials } } as const;
}

/** The client itself waits for ever where a server takes a command and says nothing. */
function withinTime<T>(reply: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = (): void => reject(new Error(`nothing came within ${TIMEOUT_MS} ms`));
    const timer = setTimeout(late, TIMEOUT_MS);
    reply.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
