import { type ChildProcess } from 'node:child_process';
import { open, readFile, rename } from 'node:fs/promises';
import { createServer } from 'node:net';
import { errorCode, errorMessage, HeksherError } from '@heksher/core';
import pg from 'pg';
import { type Binaries } from './binaries.js';
import { type Layout, SUPERUSER } from './layout.js';
import { delay } from './processes.js';
import { type RunAs, spawnAs } from './run-as.js';

export type Server = Readonly<{ port: number; isUp(): boolean; stop(): Promise<void> }>;

type Launch = Readonly<{
  layout: Layout;
  binaries: Binaries;
  runAs: RunAs;
  password: string;
  database: string;
  /** Of the server's configuration, beyond ours. */
  settings: Readonly<Record<string, string>>;
  /** The server ended by itself, or could not be started again. */
  onFailure: (message: string) => void;
  /** It is up again. */
  onRestart: () => void;
}>;

/** Given on the command line, so that they hold whatever `postgresql.conf` says. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '128MB',
  log_destination: 'stderr',
  logging_collector: 'off',
};

/** Recovery after a crash takes as long as it takes; past this, something else is wrong. */
const READY_MS = 300_000;
const FAST_STOP_MS = 10_000;
const IMMEDIATE_STOP_MS = 5000;
const PORT_ATTEMPTS = 5;
const FIRST_RESTART_PAUSE_MS = 250;
const LONGEST_RESTART_PAUSE_MS = 30_000;
const INVALID_PASSWORD = '28P01';

type Running = Readonly<{ child: ChildProcess; ended: Promise<string>; hasEnded: () => boolean }>;

/** Starts the server and waits until it answers and holds `database`. */
export async function launch(options: Launch): Promise<Server> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const running = await spawnServer(options, port);
    const failure = await untilReady(options, port, running);
    if (failure === undefined) return supervise(options, port, running);
    await stop(running);
    const tail = await logTail(options.layout.log);
    // Another program may have taken the port between our look and the server's.
    if (attempt < PORT_ATTEMPTS && /Address already in use|could not create any TCP\/IP sockets/.test(tail)) continue;
    throw new HeksherError('unavailable', `the embedded PostgreSQL does not start: ${failure}\n${tail}`);
  }
}

/** Restarts the server on its port if it exits. Requests meanwhile fail as with any database that is down. */
function supervise(options: Launch, port: number, first: Running): Server {
  const stopping = new AbortController();
  let running = first;
  let restarting: Promise<void> | undefined;
  const isStopping = (): boolean => stopping.signal.aborted;
  const watch = (): void =>
    void running.ended.then((how) => {
      if (!isStopping()) restarting = restart(`the embedded PostgreSQL ended by itself (${how})`);
    });
  const restart = async (problem: string): Promise<void> => {
    for (let pause = FIRST_RESTART_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_RESTART_PAUSE_MS)) {
      options.onFailure(`${problem}: ${await logTail(options.layout.log)}`);
      await delay(pause, stopping.signal);
      if (isStopping()) return;
      running = await spawnServer(options, port);
      const failure = isStopping() ? 'it is to stop' : await untilReady(options, port, running);
      if (failure === undefined) break;
      await stop(running);
      problem = `the embedded PostgreSQL does not start again: ${failure}`;
    }
    options.onRestart();
    watch();
  };
  watch();
  return {
    port,
    isUp: () => !running.hasEnded(),
    stop: async () => {
      stopping.abort();
      await stop(running);
      await restarting;
    },
  };
}

/**
 * In a process group of its own, so that Ctrl-C reaches the service alone, which then stops the server in good order.
 * Its log goes to a file and not through this process, whose end it must survive.
 */
async function spawnServer({ layout, binaries, runAs, settings: given }: Launch, port: number): Promise<Running> {
  await rename(layout.log, `${layout.log}.1`).catch(() => undefined);
  const logFile = await open(layout.log, 'a', 0o640);
  try {
    const settings = Object.entries({ ...SETTINGS, ...given }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const child = spawnAs(runAs, binaries.postgres, ['-D', layout.cluster, '-p', String(port), ...settings], {
      stdio: ['ignore', logFile.fd, logFile.fd],
      detached: true,
    });
    child.unref();
    let over = false;
    const ended = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) => resolve(signal ?? `exit code ${String(code)}`));
    }).finally(() => (over = true));
    return { child, ended, hasEnded: () => over };
  } finally {
    await logFile.close();
  }
}

/** Undefined when the server answers, else why it does not. */
async function untilReady(options: Launch, port: number, running: Running): Promise<string | undefined> {
  const deadline = Date.now() + READY_MS;
  while (!running.hasEnded()) {
    try {
      await ensureDatabase(options, port);
      return undefined;
    } catch (error) {
      if (errorCode(error) === INVALID_PASSWORD) return `the password in ${options.layout.password} does not open it`;
      if (Date.now() > deadline) return errorMessage(error);
    }
    await delay(30);
  }
  return running.ended;
}

async function ensureDatabase({ password, database }: Launch, port: number): Promise<void> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: SUPERUSER,
    password,
    database: 'postgres',
    ssl: false,
    connectionTimeoutMillis: 5000,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rowCount } = await client.query('select 1 from pg_database d where d.datname = $1', [database]);
    if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(database)}`);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** A fast shutdown: sessions end, nothing committed is lost. If it hangs the server is killed, and the next start recovers. */
async function stop({ child, ended, hasEnded }: Running): Promise<void> {
  for (const [signal, patience] of [
    ['SIGINT', FAST_STOP_MS],
    ['SIGQUIT', IMMEDIATE_STOP_MS],
    ['SIGKILL', IMMEDIATE_STOP_MS],
  ] as const) {
    if (hasEnded()) return;
    child.ref();
    child.kill(signal);
    const patienceEnd = new AbortController();
    await Promise.race([ended, delay(patience, patienceEnd.signal)]);
    patienceEnd.abort();
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

async function logTail(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trim().split('\n').slice(-8).join('\n');
}
