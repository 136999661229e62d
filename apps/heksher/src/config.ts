import { BlockList } from 'node:net';
import { CONTEXT_FEATURE_NAME_RULE, HeksherError, isContextFeatureName } from '@heksher/core';
import { type DatabaseAddress, type PoolOptions } from '@heksher/database';
import { type AccessConfig, readAccess } from './config-access.js';
import { type ConsoleConfig, readConsole } from './config-console.js';
import { readDatabase } from './config-database.js';
import { type GatewayConfig, readGateways } from './config-gateways.js';
import { readSinks } from './config-sinks.js';
import { readTls, type TlsConfig } from './config-tls.js';
import { readRedisUrl } from './config-tokens.js';
import { type Environment, EnvironmentReader, type RenewableSecret } from './environment.js';
import { type BodyLimits } from './http/body-reading.js';
import { type CorsOrigins, parseCorsOrigins, parseHeaderNames } from './http/cors.js';
import { parseRate } from './http/rate.js';
import { type RateOptions } from './http/rate-limits.js';
import { readTracing } from './config-tracing.js';
import { type TraceOptions } from './tracing/start-tracing.js';
import { type LogLevel, type LogstashOptions, parseLogLevel, parseTags } from './modules/logging/index.js';
import { type SinkOptions } from './modules/sinks/sinks.module.js';
import { USUAL_DELAYS_S } from './modules/webhooks/retries.js';
import { type OutgoingProxy, parseNoProxy, parseProxy } from './modules/webhooks/outgoing-proxy.js';
import { parseSecretKeys } from './modules/webhooks/secret-box.js';
import { parseNetworks } from './modules/webhooks/ssrf-guard.js';
import { type WebhookOptions } from './modules/webhooks/webhook-options.js';
import { type ApprovalRule, parseApprovalRules } from './access/approvals.js';

/** Everything the service takes from its environment, checked. */
export type Config = Readonly<{
  /** Undefined: all addresses. */
  host: string | undefined;
  port: number;
  /** Where metrics are served; undefined: nowhere. */
  metricsPort: number | undefined;
  /** Whether evaluations are counted by settings too. */
  metricsBySetting: boolean;
  /** How traces are made; undefined: there are none. */
  tracing: TraceOptions | undefined;
  /** Keep-alive timeout, and the timeout of clients that do not read. */
  server: Readonly<{ keepAliveS: number; sendTimeoutS: number }>;
  /** Serve the documents only, without a database. */
  docOnly: boolean;
  /** How people see the console; undefined: it is not served. */
  console: ConsoleConfig | undefined;
  /** Undefined: the embedded server in `dataDir`. */
  database: DatabaseAddress | undefined;
  dataDir: string;
  pool: PoolOptions;
  /** How long a start waits for a database that does not answer yet. */
  databaseWaitMs: number;
  migrateOnStart: boolean;
  /** The expected context features, in order; undefined: the stored list is taken as it is. */
  startupContextFeatures: readonly string[] | undefined;
  bodyLimits: BodyLimits;
  /** The context feature that OpenFeature's targeting key stands for; undefined: it stands for none. */
  targetingFeature: string | undefined;
  /** How many of the contexts seen lately are kept in memory, to tell of how many a change is; 0: none. */
  contextSample: number;
  /** How many approvals change sets need, by the settings that they touch. */
  approvals: readonly ApprovalRule[];
  /** The origins whose pages may read answers; undefined: none but our own. */
  corsOrigins: CorsOrigins | undefined;
  /** Headers that these may send beyond what clients of the API send. */
  corsHeaders: readonly string[];
  /** What stands in front of the service, and what it is believed. */
  gateways: GatewayConfig;
  tls: TlsConfig;
  /** How often may be asked. */
  rates: RateOptions;
  /** Where replicas share rates; undefined: nowhere. */
  redisUrl: (() => string) | undefined;
  /** How reads are made: see docs/consistency.md. */
  reads: Readonly<{ maxStalenessMs: number; staleIfErrorMs: number; timeoutMs: number; cacheBytes: number }>;
  /** 0: entries are kept for ever. */
  changeLogDays: number;
  /** How changes are followed, and by how many: see docs/feed.md. */
  feed: FeedConfig;
  /** Who may do what; undefined: everybody everything. See docs/access.md. */
  access: AccessConfig | undefined;
  /** See docs/webhooks.md. */
  webhooks: WebhookOptions;
  /** Where else changes are published; undefined: nowhere. */
  sinks: SinkOptions;
  /** How long connections are still accepted after readiness fails. */
  shutdownDelayMs: number;
  shutdownTimeoutMs: number;
  log: Readonly<{ level: LogLevel; format: 'json' | 'pretty'; logstash: LogstashOptions | undefined }>;
  /** Those in files, which may be replaced. */
  secrets: readonly RenewableSecret[];
  /** Variables that look like ours but are not known, most likely misspelled. */
  unknownVariables: readonly string[];
  /** Variables that are set without effect, one sentence each. */
  warnings: readonly string[];
}>;

