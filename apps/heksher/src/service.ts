import { type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { createDataSource, DedicatedConnection } from '@heksher/database';
import { type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { raw } from 'express';
import { AppModule } from './app.module.js';
import { type Config } from './config.js';
import { type Database, openDatabase } from './database.js';
import { bodyHotPath, firstOf } from './http/body-hot-path.js';
import { Cors } from './http/cors.js';
import { docOnlyMiddleware } from './http/doc-only.js';
import { HeksherAdapter, type HotPath } from './http/heksher-adapter.js';
import { RequestRim } from './http/request-rim.js';
import { Lifecycle } from './lifecycle.js';
import { serveDocuments } from './openapi/api-docs.js';
import { ContextFeaturesService } from './modules/context-features/context-features.service.js';
import { evaluationHandler } from './modules/evaluation/evaluation-hot-path.js';
import { EvaluationService } from './modules/evaluation/evaluation.service.js';
import { type Logger, NestLogger } from './modules/logging/index.js';
import { ofrepHandlers } from './modules/ofrep/ofrep-hot-path.js';
import { OfrepService } from './modules/ofrep/ofrep.service.js';
import { queryHotPath } from './modules/query/query-hot-path.js';
import { QueryService } from './modules/query/query.service.js';
import { HEKSHER_VERSION } from './version.js';

/** A running Heksher. */
export type Service = Readonly<{
  /** Where it listens, such as `http://127.0.0.1:8080`. */
  url: string;
  /** Go down in order: readiness first, then in-flight requests, then connections and the embedded database. */
  stop(): Promise<void>;
}>;

/** Start everything the configuration asks for; what was begun is undone where a later step fails, or `signal` fires. */
export async function startService(config: Config, log: Logger, signal?: AbortSignal): Promise<Service> {
  const startedAt = performance.now();
  const database = config.docOnly ? documentsOnly(config) : await openDatabase(config, log, signal);
  const lifecycle = new Lifecycle(database.isEmbeddedDown);
  let app: INestApplication | undefined;
  try {
    const created = await createApp(config, { ...database, lifecycle }, log);
    app = created;
    const url = await bringUp(app, config);
    log.info('Heksher is ready', {
      version: HEKSHER_VERSION,
      url,
      start_ms: Math.round(performance.now() - startedAt),
      ...(config.docOnly && { doc_only: true }),
    });
    return { url, stop: () => stop(created, database, lifecycle, config.shutdownTimeoutMs, log) };
  } catch (error) {
    await app?.close();
    await database.close();
    throw error;
  }
}

/** A data source that is never connected, so that the modules, and with them the documents, come to be all the same. */
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
  const cors = config.corsOrigins && new Cors(config.corsOrigins);
  const adapter = new HeksherAdapter(new RequestRim(log.child('http'), lifecycle, cors));
  const reads = {
    ...config.reads,
    connection,
    isConnected: dataSource.isInitialized,
    loadTimeoutMs: config.pool.statementTimeoutMs,
  };
  const app = await NestFactory.create(
    AppModule.in({ dataSource, reads, targetingFeature: config.targetingFeature, logger: log, lifecycle }),
    adapter,
    {
      bodyParser: false,
      abortOnError: false,
      logger: new NestLogger(log),
    },
  );
  adapter.disable('x-powered-by');
  adapter.disable('etag');
  if (config.docOnly) app.use(docOnlyMiddleware);
  else adapter.useHotPath(hotPathOf(app, config));
  app.use(raw({ type: () => true, limit: config.bodyLimitBytes }));
  serveDocuments(app);
  return app;
}

/** All that is answered without Express, where it is asked for plainly. */
function hotPathOf(app: INestApplication, { bodyLimitBytes }: Config): HotPath {
  const evaluations = evaluationHandler(app.get(EvaluationService));
  const ofrep = ofrepHandlers(app.get(OfrepService));
  const handlerOf = (url: string) => evaluations(url) ?? ofrep(url);
  return firstOf(queryHotPath(app.get(QueryService)), bodyHotPath(handlerOf, bodyLimitBytes));
}

/** @returns where it listens */
async function bringUp(app: INestApplication, config: Config): Promise<string> {
  await app.init();
  if (config.startupContextFeatures !== undefined && !config.docOnly) {
    await app.get(ContextFeaturesService).reconcile(config.startupContextFeatures);
  }
  await app.listen(config.port, config.host);
  const address = (app.getHttpServer() as Server).address() as AddressInfo;
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${name === '0.0.0.0' ? '127.0.0.1' : name}:${address.port}`;
}

async function stop(
  app: INestApplication,
  database: Database,
  lifecycle: Lifecycle,
  timeoutMs: number,
  log: Logger,
): Promise<void> {
  if (lifecycle.isShuttingDown) return;
  lifecycle.isShuttingDown = true;
  await closeServer(app.getHttpServer() as Server, timeoutMs, log);
  await app.close();
  await database.close();
  log.info('Heksher has stopped');
}

/** Take no new connection, let requests under way finish within the limit, then cut what is left. */
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
