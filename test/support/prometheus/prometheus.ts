import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../service/until.js';

/** Why Prometheus cannot be started; undefined: it can. */
export function noPrometheus(): string | undefined {
  return spawnSync('prometheus', ['--version']).error?.message;
}

/** A value with its labels. */
export type Found = Readonly<{ metric: Readonly<Record<string, string>>; value: readonly [number, string] }>;

/** A Prometheus of our own that scrapes these addresses each second. */
export class Prometheus {
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    readonly url: string,
  ) {}

  static async start(targets: readonly string[]): Promise<Prometheus> {
    const folder = await mkdtemp(join(tmpdir(), 'heksher-prometheus-'));
    const hosts = targets.map((target) => new URL(target).host);
    const config = {
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      scrape_configs: [{ job_name: 'heksher', static_configs: [{ targets: hosts }] }],
    };
    // YAML takes JSON.
    await writeFile(join(folder, 'prometheus.yml'), JSON.stringify(config));
    const port = await freePort();
    const options = [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
    ];
    const child = spawn('prometheus', options, { stdio: 'ignore' });
    const started = new Prometheus(child, folder, `http://127.0.0.1:${port}`);
    await until('Prometheus has scraped all', async () => {
      const up = await started.query('up').catch(() => []);
      return up.filter(({ value: [, text] }) => text === '1').length === targets.length;
    });
    return started;
  }

  /** What an expression is now. Throws what Prometheus finds wrong with it. */
  async query(expression: string): Promise<readonly Found[]> {
    const response = await fetch(`${this.url}/api/v1/query?${new URLSearchParams({ query: expression }).toString()}`);
    const answer = (await response.json()) as Answer;
    if (answer.status !== 'success') throw new Error(`${expression}: ${answer.error}`);
    return answer.data.result;
  }

  async stop(): Promise<void> {
    this.child.kill('SIGTERM');
    if (this.child.exitCode === null) await once(this.child, 'exit');
    await rm(this.folder, { recursive: true, force: true });
  }
}

type Answer =
  | Readonly<{ status: 'success'; data: Readonly<{ result: readonly Found[] }> }>
  | Readonly<{ status: 'error'; error: string }>;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
