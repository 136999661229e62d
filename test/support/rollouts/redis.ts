import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from 'redis';

/** The Redis that HEKSHER_TEST_REDIS_URL names. */
export const GIVEN_REDIS_URL = process.env['HEKSHER_TEST_REDIS_URL'] || undefined;

const isInstalled = spawnSync('redis-server', ['--version']).status === 0;

/** Why tests of Redis cannot run here; undefined where they can. */
export const noRedis =
  isInstalled || GIVEN_REDIS_URL !== undefined
    ? undefined
    : 'there is no redis-server: install one, or name a Redis in HEKSHER_TEST_REDIS_URL';

/** As noRedis, for tests that stop the server. */
export const noRedisServer = isInstalled
  ? undefined
  : 'there is no redis-server to be started and stopped: install one';

/** `describe`, or where there is a reason against it, a warning that says so and `describe.skip`. */
export function describeUnless(reason: string | undefined): jest.Describe {
  if (reason === undefined) return describe;
  console.warn(`SKIPPED: ${reason}.`);
  return describe.skip;
}

/** A Redis for the tests of one block, a client of it, and what their keys begin with. */
export type TestRedis = Readonly<{ url(): string; client(): Client; prefix: string }>;

/** The given Redis, or one of their own, for the tests of the block that calls this; their keys are deleted after them. */
export function useRedis(): TestRedis {
  const prefix = `heksher-test:${randomUUID()}:`;
  let server: RedisServer | undefined;
  let client: Client | undefined;
  const url = (): string => GIVEN_REDIS_URL ?? server?.url ?? '';
  const running = (): Client => {
    if (client === undefined) throw new Error('Redis runs only while tests do');
    return client;
  };
  beforeAll(async () => {
    if (GIVEN_REDIS_URL === undefined) server = await startRedis();
    client = await connectTo(url());
  });
  afterAll(async () => {
    const keys = client?.scanIterator({ MATCH: `${prefix}*` }) ?? [];
    for await (const some of keys) if (some.length > 0) await client?.unlink(some);
    client?.destroy();
    await server?.end();
  });
  return { url, client: running, prefix };
}

/** A redis-server of the tests' own, on a free port, with nothing in it. */
export type RedisServer = Readonly<{
  url: string;
  start(): Promise<void>;
  /** Ends it at once; what it held is gone. */
  stop(): Promise<void>;
  /** Has it take requests and answer none. */
  pause(): void;
  resume(): void;
  /** Stops it for good. */
  end(): Promise<void>;
}>;

export async function startRedis(): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'heksher-redis-'));
  const port = await freePort();
  let child: ChildProcess | undefined;
  const server: RedisServer = {
    url: `redis://127.0.0.1:${port}`,
    async start() {
      child = await launch(port, folder);
    },
    async stop() {
      if (child === undefined) return;
      const gone = once(child, 'close');
      child.kill('SIGKILL');
      child = undefined;
      await gone;
    },
    pause: () => child?.kill('SIGSTOP'),
    resume: () => child?.kill('SIGCONT'),
    async end() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}

async function launch(port: number, folder: string): Promise<ChildProcess> {
  const quiet = ['--save', '', '--appendonly', 'no', '--dir', folder, '--bind', '127.0.0.1'];
  const child = spawn('redis-server', ['--port', String(port), ...quiet], { stdio: ['ignore', 'pipe', 'pipe'] });
  await new Promise<void>((resolve, reject) => {
    let printed = '';
    child.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      if (printed.includes('Ready to accept connections')) resolve();
    });
    child.once('error', reject);
    child.once('close', () => reject(new Error(`redis-server ended:\n${printed}`)));
  });
  return child;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

export type Client = Awaited<ReturnType<typeof connectTo>>;

/** A client of the official package. */
export async function connectTo(url: string) {
  const client = createClient({ url });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
