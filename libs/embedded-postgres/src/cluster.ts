import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, lchown, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { HeksherError } from '@heksher/core';
import { type Binaries, REMEDY } from './binaries.js';
import { type Layout, SUPERUSER } from './layout.js';
import { type RunAs, spawnAs } from './run-as.js';

const STAGING = 'cluster.new-';

/**
 * Makes the cluster if there is none, and returns its superuser's password. Created in a temporary directory and then renamed, so that
 * a crash leaves no partial cluster.
 */
export async function ensureCluster(layout: Layout, binaries: Binaries, runAs: RunAs): Promise<string> {
  const entries = await readdir(layout.dataDir);
  for (const name of entries.filter((entry) => entry.startsWith(STAGING)))
    await rm(join(layout.dataDir, name), { recursive: true, force: true });
  if (entries.includes('cluster')) {
    await checkVersion(layout, binaries);
    if (runAs.kind !== 'self') await chownTree(layout.cluster, runAs);
    return readPassword(layout);
  }
  const password = randomBytes(24).toString('base64url');
  await rm(layout.password, { force: true });
  await writeFile(layout.password, password, { mode: 0o600 });
  const staging = join(layout.dataDir, `${STAGING}${String(process.pid)}`);
  await mkdir(staging, { mode: 0o700 });
  if (runAs.kind !== 'self') {
    await chown(layout.password, runAs.uid, runAs.gid);
    await chown(staging, runAs.uid, runAs.gid);
  }
  await initdb(binaries, runAs, staging, layout.password);
  await rename(staging, layout.cluster);
  return password;
}

async function initdb(binaries: Binaries, runAs: RunAs, directory: string, passwordFile: string): Promise<void> {
  const args = [
    `--pgdata=${directory}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
  ];
  const child = spawnAs(runAs, binaries.initdb, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const outcome = await new Promise<string | number | null>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(code ?? signal));
  });
  if (outcome === 0) return;
  throw new HeksherError(
    'unavailable',
    `initdb failed (${String(outcome)}) in ${directory}: ${output.trim().slice(-2000)}; ${REMEDY} where this cannot be mended`,
  );
}

async function checkVersion({ cluster }: Layout, binaries: Binaries): Promise<void> {
  const found = (await readFile(join(cluster, 'PG_VERSION'), 'utf8').catch(() => '')).trim();
  const { stdout } = await promisify(execFile)(binaries.postgres, ['--version']);
  const [, major] = /\(PostgreSQL\) (\d+)/.exec(stdout) ?? [];
  if (found === major) return;
  throw new HeksherError(
    'unavailable',
    `${cluster} was made by PostgreSQL ${found || '(no PG_VERSION)'}, and the embedded one is ${major ?? stdout.trim()}; ` +
      `move its data with pg_dump and pg_restore of that version, name another HEKSHER_DATA_DIR, or ${REMEDY}`,
  );
}

async function readPassword(layout: Layout): Promise<string> {
  const password = await readFile(layout.password, 'utf8').catch(() => '');
  if (password === '')
    throw new HeksherError('unavailable', `${layout.password}, which opens ${layout.cluster}, is missing; restore it`);
  return password;
}

/** A cluster that root copied belongs to root, and then PostgreSQL refuses it. */
async function chownTree(directory: string, owner: { uid: number; gid: number }): Promise<void> {
  if ((await stat(directory)).uid === owner.uid) return;
  for (const entry of await readdir(directory, { recursive: true }))
    await lchown(join(directory, entry), owner.uid, owner.gid);
  await lchown(directory, owner.uid, owner.gid);
}