export type FeedConfig = Readonly<{
  /** Whether notifications of PostgreSQL are listened to. */
  notify: boolean;
  /** How many may follow at a time; 0: nobody. */
  streamsMax: number;
  /** How many of one principal. */
  streamsPerPrincipal: number;
  /** How long a stream lasts, more or less. */
  streamMaxMs: number;
}>;

/**
 * Read the environment once. An empty variable counts as unset, except that an empty connection string is no reason to
 * start an embedded server.
 * @throws HeksherError `invalid` whose `errors` list every problem, each with its variable.
 */
export function readConfig(env: Environment, isTerminal = false): Config {
  const reader = new EnvironmentReader(env);
  const docOnly = reader.boolean('DOC_ONLY', false);
  const redisUrl = readRedisUrl(reader);
  const config: Config = {
    host: reader.text('HOST', '') || undefined,
    port: reader.integer('PORT', 8080, 0, 65_535),
    metricsPort: reader.optionalInteger('HEKSHER_METRICS_PORT', 0, 65_535),
    metricsBySetting: reader.boolean('HEKSHER_METRICS_BY_SETTING', false),
    tracing: readTracing(reader),
    server: {
      keepAliveS: reader.integer('HEKSHER_KEEP_ALIVE_S', 75, 1, 3_600),
      sendTimeoutS: reader.integer('HEKSHER_SEND_TIMEOUT_S', 30, 1, 3_600),
    },
    docOnly,
    console: readConsole(reader),
    database: readDatabase(reader, docOnly),
    dataDir: reader.text('HEKSHER_DATA_DIR', './data/postgres'),
    pool: {
      poolSize: reader.integer('HEKSHER_DB_POOL_SIZE', 10, 2, 1_000),
      connectTimeoutMs: reader.integer('HEKSHER_DB_CONNECT_TIMEOUT_MS', 5_000, 1, 600_000),
      statementTimeoutMs: reader.integer('HEKSHER_DB_STATEMENT_TIMEOUT_MS', 30_000, 1, 3_600_000),
      lockTimeoutMs: reader.integer('HEKSHER_DB_LOCK_TIMEOUT_MS', 5_000, 1, 3_600_000),
      applicationName: 'heksher',
    },
    databaseWaitMs: reader.integer('HEKSHER_DB_WAIT_S', 30, 0, 3_600) * 1_000,
    migrateOnStart: reader.boolean('HEKSHER_MIGRATE_ON_START', true),
    startupContextFeatures: reader.parsed('HEKSHER_STARTUP_CONTEXT_FEATURES', parseFeatureList),
    bodyLimits: {
      bytes: reader.integer('HEKSHER_BODY_LIMIT_BYTES', 1_048_576, 1_024, 67_108_864),
      linesBytes: reader.integer('HEKSHER_MEMBERS_BODY_LIMIT_BYTES', 67_108_864, 1_024, 1_073_741_824),
    },
    targetingFeature: reader.parsed('HEKSHER_TARGETING_FEATURE', requireFeatureName),
    contextSample: reader.integer('HEKSHER_CONTEXT_SAMPLE', 0, 0, 10_000),
    approvals: reader.parsed('HEKSHER_APPROVALS', parseApprovalRules) ?? [],
    corsOrigins: reader.parsed('HEKSHER_CORS_ORIGINS', parseCorsOrigins),
    corsHeaders: reader.parsed('HEKSHER_CORS_HEADERS', parseHeaderNames) ?? ['traceparent', 'tracestate', 'baggage'],
    gateways: readGateways(reader),
    tls: readTls(reader, reader.text('HEKSHER_TRUSTED_GATEWAYS', '') !== ''),
    rates: {
      perPrincipal: reader.parsed('HEKSHER_RATE_LIMIT', parseRate),
      perAddress: reader.parsed('HEKSHER_RATE_LIMIT_PER_ADDRESS', parseRate),
    },
    redisUrl,
    reads: {
      maxStalenessMs: reader.integer('HEKSHER_MAX_STALENESS_MS', 0, 0, 3_600_000),
      staleIfErrorMs: reader.integer('HEKSHER_STALE_IF_ERROR_S', 300, 0, 31_536_000) * 1_000,
      timeoutMs: reader.integer('HEKSHER_READ_TIMEOUT_MS', 2_000, 1, 600_000),
      cacheBytes: reader.integer('HEKSHER_QUERY_CACHE_MB', 64, 0, 1_048_576) * 1_048_576,
    },
    changeLogDays: reader.integer('HEKSHER_CHANGE_LOG_DAYS', 30, 0, 36_500),
    feed: {
      notify: reader.oneOf('HEKSHER_NOTIFY', ['on', 'off'], 'on') === 'on',
      streamsMax: reader.integer('HEKSHER_STREAMS_MAX', 10_000, 0, 1_000_000),
      streamsPerPrincipal: reader.integer('HEKSHER_STREAMS_PER_PRINCIPAL', 100, 1, 1_000_000),
      streamMaxMs: reader.integer('HEKSHER_STREAM_MAX_S', 3_600, 1, 86_400) * 1_000,
    },
    access: readAccess(reader, redisUrl),
    webhooks: readWebhooks(reader),
    sinks: readSinks(reader),
    shutdownDelayMs: reader.integer('HEKSHER_SHUTDOWN_DELAY_S', 5, 0, 3_600) * 1_000,
    shutdownTimeoutMs: reader.integer('HEKSHER_SHUTDOWN_TIMEOUT_S', 10, 0, 3_600) * 1_000,
    log: {
      level: reader.parsed('HEKSHER_LOG_LEVEL', requireLogLevel) ?? 'info',
      format: reader.oneOf('HEKSHER_LOG_FORMAT', ['json', 'pretty'], isTerminal ? 'pretty' : 'json'),
      logstash: readLogstash(reader),
    },
    secrets: reader.secrets,
    warnings: readWarnings(reader),
    unknownVariables: reader.unknownVariables(),
  };
  reader.throwProblems();
  return config;
}

