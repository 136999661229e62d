import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDatabase, openServer } from '../database-server.js';
import { MEDIUM } from '../extents.js';
import { insertSettings } from '../load-by-sql.js';
import { circumstances } from '../machine.js';
import { Scope } from '../scope.js';
import { migrate, newKey, startService } from '../service.js';
import { startClients } from './clients.js';
import { draw } from './drawing.js';
import { reportOf } from './report.js';
import { type Sample, takeSample, writeSnapshot } from './sample.js';

const USAGE = `usage: npm run soak -- MINUTES [FOLDER [SNAPSHOTS]]
Writes soak.md and soak.svg into FOLDER, docs where none is given; and into SNAPSHOTS the heap after a third of the time, after two and at the end.`;
const SAMPLE_MS = 10_000;
const SNAPSHOTS = 3;
const KILL_EVERY_MS = 8 * 60_000;

async function main([given = '60', target = 'docs', snapshots]: readonly string[]): Promise<void> {
  const minutes = Number(given);
  if (!(minutes > 0)) throw new Error(`"${given}" is no number of minutes\n${USAGE}`);
  const scope = new Scope();
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
  try {
    await soak(scope, { durationMs: minutes * 60_000, target, snapshots }, stopping.signal);
  } finally {
    await scope.close();
  }
}

type Run = Readonly<{ durationMs: number; target: string; snapshots: string | undefined }>;

/** A run that is stopped before its time reports what it has seen. */
async function soak(scope: Scope, { durationMs, target, snapshots }: Run, stopped: AbortSignal): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'heksher-soak-'));
  scope.defer(() => rm(folder, { recursive: true, force: true }));
  await chmod(folder, 0o755);
  const server = await openServer(scope, folder, undefined);
  const database = await createDatabase(scope, server);
  await migrate(scope, database);
  await scope.within((inner) => insertSettings(inner, database, MEDIUM));
  const key = await newKey(scope);
  // A cache that is full within minutes: what grows after that is something else.
  const env = { HEKSHER_AUTH: 'on', HEKSHER_ADMIN_KEY: key, HEKSHER_QUERY_CACHE_MB: '8' };
  const service = await startService(scope, database, { withProbe: true, env });
  const clients = startClients(service.url, key);
  scope.defer(() => clients.stop());

  const startedAt = performance.now();
  const samples: Sample[] = [];
  const kills: number[] = [];
  let taken = 0;
  while (performance.now() - startedAt < durationMs && !stopped.aborted) {
    await sleep(SAMPLE_MS, undefined, { signal: stopped }).catch(() => undefined);
    samples.push(await takeSample(service, clients, startedAt));
    const elapsed = performance.now() - startedAt;
    if (snapshots !== undefined && elapsed >= ((taken + 1) * durationMs) / SNAPSHOTS)
      await writeSnapshot(service, join(snapshots, `${(taken += 1)}.heapsnapshot`));
    if (elapsed < (kills.length + 1) * KILL_EVERY_MS || durationMs - elapsed < KILL_EVERY_MS / 4) continue;
    kills.push(Math.round(elapsed / 1_000));
    const [pid] = (await readFile(join(folder, 'postgres/cluster/postmaster.pid'), 'utf8')).split('\n');
    process.kill(Number(pid), 'SIGKILL');
  }
  await writeFile(join(target, 'soak.svg'), draw(samples, kills));
  await writeFile(join(target, 'soak.md'), reportOf(samples, kills, circumstances(server.description, '', [])));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
