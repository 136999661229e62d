import { type Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { warmUpPatterns } from '@heksher/core/re2';
import { createDataSource, DedicatedConnection } from '@heksher/database';
import { type INestApplication } from '@nestjs/common';
import { KeysService } from './modules/access/keys.service.js';
import { CertificateRenewal } from './certificate-renewal.js';
import { type Config } from './config.js';
import { type Database, openDatabase } from './database.js';
import { Observation } from './http/observation.js';
import { Lifecycle } from './lifecycle.js';
import { sliced } from './in-slices.js';
import { listen } from './listen.js';
import { type Logger } from './modules/logging/index.js';
import { Streams } from './modules/feed/streams.js';
import { registerPool, StatementDurations } from './database-metrics.js';
import { Metrics } from './metrics/metrics.js';
import { type MetricsServer, serveMetrics } from './metrics/metrics-server.js';
import { RequestCounts } from './metrics/request-counts.js';
import { startTracing } from './tracing/start-tracing.js';
import { type Tracing } from './tracing/tracing.js';
import { HEKSHER_VERSION } from './version.js';
import { SecretRenewal } from './secret-renewal.js';
import { createApp } from './application.js';

/** A running Heksher. */
export type Service = Readonly<{
  /** Where it listens, such as `http://127.0.0.1:8080`. */
  url: string;
  /** Where its metrics are; undefined: nowhere. */
  metricsUrl: string | undefined;
  /** Reads certificates and secrets from their files again. */
  renew: () => void;
  /**
   * Shuts down in order: readiness first, then in-flight requests, then connections and the embedded database.
   * @param delayMs how long requests are still accepted after readiness fails
   */
  stop(delayMs?: number): Promise<void>;
}>;

/** Starts everything the configuration asks for; on an error or an abort, what was started is stopped again. */
export async function startService(config: Config, log: Logger, signal?: AbortSignal): Promise<Service> {
  const startedAt = performance.now();
  const metrics = new Metrics();
  const pool = observedPool(config, metrics);
  const database = config.docOnly ? documentsOnly(config) : await openDatabase({ ...config, pool }, log, signal);
  const lifecycle = new Lifecycle(database.isEmbeddedDown);
  let tracing: Tracing | undefined;
  let app: INestApplication | undefined;
  let metricsServer: MetricsServer | undefined;
  try {
    tracing = config.tracing && (await startTracing(config.tracing, log.child('tracing')));
    const isObserved = config.metricsPort !== undefined || tracing !== undefined;
    const observation = isObserved
      ? new Observation(new RequestCounts(), config.metricsPort !== undefined, tracing)
      : undefined;
    const created = await createApp(config, { ...database, lifecycle, observation, tracing, metrics }, log);
    app = created;
    await app.init();
    if (config.metricsPort !== undefined) {
      addCommon(metrics, config, database, observation);
      const address = { host: config.host, port: config.metricsPort };
      metricsServer = await serveMetrics(metrics, address, log.child('metrics'));
    }
    const server = app.getHttpServer() as Server;
    const url = await listen(server, config);
    const renewal = config.tls.renewal && new CertificateRenewal(server, config.tls.renewal, log.child('http'));
    const adminKey = config.docOnly ? undefined : config.access?.adminKey;
    const uses = adminKey && { HEKSHER_ADMIN_KEY: () => created.get(KeysService).ensureAdmin(adminKey()) };
    const secrets = new SecretRenewal(config.secrets, uses ?? {}, log.child('secrets'));
    renewal?.start();
    secrets.start();
    log.info('Heksher is ready', {
      version: HEKSHER_VERSION,
      url,
      start_ms: Math.round(performance.now() - startedAt),
      ...(config.docOnly && { doc_only: true }),
    });
    if (!config.docOnly) void sliced(warmUpPatterns());
    return {
      url,
      metricsUrl: metricsServer?.url,
      renew: () => {
        renewal?.renew();
        secrets.renew();
      },
      stop: async (delayMs = 0) => {
        renewal?.stop();
        secrets.stop();
        await stop(created, database, { lifecycle, delayMs, timeoutMs: config.shutdownTimeoutMs }, log);
        await metricsServer?.close();
        await tracing?.close();
      },
    };
  } catch (error) {
    await metricsServer?.close();
    await app?.close();
    await database.close();
    await tracing?.close();
    throw error;
  }
}

/** Statements are timed only where anybody asks for that. */
function observedPool({ pool, metricsPort }: Config, metrics: Metrics): Config['pool'] {
  return metricsPort === undefined ? pool : { ...pool, observe: new StatementDurations(metrics).observe };
}

/** What is told of the process, its requests and its pool. */
function addCommon(metrics: Metrics, config: Config, database: Database, observation: Observation | undefined): void {
  metrics.addProcess();
  metrics.gauge('heksher_build_info', 'The version of the service and of Node.', () => [
    [{ version: HEKSHER_VERSION, node: process.version }, 1],
  ]);
  registerPool(metrics, database.dataSource, config.pool.poolSize);
  observation?.counts.register(metrics, config.tls.server === undefined ? 'http' : 'https');
}

/** A data source that is never connected, so that the modules, and with them the documents, can be created. */
function documentsOnly(config: Config): Database {
  const nowhere = { host: 'localhost', port: 5432, database: 'none', ssl: false } as const;
  return {
    dataSource: createDataSource(nowhere, config.pool),
    connection: new DedicatedConnection(nowhere, config.pool),
    pastConnection: new DedicatedConnection(nowhere, config.pool),
    feedConnection: new DedicatedConnection(nowhere, config.pool),
    isEmbeddedDown: () => false,
    close: () => Promise.resolve(),
  };
}

async function stop(
  app: INestApplication,
  database: Database,
  { lifecycle, delayMs, timeoutMs }: Readonly<{ lifecycle: Lifecycle; delayMs: number; timeoutMs: number }>,
  log: Logger,
): Promise<void> {
  if (lifecycle.isShuttingDown) return;
  lifecycle.isShuttingDown = true;
  // Load balancers take a while to notice that readiness fails, and send requests meanwhile.
  await sleep(delayMs);
  app.get(Streams).end();
  await closeServer(app.getHttpServer() as Server, timeoutMs, log);
  await app.close();
  await database.close();
  log.info('Heksher has stopped');
}

/** Stops accepting connections, lets requests in flight finish within the limit, then closes the rest. */
async function closeServer(server: Server, timeoutMs: number, log: Logger): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const sweeping = setInterval(() => server.closeIdleConnections(), 50);
  const deadline = setTimeout(() => {
    log.warn('requests were cut off at shutdown', { limit_ms: timeoutMs });
    server.closeAllConnections();
  }, timeoutMs);
  await closed;
  clearInterval(sweeping);
  clearTimeout(deadline);
}