function readWebhooks(reader: EnvironmentReader): WebhookOptions {
  return {
    secretKeys: reader.current('HEKSHER_SECRET_KEY', parseSecretKeys) ?? (() => []),
    allowed: reader.parsed('HEKSHER_WEBHOOK_ALLOW', parseNetworks) ?? new BlockList(),
    proxy: readProxy(reader),
    source: (reader.parsed('HEKSHER_PUBLIC_URL', requireHttpUrl) ?? '').replace(/\/$/, ''),
    timeoutMs: reader.integer('HEKSHER_WEBHOOK_TIMEOUT_MS', 15_000, 100, 120_000),
    delaysMs: (reader.parsed('HEKSHER_WEBHOOK_RETRIES_S', parseDelays) ?? USUAL_DELAYS_S).map((delay) => delay * 1_000),
  };
}

/** As curl and others have it: also in small letters, which go first. */
function readProxy(reader: EnvironmentReader): OutgoingProxy | undefined {
  const nameOf = (name: string): string => (reader.isSet(name.toLowerCase()) ? name.toLowerCase() : name);
  const url = reader.current(nameOf('HTTPS_PROXY'), parseProxy);
  const isPast = reader.parsed(nameOf('NO_PROXY'), parseNoProxy) ?? (() => false);
  return url === undefined
    ? undefined
    : { url, isFor: (target, addresses) => target.protocol === 'https:' && !isPast(target, addresses) };
}

function requireHttpUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === '') return text;
  throw new HeksherError('invalid', `must be an address such as https://settings.example.com, not "${text}"`);
}

function parseDelays(text: string): readonly number[] {
  const delays = text.split(',').map((delay) => (/^\d{1,6}(\.\d{1,3})?$/.test(delay.trim()) ? Number(delay) : NaN));
  if (delays.length <= 50 && delays.every((delay) => delay <= 604_800)) return delays;
  throw new HeksherError(
    'invalid',
    `must be at most 50 numbers of seconds up to 604800, such as 5,300,1800; not "${text}"`,
  );
}

function readWarnings(reader: EnvironmentReader): readonly string[] {
  const isSet = (name: string): boolean => reader.text(name, '') !== '';
  const isControlled = reader.text('HEKSHER_AUTH', '').toLowerCase() === 'on';
  return [
    // Of the Python service.
    isSet('SENTRY_DSN') &&
      'SENTRY_DSN is not supported: errors are log lines of the level error, on stdout and in HEKSHER_LOGSTASH_HOST',
    isSet('HEKSHER_PROVEN_FEATURES') &&
      !isControlled &&
      'HEKSHER_PROVEN_FEATURES says nothing without HEKSHER_AUTH=on: whoever asks may say any value',
    isSet('HEKSHER_REDIS_URL') &&
      !(isControlled || isSet('HEKSHER_RATE_LIMIT') || isSet('HEKSHER_RATE_LIMIT_PER_ADDRESS')) &&
      'HEKSHER_REDIS_URL says nothing without HEKSHER_AUTH=on or HEKSHER_RATE_LIMIT: it is for rates and what is introspected',
  ].flatMap((warning) => (warning === false ? [] : [warning]));
}

function readLogstash(reader: EnvironmentReader): LogstashOptions | undefined {
  const host = reader.text('HEKSHER_LOGSTASH_HOST', '');
  const port = reader.integer('HEKSHER_LOGSTASH_PORT', 0, 1, 65_535);
  const level = reader.parsed('HEKSHER_LOGSTASH_LEVEL', requireLogLevel) ?? 'info';
  const tags = reader.parsed('HEKSHER_LOGSTASH_TAGS', parseTags) ?? {};
  if (host === '' && port === 0) return undefined;
  if (host === '') reader.problem('HEKSHER_LOGSTASH_HOST', 'is required where HEKSHER_LOGSTASH_PORT is set');
  if (port === 0) reader.problem('HEKSHER_LOGSTASH_PORT', 'is required where HEKSHER_LOGSTASH_HOST is set');
  return { host, port, level, tags };
}

function requireLogLevel(text: string): LogLevel {
  const level = parseLogLevel(text);
  if (level !== undefined) return level;
  throw new HeksherError('invalid', `must be a level such as debug, info, warning or error, or a number such as 20`);
}

function requireFeatureName(text: string): string {
  if (isContextFeatureName(text)) return text;
  throw new HeksherError(
    'invalid',
    `must be the name of a context feature: ${CONTEXT_FEATURE_NAME_RULE}; not "${text}"`,
  );
}

function parseFeatureList(text: string): readonly string[] {
  const names = text.split(';').map((name) => name.trim());
  const odd = names.find((name) => !isContextFeatureName(name));
  if (odd !== undefined) {
    throw new HeksherError('invalid', `must be names of letters, digits and "_" separated by ";", not "${odd}"`);
  }
  const repeated = names.find((name, position) => names.indexOf(name) !== position);
  if (repeated !== undefined) throw new HeksherError('invalid', `names "${repeated}" more than once`);
  return names;
}
