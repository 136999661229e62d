import { readFileSync } from 'node:fs';
import {
  CONTEXT_FEATURE_NAME_RULE,
  errorMessage,
  type FieldError,
  HeksherError,
  isContextFeatureName,
} from '@heksher/core';
import { type DatabaseAddress, parseConnectionString, type PoolOptions } from '@heksher/database';
import { parseBoolean } from './http/boolean.js';
import { type CorsOrigins, parseCorsOrigins, parseHeaderNames } from './http/cors.js';
import { type LogLevel, type LogstashOptions, parseLogLevel, parseTags } from './modules/logging/index.js';

/** Everything the service takes from its environment, checked. */
export type Config = Readonly<{
  /** Undefined: all addresses. */
  host: string | undefined;
  port: number;
  /** Keep-alive timeout, and the timeout of clients that do not read. */
  server: Readonly<{ keepAliveS: number; sendTimeoutS: number }>;
  /** Serve the documents only, without a database. */
  docOnly: boolean;
  /** Undefined: the embedded server in `dataDir`. */
  database: DatabaseAddress | undefined;
  dataDir: string;
  pool: PoolOptions;
  /** How long a start waits for a database that does not answer yet. */
  databaseWaitMs: number;
  migrateOnStart: boolean;
  /** The expected context features, in order; undefined: the stored list is taken as it is. */
  startupContextFeatures: readonly string[] | undefined;
  bodyLimitBytes: number;
  /** The context feature that OpenFeature's targeting key stands for; undefined: it stands for none. */
  targetingFeature: string | undefined;
  /** The origins whose pages may read answers; undefined: none but our own. */
  corsOrigins: CorsOrigins | undefined;
  /** Headers that these may send beyond what clients of the API send. */
  corsHeaders: readonly string[];
  /** How reads are made: see docs/consistency.md. */
  reads: Readonly<{ maxStalenessMs: number; staleIfErrorMs: number; timeoutMs: number; cacheBytes: number }>;
  changeLogDays: number;
  /** How long connections are still accepted after readiness fails. */
  shutdownDelayMs: number;
  shutdownTimeoutMs: number;
  log: Readonly<{ level: LogLevel; format: 'json' | 'pretty'; logstash: LogstashOptions | undefined }>;
  /** Variables that look like ours but are not known, most likely misspelled. */
  unknownVariables: readonly string[];
  /** Variables that are set without effect, one sentence each. */
  warnings: readonly string[];
}>;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Read the environment once. An empty variable counts as unset, except that an empty connection string is no reason to
 * start an embedded server.
 * @throws HeksherError `invalid` whose `errors` list every problem, each with its variable.
 */
export function readConfig(env: Environment, isTerminal = false): Config {
  const reader = new EnvironmentReader(env);
  const docOnly = reader.boolean('DOC_ONLY', false);
  const config: Config = {
    host: reader.text('HOST', '') || undefined,
    port: reader.integer('PORT', 8080, 0, 65_535),
    server: {
      keepAliveS: reader.integer('HEKSHER_KEEP_ALIVE_S', 75, 1, 3_600),
      sendTimeoutS: reader.integer('HEKSHER_SEND_TIMEOUT_S', 30, 1, 3_600),
    },
    docOnly,
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
    bodyLimitBytes: reader.integer('HEKSHER_BODY_LIMIT_BYTES', 1_048_576, 1_024, 67_108_864),
    targetingFeature: reader.parsed('HEKSHER_TARGETING_FEATURE', requireFeatureName),
    corsOrigins: reader.parsed('HEKSHER_CORS_ORIGINS', parseCorsOrigins),
    corsHeaders: reader.parsed('HEKSHER_CORS_HEADERS', parseHeaderNames) ?? ['traceparent', 'tracestate', 'baggage'],
    reads: {
      maxStalenessMs: reader.integer('HEKSHER_MAX_STALENESS_MS', 0, 0, 3_600_000),
      staleIfErrorMs: reader.integer('HEKSHER_STALE_IF_ERROR_S', 300, 0, 31_536_000) * 1_000,
      timeoutMs: reader.integer('HEKSHER_READ_TIMEOUT_MS', 2_000, 1, 600_000),
      cacheBytes: reader.integer('HEKSHER_QUERY_CACHE_MB', 64, 0, 1_048_576) * 1_048_576,
    },
    changeLogDays: reader.integer('HEKSHER_CHANGE_LOG_DAYS', 30, 1, 36_500),
    shutdownDelayMs: reader.integer('HEKSHER_SHUTDOWN_DELAY_S', 5, 0, 3_600) * 1_000,
    shutdownTimeoutMs: reader.integer('HEKSHER_SHUTDOWN_TIMEOUT_S', 10, 0, 3_600) * 1_000,
    log: {
      level: reader.parsed('HEKSHER_LOG_LEVEL', requireLogLevel) ?? 'info',
      format: reader.oneOf('HEKSHER_LOG_FORMAT', ['json', 'pretty'], isTerminal ? 'pretty' : 'json'),
      logstash: readLogstash(reader),
    },
    warnings: readWarnings(reader),
    unknownVariables: reader.unknownVariables(),
  };
  reader.throwProblems();
  return config;
}

