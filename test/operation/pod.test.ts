import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@heksher/embedded-postgres';
import { connectionStringOf } from '../support/database/database.js';
import { startTcpProxy, type TcpProxy } from '../support/http/tcp-proxy.js';
import { deployedPod, noPods, type Pod, startPod } from '../support/kubernetes/pod.js';
import { type Call, caller } from '../support/service/call.js';
import { spawnService } from '../support/service/process.js';
import { addFeatures, addRule, declare, expectStatus } from '../support/service/service.js';
import { until } from '../support/service/until.js';

const missing = noPods();
if (missing !== undefined) console.warn(`SKIPPED: the deployment was not run as a kubelet runs it: ${missing}`);

/** How long the database is away under load. */
const OUTAGE_S = Number(process.env['HEKSHER_OUTAGE_S'] ?? 12);

(missing === undefined ? describe : describe.skip)('a pod of the chart', () => {
  let folder: string;
  let postgres: EmbeddedPostgres;
  const upstream = { host: '127.0.0.1', port: 0 };
  let proxy: TcpProxy;
  let pod: Pod | undefined;

  const startPostgres = async (): Promise<void> => {
    postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'data') });
    upstream.port = postgres.address.port;
  };
  const connectionString = (): string => connectionStringOf({ ...postgres.address, port: proxy.port });
  const start = async (env: Readonly<Record<string, string>> = {}): Promise<Call> => {
    pod = await startPod(connectionString(), env);
    return caller(pod.url);
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'heksher-pod-database-'));
    await startPostgres();
    proxy = await startTcpProxy(upstream);
    const job = spawnService({ HEKSHER_DB_CONNECTION_STRING: connectionString() }, ['migrate']);
    expect(await job.exited).toBe(0);
  }, 240_000);
  afterEach(async () => {
    await pod?.terminate();
    pod = undefined;
  });
  afterAll(async () => {
    await proxy.close();
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('serves on a read-only root, with the database killed under load too: no query fails, ready throughout', async () => {
    const call = await start();
    await addFeatures(call, 'account', 'user', 'theme');
    await declare(call);
    const rule = await addRule(call, 'cache_size', { user: 'john' }, 1);
    let isOn = true;
    const failed: string[] = [];
    const stale: boolean[] = [];
    const readers = Array.from({ length: 4 }, async () => {
      for (; isOn; await sleep(20)) {
        const answer = await call('GET', '/api/v1/query');
        stale.push(answer.headers.has('heksher-stale'));
        if (answer.status !== 200) failed.push(`${answer.status}: ${answer.text}`);
      }
    });
    await until('reads', () => stale.length > 20);
    const before = pod?.statuses('readinessProbe').length ?? 0;
    await postgres.stop();
    await until('reads to be marked', () => stale.at(-1) === true);
    await sleep(OUTAGE_S * 1_000);
    const { container } = await deployedPod();
    await until(
      'probes meanwhile',
      () => (pod?.statuses('readinessProbe').length ?? 0) > before + container.readinessProbe.failureThreshold,
      60_000,
    );
    await startPostgres();
    await until('reads to be current', () => stale.at(-1) === false);
    await expectStatus(204, call('PUT', `/api/v1/rules/${rule}/value`, { body: { value: 2 } }));
    isOn = false;
    await Promise.all(readers);
    expect(failed).toEqual([]);
    expect(new Set(pod?.statuses('readinessProbe'))).toEqual(new Set([200]));
    expect([new Set(pod?.statuses('livenessProbe')), pod?.isDead()]).toEqual([new Set([200]), false]);
    expect(pod?.output()).not.toMatch(/EROFS|EACCES|read-only file system/i);
  }, 400_000);

  it('past HEKSHER_STALE_IF_ERROR_S the next probe finds it not ready, and alive; with the database it is ready again', async () => {
    const call = await start({ HEKSHER_STALE_IF_ERROR_S: '2' });
    await postgres.stop();
    const statusOf = async (path: string) => (await call('GET', path)).status;
    await until('queries to be refused', async () => (await statusOf('/api/v1/query')) === 503);
    expect(await statusOf('/api/health/ready')).toBe(503);
    const probes = pod?.statuses('readinessProbe') ?? [];
    const before = probes.length;
    const next = await until('the next probe', () => (probes.length > before ? probes.slice(before) : false));
    expect(next[0]).toBe(503);
    await startPostgres();
    await until('it to be ready', () => probes.at(-1) === 200);
    expect([pod?.isDead(), new Set(pod?.statuses('livenessProbe'))]).toEqual([false, new Set([200])]);
  }, 240_000);

  it('on SIGTERM as the first process of its container is not ready, serves on, and ends in order in its grace period', async () => {
    const call = await start();
    const ending = pod?.terminate();
    await until('it to be not ready', async () => (await call('GET', '/api/health/ready')).status === 503);
    expect((await call('GET', '/api/v1/query')).status).toBe(200);
    expect(await ending).toBe(0);
    expect(pod?.output()).toContain('"message":"Heksher has stopped"');
    pod = undefined;
  }, 120_000);
});
