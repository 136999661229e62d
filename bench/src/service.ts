import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { HttpClient } from './http-client.js';
import { printed, start } from './processes.js';
import { type Scope } from './scope.js';

const MAIN = fileURLToPath(new URL('../../apps/heksher/dist/heksher.js', import.meta.url));
const PROBE = new URL('probe.js', import.meta.url).href;

/** A running Heksher. `startMs` is the time from its spawning to the line that it is ready. */
export type Service = Readonly<{
  child: ChildProcess;
  pid: number;
  url: string;
  /** Empty where it serves none. */
  metricsUrl: string;
  startMs: number;
}>;

/** Starts the built service on a database, with its defaults but for `env`. With a probe it answers over its channel: see `probe.ts`. */
export async function startService(
  scope: Scope,
  { connectionString }: Readonly<{ connectionString: string }>,
  { withProbe = false, env = {} }: Readonly<{ withProbe?: boolean; env?: Readonly<Record<string, string>> }> = {},
): Promise<Service> {
  const startedAt = performance.now();
  const child = start(scope, {
    file: process.execPath,
    args: [...(withProbe ? ['--expose-gc', '--import', PROBE] : []), MAIN],
    env: {
      HOST: '127.0.0.1',
      PORT: '0',
      HEKSHER_DB_CONNECTION_STRING: connectionString,
      HEKSHER_SHUTDOWN_DELAY_S: '0',
      ...env,
    },
    hasChannel: withProbe,
  });
  const hasMetrics = 'HEKSHER_METRICS_PORT' in env;
  const [[, url = ''], [, metricsUrl = '']] = await Promise.all([
    printed(child, /"message":"Heksher is ready".*?"url":"([^"]+)"/),
    hasMetrics ? printed(child, /"message":"metrics are served".*?"url":"([^"]+)"/) : [],
  ]);
  return { child, pid: child.pid ?? 0, url, metricsUrl, startMs: performance.now() - startedAt };
}

/** A key for `HEKSHER_ADMIN_KEY`. */
export async function newKey(scope: Scope): Promise<string> {
  const child = start(scope, {
    file: process.execPath,
    args: [MAIN, 'keys', 'generate'],
    env: { HEKSHER_EMBEDDED: 'true' },
  });
  const [key] = await printed(child, /hk_s_[\w-]{72}/);
  return key;
}

/** Brings a database to the schema. */
export async function migrate(
  scope: Scope,
  { connectionString }: Readonly<{ connectionString: string }>,
): Promise<void> {
  const child = start(scope, {
    file: process.execPath,
    args: [MAIN, 'migrate'],
    env: { HEKSHER_DB_CONNECTION_STRING: connectionString },
  });
  const gone = once(child, 'close');
  await printed(child, /"message":"the database is at the current schema"/);
  await gone;
}

/** A client of the service that closes with the scope. */
export function clientOf(
  scope: Scope,
  { url }: Readonly<{ url: string }>,
  connections: number,
  keepAlive = true,
): HttpClient {
  const client = new HttpClient(url, connections, keepAlive);
  scope.defer(() => client.close());
  return client;
}
