import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jetstream, jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection, type NodeConnectionOptions } from '@nats-io/transport-node';
import { freePort } from '../rollouts/redis.js';

/** The NATS with JetStream that HEKSHER_TEST_NATS_URL names. */
const GIVEN_NATS_URL = process.env['HEKSHER_TEST_NATS_URL'] || undefined;

const isInstalled = spawnSync('nats-server', ['--version']).status === 0;

/** Why tests of NATS cannot run here; undefined where they can. */
export const noNats =
  isInstalled || GIVEN_NATS_URL !== undefined
    ? undefined
    : 'there is no nats-server: install one, or name a NATS with JetStream in HEKSHER_TEST_NATS_URL';

/** As noNats, for tests that stop the server. */
export const noNatsServer = isInstalled ? undefined : 'there is no nats-server to be started and stopped: install one';

/** A message of a stream, as much of it as tests look at. */
export type Message = Readonly<{ seq: number; id: string; contentType: string; body: string }>;

/** A stream of its own on a server: nothing is in it, and it is made by who publishes. */
export class TestStream {
  readonly name = `heksher-test-${randomUUID()}`;
  readonly subject = `${this.name}.changes`;

  constructor(
    readonly url: string,
    private readonly connection: NatsConnection,
    readonly manager: JetStreamManager,
  ) {}

  /** @param how else to connect */
  static async on(url: string, how: NodeConnectionOptions = {}): Promise<TestStream> {
    const { host, username, password } = new URL(url);
    const credentials = username === '' ? how : { user: username, pass: decodeURIComponent(password) };
    const again = { maxReconnectAttempts: -1, reconnectTimeWait: 100 };
    const connection = await connect({ servers: host, ...credentials, ...again });
    return new TestStream(url, connection, await jetstreamManager(connection));
  }

  get env(): Readonly<Record<string, string>> {
    return {
      HEKSHER_SINK_NATS_URL: this.url,
      HEKSHER_SINK_NATS_STREAM: this.name,
      HEKSHER_SINK_NATS_SUBJECT: this.subject,
    };
  }

  /** All of them, in their order; none where there is no stream. */
  async messages(): Promise<readonly Message[]> {
    const info = await this.manager.streams.info(this.name).catch(() => undefined);
    const { first_seq: first = 1, last_seq: last = 0 } = info?.state ?? {};
    const found: Message[] = [];
    for (let seq = Math.max(1, first); seq <= last; seq += 1) {
      const message = await this.manager.streams.getMessage(this.name, { seq });
      if (message === null) continue;
      const { header, data } = message;
      found.push({
        seq,
        id: header.get('Nats-Msg-Id'),
        contentType: header.get('content-type'),
        body: Buffer.from(data).toString('utf8'),
      });
    }
    return found;
  }

  async publish(subject: string, text: string): Promise<void> {
    await jetstream(this.connection).publish(subject, text);
  }

  async end(): Promise<void> {
    await this.manager.streams.delete(this.name).catch(() => undefined);
    await this.connection.close();
  }
}

/** A nats-server of the tests' own with JetStream, on a free port; what it stored is there again after a stop. */
export type NatsServer = Readonly<{
  url: string;
  start(): Promise<void>;
  /** Ends it at once. */
  stop(): Promise<void>;
  /** Stops it for good. */
  end(): Promise<void>;
}>;

/** @param flags what else it is told */
export async function startNats(flags: readonly string[] = []): Promise<NatsServer> {
  const folder = await mkdtemp(join(tmpdir(), 'heksher-nats-'));
  const port = await freePort();
  let child: ChildProcess | undefined;
  const server: NatsServer = {
    url: `nats://127.0.0.1:${port}`,
    async start() {
      const listening = ['--addr', '127.0.0.1', '--port', String(port), '--jetstream', '--store_dir', folder];
      child = await launch([...listening, ...flags]);
    },
    async stop() {
      if (child === undefined) return;
      const gone = once(child, 'close');
      child.kill('SIGKILL');
      child = undefined;
      await gone;
    },
    async end() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}

/** The given NATS, or one of the tests' own. */
export async function anyNats(): Promise<Pick<NatsServer, 'url' | 'end'>> {
  return GIVEN_NATS_URL === undefined ? startNats() : { url: GIVEN_NATS_URL, end: () => Promise.resolve() };
}

async function launch(flags: readonly string[]): Promise<ChildProcess> {
  const child = spawn('nats-server', flags, { stdio: ['ignore', 'ignore', 'pipe'] });
  await new Promise<void>((resolve, reject) => {
    let printed = '';
    child.stderr.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      if (printed.includes('Server is ready')) resolve();
    });
    child.once('error', reject);
    child.once('close', () => reject(new Error(`nats-server ended:\n${printed}`)));
  });
  return child;
}
