import { spawn, spawnSync } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DatabaseAddress } from '@heksher/database';
import pg from 'pg';
import { freePort } from '../http/free-port.js';
import { until } from '../service/until.js';

/** A PgBouncer before a database: it lets anybody in as the user of the database. */
export type PgBouncer = Readonly<{ connectionString: string; stop(): Promise<void> }>;

const NOBODY = 65_534;

/** `describe`, or where there is no PgBouncer, a warning that says so and `describe.skip`. */
export function describeWithPgBouncer(): typeof describe {
  if (spawnSync('pgbouncer', ['--version']).status === 0) return describe;
  console.warn('skipped: there is no pgbouncer here (Debian: apt-get install pgbouncer)');
  return describe.skip;
}

export async function startPgBouncer(
  { host, port, user = 'postgres', password, database }: DatabaseAddress,
  poolMode: 'session' | 'transaction' | 'statement',
): Promise<PgBouncer> {
  const folder = await mkdtemp(join(tmpdir(), 'heksher-pgbouncer-'));
  await chmod(folder, 0o755);
  const listenPort = await freePort();
  const config = join(folder, 'pgbouncer.ini');
  await writeFile(
    config,
    `[databases]
${database} = host=${host} port=${String(port)} dbname=${database} user=${user}${password === undefined ? '' : ` password=${password}`}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${String(listenPort)}
unix_socket_dir =
auth_type = any
pool_mode = ${poolMode}
default_pool_size = 20
`,
  );
  const isRoot = process.getuid?.() === 0;
  const child = spawn('pgbouncer', ['-q', config], { stdio: 'ignore', ...(isRoot && { uid: NOBODY, gid: NOBODY }) });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await until('PgBouncer to listen', () => answers({ host: '127.0.0.1', port: listenPort, user, database }));
  return {
    connectionString: `postgresql://${user}@127.0.0.1:${String(listenPort)}/${database}`,
    async stop() {
      child.kill('SIGKILL');
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}

async function answers(address: pg.ClientConfig): Promise<boolean> {
  const client = new pg.Client(address);
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
