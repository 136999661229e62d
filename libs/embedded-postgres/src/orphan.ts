import { readFile, realpath, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HeksherError } from '@heksher/core';
import pg from 'pg';
import { SUPERUSER } from './layout.js';
import { commandLine, delay, isAlive, waitForEnd } from './processes.js';

/** How long a server that starts or recovers is given to answer before its command line alone must prove it ours. */
const ANSWER_MS = 10_000;
const FAST_SHUTDOWN_MS = 30_000;
const IMMEDIATE_SHUTDOWN_MS = 10_000;

/** No process has this id. */
const NO_PROCESS = '2147483647';

/**
 * Stops a server that a killed process left running on `cluster`, without losing data. A process that merely has the id
 * of an ended server is never signalled.
 */
export async function stopOrphan(cluster: string, password: string, log: (message: string) => void): Promise<void> {
  const file = join(cluster, 'postmaster.pid');
  const text = await readFile(file, 'utf8').catch(() => '');
  const [first = '', , , port = ''] = text.split('\n');
  const pid = Math.abs(Number(first));
  // A server that ended leaves only its pid file, which the next one replaces.
  if (!(pid > 0) || !(await isAlive(pid))) return;
  if ((await runsOn(cluster, pid)) === false) return retire(file, text);
  log(`stopping the embedded PostgreSQL (process ${String(pid)}) that an earlier run left behind`);
  await shutDown(cluster, pid, Number(port), password);
}

/** Whether the process is a server on `cluster`; undefined where the system does not show command lines. */
async function runsOn(cluster: string, pid: number): Promise<boolean | undefined> {
  const command = await commandLine(pid);
  return command === undefined ? undefined : command.includes('postgres') && command.includes(`-D ${cluster} `);
}

/** PostgreSQL would take the foreign process for its predecessor. The rest of the file lets it find that one's memory. */
async function retire(file: string, text: string): Promise<void> {
  await writeFile(file, text.replace(/^-?\d+/, NO_PROCESS));
}

async function shutDown(cluster: string, pid: number, port: number, password: string): Promise<void> {
  const deadline = Date.now() + ANSWER_MS;
  while (Date.now() < deadline && (await isAlive(pid)))
    if (await withVerified(cluster, pid, port, password, () => process.kill(pid, 'SIGINT'))) break;
    else await delay(200);
  if (Date.now() >= deadline && (await runsOn(cluster, pid)) === true) process.kill(pid, 'SIGINT');
  if (await waitForEnd(pid, FAST_SHUTDOWN_MS)) return;
  if ((await runsOn(cluster, pid)) === true) process.kill(pid, 'SIGQUIT');
  if (await waitForEnd(pid, IMMEDIATE_SHUTDOWN_MS)) return;
  throw new HeksherError(
    'unavailable',
    `the PostgreSQL on ${cluster}, process ${String(pid)}, does not stop; stop it by hand`,
  );
}

/**
 * Connects with our password (which, by SCRAM, the server proves to know too), asks the server which directory and which
 * process it is, and acts while the connection still stands, so that the process id cannot have changed hands.
 */
async function withVerified(
  cluster: string,
  pid: number,
  port: number,
  password: string,
  act: () => void,
): Promise<boolean> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: SUPERUSER,
    password,
    database: 'postgres',
    ssl: false,
    connectionTimeoutMillis: 2000,
    query_timeout: 2000,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ directory: string; pid: string }>(
      `select current_setting('data_directory') as directory, split_part(pg_read_file('postmaster.pid'), e'\\n', 1) as pid`,
    );
    const [server] = rows;
    if (server === undefined || Number(server.pid) !== pid || (await realpath(server.directory)) !== cluster)
      return false;
    act();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
