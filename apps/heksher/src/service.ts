import { type Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDataSource, DedicatedConnection } from '@heksher/database';
import { type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { raw } from 'express';
import { AppModule } from './app.module.js';
import { type Config } from './config.js';
import { type Database, openDatabase } from './database.js';
import { Cors } from './http/cors.js';
import { Entrance } from './http/entrance.js';
import { HeksherAdapter } from './http/heksher-adapter.js';
import * as steps from './http/steps.js';
import { Lifecycle } from './lifecycle.js';
import { listen } from './listen.js';
import { serveDocuments } from './openapi/api-docs.js';
import { evaluateRoute } from './modules/evaluation/evaluation.routes.js';
import { EvaluationService } from './modules/evaluation/evaluation.service.js';
import { type Logger, NestLogger } from './modules/logging/index.js';
import { allFlagsRoute, flagRoute } from './modules/ofrep/ofrep.routes.js';
import { OfrepService } from './modules/ofrep/ofrep.service.js';
import { queryRoute } from './modules/query/query.routes.js';
import { QueryService } from './modules/query/query.service.js';
import { FastReads } from './reads/fast-reads.js';
import { HEKSHER_VERSION } from './version.js';

/** A running Heksher. */
export type Service = Readonly<{
  /** Where it listens, such as `http://127.0.0.1:8080`. */
  url: string;
  /**
   * Shuts down in order: readiness first, then in-flight requests, then connections and the embedded database.
   * @param delayMs how long requests are still accepted after readiness fails
   */
  stop(delayMs?: number): Promise<void>;
}>;

/** Starts everything the configuration asks for; on an error or an abort, what was started is stopped again. */
export async function startService(config: Config, log: Logger, signal?: AbortSignal): Promise<Service> {
  const startedAt = performance.now();
  const database = config.docOnly ? documentsOnly(config) : await openDatabase(config, log, signal);
  const lifecycle = new Lifecycle(database.isEmbeddedDown);
  let app: INestApplication | undefined;
  try {
    const created = await createApp(config, { ...database, lifecycle }, log);
    app = created;
    await app.init();
    const url = await listen(app.getHttpServer() as Server, config);
    log.info('Heksher is ready', {
      version: HEKSHER_VERSION,
      url,
      start_ms: Math.round(performance.now() - startedAt),
      ...(config.docOnly && { doc_only: true }),
    });
    return {
      url,
      stop: (delayMs = 0) => stop(created, database, { lifecycle, delayMs, timeoutMs: config.shutdownTimeoutMs }, log),
    };
  } catch (error) {
    await app?.close();
    await database.close();
    throw error;
  }
}

/** A data source that is never connected, so that the modules, and with them the documents, can be created. */
function documentsOnly(config: Config): Database {
  const nowhere = { host: 'localhost', port: 5432, database: 'none', ssl: false } as const;
  return {
    dataSource: createDataSource(nowhere, config.pool),
    connection: new DedicatedConnection(nowhere, config.pool),
    isEmbeddedDown: () => false,
    close: () => Promise.resolve(),
  };
}

async function createApp(
  config: Config,
  { dataSource, connection, lifecycle }: Database & { lifecycle: Lifecycle },
  log: Logger,
): Promise<INestApplication> {
  const reads = {
    ...config.reads,
    connection,
    isConnected: dataSource.isInitialized,
    loadTimeoutMs: config.pool.statementTimeoutMs,
  };
  const { targetingFeature, startupContextFeatures } = config;
  const adapter = new HeksherAdapter(entranceOf(config), config.server, lifecycle, log.child('http'));
  const app = await NestFactory.create(
    AppModule.in({ dataSource, reads, targetingFeature, startupContextFeatures, logger: log, lifecycle }),
    adapter,
    {
      bodyParser: false,
      abortOnError: false,
      logger: new NestLogger(log),
    },
  );
  if (!config.docOnly) {
    const fastReads = new FastReads([
      queryRoute(app.get(QueryService)),
      evaluateRoute(app.get(EvaluationService)),
      allFlagsRoute(app.get(OfrepService)),
      flagRoute(app.get(OfrepService)),
    ]);
    adapter.useFastPath((...request) => fastReads.answer(...request));
  }
  app.use(raw({ type: () => true, limit: config.bodyLimitBytes }));
  serveDocuments(app);
  return app;
}

/** What every request goes through, in this order. A gateway's word for who asks comes first; authentication will come last. */
function entranceOf({ corsOrigins, corsHeaders, docOnly, bodyLimitBytes }: Config): Entrance {
  const cors = corsOrigins && new Cors(corsOrigins, corsHeaders);
  return new Entrance([
    steps.hostGiven,
    steps.expectationKnown,
    ...(cors === undefined ? [] : [steps.crossOrigin(cors)]),
    steps.revalidated,
    steps.sameSiteWrites(cors),
    ...(docOnly ? [steps.documentsOnly] : []),
    steps.bodyLimit(bodyLimitBytes),
  ]);
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
