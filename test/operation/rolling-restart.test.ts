import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase, type TestDatabase } from '../support/database/database.js';
import { openStream } from '../support/feed/event-reader.js';
import { freePort } from '../support/http/free-port.js';
import { startLoad } from '../support/http/steady-load.js';
import { noHaproxy } from '../support/http/web-servers.js';
import { noWrk, startWrk } from '../support/http/wrk-load.js';
import { type ServiceProcess, spawnService } from '../support/service/process.js';
import { addFeatures, addRule, declare } from '../support/service/service.js';
import { until } from '../support/service/until.js';

if (noHaproxy !== undefined) console.warn(`SKIPPED: a rolling restart was not tried: ${noHaproxy}`);

const REPLICAS = 3;
/** Requests a second: what the slowest machine of tests does beside the restarts. Others are asked for by the variable; "most": as many as are answered. */
const GIVEN_RATE = process.env['HEKSHER_ROLLING_RATE'];
const IS_MOST = GIVEN_RATE === 'most';
const RATE = IS_MOST ? 0 : Number(GIVEN_RATE ?? 300);
const CONNECTIONS = 50;

let database: TestDatabase;
let folder: string;
let haproxy: ChildProcess;
let ports: readonly number[];
let url: string;
const replicas: ServiceProcess[] = [];

const start = (port: number): ServiceProcess =>
  spawnService({
    HEKSHER_DB_CONNECTION_STRING: database.connectionString,
    PORT: String(port),
    HEKSHER_SHUTDOWN_DELAY_S: '4',
  });

(noHaproxy === undefined ? describe : describe.skip)('a rolling restart behind HAProxy', () => {
  beforeAll(async () => {
    database = await createDatabase();
    ports = await Promise.all(Array.from({ length: REPLICAS }, freePort));
    for (const port of ports) replicas.push(start(port));
    const calls = await Promise.all(replicas.map(async ({ ready }) => (await ready).call));
    const [call] = calls;
    if (call === undefined) throw new Error('there is no replica');
    await addFeatures(call, 'account', 'user', 'theme');
    await declare(call);
    await addRule(call, 'cache_size', { user: 'john' }, 1);
    folder = await mkdtemp(join(tmpdir(), 'heksher-rolling-'));
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    await writeFile(join(folder, 'haproxy.cfg'), configOf(port));
    haproxy = spawn('haproxy', ['-db', '-f', join(folder, 'haproxy.cfg')], { stdio: 'ignore' });
    await until('HAProxy to serve', () => isServed());
  }, 240_000);
  afterAll(async () => {
    for (const { child } of replicas) child.kill('SIGKILL');
    await Promise.all(replicas.map(({ exited }) => exited));
    if (haproxy.exitCode === null) {
      haproxy.kill('SIGTERM');
      await once(haproxy, 'exit');
    }
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  it('of all replicas, one after the other, under load: no request fails, and streams go on elsewhere', async () => {
    const streams = await Promise.all(Array.from({ length: 6 }, () => openStream(`${url}/api/v1/changes`)));
    if (IS_MOST && noWrk !== undefined) throw new Error(noWrk);
    const asked = `${url}/api/v1/query`;
    const load = IS_MOST ? startWrk(asked, CONNECTIONS) : startLoad(asked, RATE, CONNECTIONS);
    for (const [place, port] of ports.entries()) {
      const old = replicas[place];
      old?.child.kill('SIGTERM');
      expect(await old?.exited).toBe(0);
      replicas[place] = start(port);
      await replicas[place]?.ready;
      // As a deployment does, which waits for the new pod's readiness.
      await until('HAProxy to take it', () => isTaken(place));
    }
    const { sent, answered, failures, perSecond, mostLate } = await load.stop();
    if (GIVEN_RATE !== undefined)
      console.info(`${sent} requests, ${perSecond} a second, ${mostLate} late at the worst`);
    expect(sent).toBeGreaterThan(RATE);
    expect({ answered, failures }).toEqual({ answered: sent, failures: {} });
    expect(await Promise.all(streams.map(({ ended }) => ended))).toEqual(streams.map(() => 'end'));
    const again = await openStream(`${url}/api/v1/changes`);
    expect(again.status).toBe(200);
    again.close();
  }, 240_000);
});

async function isServed(): Promise<boolean> {
  return fetch(`${url}/api/v1/query`).then(
    ({ status }) => status === 200,
    () => false,
  );
}

/** Whether HAProxy sends requests to a replica, as its own page says. */
async function isTaken(place: number): Promise<boolean> {
  const page = await (await fetch(`${url}/haproxy;csv`)).text();
  return new RegExp(`^heksher,replica${place},.*,UP,`, 'm').test(page);
}

function configOf(port: number): string {
  return `
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  timeout http-keep-alive 60s
listen heksher
  bind 127.0.0.1:${port}
  stats enable
  stats uri /haproxy
  option httpchk GET /api/health/ready
  default-server inter 500ms fall 2 rise 1
${ports.map((own, place) => `  server replica${place} 127.0.0.1:${own} check`).join('\n')}
`;
}