/** A secret that was lost must not bring up an empty database in its place. */
function readDatabase(reader: EnvironmentReader, docOnly: boolean): DatabaseAddress | undefined {
  const name = 'HEKSHER_DB_CONNECTION_STRING';
  const isGiven = reader.text(name, '') !== '';
  const address = docOnly ? undefined : reader.parsed(name, parseConnectionString);
  const isProduction =
    reader.text('NODE_ENV', '') === 'production' || reader.text('KUBERNETES_SERVICE_HOST', '') !== '';
  const embedded = reader.boolean('HEKSHER_EMBEDDED', !isProduction && !reader.isSet(name));
  if (docOnly) return undefined;
  if (isGiven && reader.isSet('HEKSHER_EMBEDDED') && embedded)
    reader.problem(
      'HEKSHER_EMBEDDED',
      `asks for the embedded PostgreSQL, and ${name} names another: only one of them can hold`,
    );
  if (!isGiven && !embedded)
    reader.problem(
      name,
      `${reader.isSet(name) ? 'is empty' : 'is not set'}: name a database, as postgresql://user:password@host:port/database; ` +
        'the embedded PostgreSQL, which is for trying out, is used here only where HEKSHER_EMBEDDED=true asks for it',
    );
  return address;
}

/** Variables of the Python service that have no meaning here. */
function readWarnings(reader: EnvironmentReader): readonly string[] {
  if (reader.text('SENTRY_DSN', '') === '') return [];
  return [
    'SENTRY_DSN is not supported: errors are log lines of the level error, on stdout and in HEKSHER_LOGSTASH_HOST',
  ];
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

/** What Kubernetes sets for a service of that name, such as HEKSHER_PORT=tcp://10.0.0.7:80. */
const SERVICE_LINK = /^(tcp|udp|sctp):\/\/[\w.:[\]]+:\d+$/i;
const SERVICE_VARIABLE = /_SERVICE_(HOST|PORT)(_\w+)?$|_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/;

/** Reads variables one by one and collects what is wrong with them, so that all of it is reported at once. */
class EnvironmentReader {
  private readonly problems: FieldError[] = [];
  private readonly asked = new Set<string>();
  private readonly fromFiles = new Map<string, string>();

  constructor(private readonly env: Environment) {}

  /** White space and line ends around a value are cut off. `X_FILE` names a file that holds X. */
  text(name: string, fallback: string): string {
    this.asked.add(name);
    this.asked.add(`${name}_FILE`);
    const value = (this.env[name] ?? '').trim();
    const file = (this.env[`${name}_FILE`] ?? '').trim();
    if (file === '') return (SERVICE_LINK.test(value) ? '' : value) || fallback;
    if (value !== '') this.problem(name, `is set, and ${name}_FILE too: only one of them can hold`);
    return this.textOfFile(name, file) || fallback;
  }

  private textOfFile(name: string, file: string): string {
    const known = this.fromFiles.get(name);
    if (known !== undefined) return known;
    let text = '';
    try {
      text = readFileSync(file, 'utf8').trim();
      if (text === '') this.problem(`${name}_FILE`, 'names a file that is empty');
    } catch (error) {
      this.problem(`${name}_FILE`, `cannot be read: ${errorMessage(error)}`);
    }
    this.fromFiles.set(name, text);
    return text;
  }

  /** Whether the variable is there at all, be it empty. */
  isSet(name: string): boolean {
    return this.env[name] !== undefined || this.env[`${name}_FILE`] !== undefined;
  }

  integer(name: string, fallback: number, least: number, most: number): number {
    const text = this.text(name, '');
    if (text === '') return fallback;
    const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
    if (value >= least && value <= most) return value;
    this.problem(name, `must be a whole number from ${least} to ${most}, not "${text}"`);
    return fallback;
  }

  boolean(name: string, fallback: boolean): boolean {
    return this.parsed(name, parseBoolean) ?? fallback;
  }

  oneOf<T extends string>(name: string, choices: readonly T[], fallback: T): T {
    const text = this.text(name, '');
    if (text === '') return fallback;
    const choice = choices.find((candidate) => candidate === text.toLowerCase());
    if (choice === undefined) this.problem(name, `must be one of ${choices.join(', ')}, not "${text}"`);
    return choice ?? fallback;
  }

  /** The variable through a parser that throws HeksherError; undefined where it is unset. */
  parsed<T>(name: string, parse: (text: string) => T): T | undefined {
    const text = this.text(name, '');
    if (text === '') return undefined;
    try {
      return parse(text);
    } catch (error) {
      if (!(error instanceof HeksherError)) throw error;
      this.problem(name, error.message);
      return undefined;
    }
  }

  problem(name: string, message: string): void {
    this.problems.push({ field: name, message });
  }

  unknownVariables(): readonly string[] {
    return Object.keys(this.env)
      .filter((name) => name.startsWith('HEKSHER_') && !name.startsWith('HEKSHER_TEST_') && !this.asked.has(name))
      .filter((name) => !SERVICE_VARIABLE.test(name) && !SERVICE_LINK.test(this.env[name] ?? ''))
      .sort();
  }

  throwProblems(): void {
    if (this.problems.length === 0) return;
    const lines = this.problems.map(({ field, message }) => `  ${field}: ${message}`);
    throw new HeksherError('invalid', `the environment is not usable:\n${lines.join('\n')}`, { errors: this.problems });
  }
}
