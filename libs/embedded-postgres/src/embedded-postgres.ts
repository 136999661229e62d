import { resolve } from 'node:path';
import { findBinaries } from './binaries.js';
import { ensureCluster } from './cluster.js';
import { type Layout, openDataDir, SUPERUSER } from './layout.js';
import { stopOrphan } from './orphan.js';
import { claim } from './owner.js';
import { chooseRunAs } from './run-as.js';
import { launch, type Server } from './server.js';

/** The address of an embedded server. */
export type EmbeddedAddress = Readonly<{
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
  ssl: false;
}>;

/**
 * An embedded server, which is restarted if it exits. `stop` may be called more than once; it resolves
 * when the server is down.
 */
export type EmbeddedPostgres = Readonly<{ address: EmbeddedAddress; isUp(): boolean; stop(): Promise<void> }>;

export type EmbeddedOptions = Readonly<{
  dataDir: string;
  log?: (message: string) => void;
  /** The server ended by itself, or could not be started again yet. */
  onFailure?: (message: string) => void;
  onRestart?: () => void;
  /** Of the server's configuration, beyond ours. */
  settings?: Readonly<Record<string, string>>;
}>;

const DATABASE = 'heksher';

/**
 * Starts an embedded PostgreSQL on `dataDir`, which is made if it is not there, on a free port of 127.0.0.1. A server
 * left there by a killed process is stopped first. Throws `unavailable`, saying what to do, where the directory is in
 * use or the server cannot run here. The server's own log is `server.log` in the directory.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const binaries = await findBinaries();
  const layout = await openDataDir(resolve(options.dataDir));
  const release = await claim(layout.dataDir);
  try {
    const { server, password } = await start(layout, binaries, options);
    const address = {
      host: '127.0.0.1',
      port: server.port,
      user: SUPERUSER,
      password,
      database: DATABASE,
      ssl: false,
    } as const;
    let stopped: Promise<void> | undefined;
    return { address, isUp: server.isUp, stop: () => (stopped ??= server.stop().finally(release)) };
  } catch (error) {
    await release();
    throw error;
  }
}

async function start(
  layout: Layout,
  binaries: Awaited<ReturnType<typeof findBinaries>>,
  { log = () => undefined, onFailure = () => undefined, onRestart = () => undefined, settings = {} }: EmbeddedOptions,
): Promise<{ server: Server; password: string }> {
  const runAs = await chooseRunAs(binaries, layout);
  const password = await ensureCluster(layout, binaries, runAs);
  await stopOrphan(layout.cluster, password, log);
  const server = await launch({
    layout,
    binaries,
    runAs,
    password,
    database: DATABASE,
    settings,
    onFailure,
    onRestart,
  });
  return { server, password };
}
