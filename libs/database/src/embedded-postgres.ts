import { resolve } from 'node:path';
import { type DatabaseAddress } from './connection-string.js';
import { findBinaries } from './embedded/binaries.js';
import { ensureCluster } from './embedded/cluster.js';
import { type Layout, openDataDir, SUPERUSER } from './embedded/layout.js';
import { stopOrphan } from './embedded/orphan.js';
import { claim } from './embedded/owner.js';
import { chooseRunAs } from './embedded/run-as.js';
import { launch, type Server } from './embedded/server.js';

/** A running server of our own. `stop` may be called more than once; it resolves when the server is down. */
export type EmbeddedPostgres = Readonly<{ address: DatabaseAddress; stop(): Promise<void> }>;

const DATABASE = 'heksher';

/**
 * Starts a PostgreSQL of our own on `dataDir`, which is made if it is not there, on a free port of 127.0.0.1. A server
 * left there by a killed process is stopped first. Throws `unavailable`, saying what to do, where the directory is in
 * use or the server cannot run here. The server's own log is `server.log` in the directory.
 */
export async function startEmbeddedPostgres(options: {
  dataDir: string;
  log?: (message: string) => void;
}): Promise<EmbeddedPostgres> {
  const log = options.log ?? (() => undefined);
  const binaries = await findBinaries();
  const layout = await openDataDir(resolve(options.dataDir));
  const release = await claim(layout.dataDir);
  try {
    const { server, password } = await start(layout, binaries, log);
    const address = {
      host: '127.0.0.1',
      port: server.port,
      user: SUPERUSER,
      password,
      database: DATABASE,
      ssl: false,
    } as const;
    let stopped: Promise<void> | undefined;
    return { address, stop: () => (stopped ??= server.stop().finally(release)) };
  } catch (error) {
    await release();
    throw error;
  }
}

async function start(
  layout: Layout,
  binaries: Awaited<ReturnType<typeof findBinaries>>,
  log: (message: string) => void,
): Promise<{ server: Server; password: string }> {
  const runAs = await chooseRunAs(binaries, layout);
  const password = await ensureCluster(layout, binaries, runAs);
  await stopOrphan(layout.cluster, password, log);
  const server = await launch({ layout, binaries, runAs, password, database: DATABASE, log });
  return { server, password };
}
