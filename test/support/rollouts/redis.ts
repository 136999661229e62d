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

type Flags = (port: number, folder: string) => readonly string[];

const PLAIN: Flags = (port) => ['--port', String(port)];

/** @param flags how it listens, and what else it is told */
export async function startRedis(flags: Flags = PLAIN): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'heksher-redis-'));
  const port = await freePort();
  let child: ChildProcess | undefined;
  const server: RedisServer = {
    url: `redis://127.0.0.1:${port}`,
    async start() {
      child = await launch(flags(port, folder), folder);
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

/** Flags for a Redis that speaks TLS alone, by a certificate that nobody trusts. */
export const WITH_TLS: Flags = (port, folder) => {
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=localhost'];
  spawnSync('openssl', [...request, '-keyout', key, '-out', certificate]);
  const files = ['--tls-cert-file', certificate, '--tls-key-file', key, '--tls-ca-cert-file', certificate];
  return ['--port', '0', '--tls-port', String(port), ...files, '--tls-auth-clients', 'no'];
};

async function launch(flags: readonly string[], folder: string): Promise<ChildProcess> {
  const quiet = ['--save', '', '--appendonly', 'no', '--dir', folder, '--bind', '127.0.0.1'];
  const child = spawn('redis-server', [...flags, ...quiet], { stdio: ['ignore', 'pipe', 'pipe'] });
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

export async function freePort(): Promise<number> {
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
