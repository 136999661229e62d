import { type EventEmitter } from 'node:events';
import pg from 'pg';
import { type DatabaseAddress, type HostAndPort, type TargetSession } from './database-address.js';
import { FixedQueryRun } from './fixed-query.js';
import { TRANSACTION_RESOLUTION_UNKNOWN } from './pg-errors.js';
import { KEEPALIVE_IDLE_MS } from './session.js';

/** The parts of a client's options that are the same for a pool and for a single session. */
export type ClientOptions = pg.ClientConfig &
  Readonly<{ otherHosts: readonly HostAndPort[]; targetSession: TargetSession }>;

/**
 * @param operation such as `SELECT`; `OTHER` where it is none of those that are known
 * @param beganAt on the monotonic clock, in milliseconds
 * @param error undefined: it succeeded
 */
export type StatementObserver = (operation: string, beganAt: number, error: unknown) => void;

type Given = Readonly<{ applicationName?: string; connectTimeoutMs: number; observe?: StatementObserver }>;

export function clientOptions(
  address: DatabaseAddress,
  { applicationName, connectTimeoutMs, observe }: Given,
): ClientOptions & Pick<DatabaseAddress, 'channelBinding'> & Pick<Given, 'observe'> {
  const {
    host,
    port,
    user,
    password,
    currentPassword,
    database,
    ssl,
    otherHosts = [],
    targetSession = 'any',
  } = address;
  return {
    host,
    port,
    user,
    password:
      currentPassword === undefined
        ? password
        : async () => (await currentPassword().catch(() => undefined)) ?? password ?? '',
    database,
    ssl: ssl === false ? false : { ...ssl },
    application_name: address.applicationName ?? applicationName,
    connectionTimeoutMillis: address.connectTimeoutMs ?? connectTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEPALIVE_IDLE_MS,
    enableChannelBinding: address.channelBinding !== undefined,
    channelBinding: address.channelBinding,
    ...(address.options !== undefined && { options: address.options }),
    otherHosts,
    targetSession,
    ...(observe !== undefined && { observe }),
  };
}

type Options = ReturnType<typeof clientOptions>;

/** pg's types do not show these. */
type Inner = { host: string; port: number; connection: EventEmitter & { stream: { destroy(error: Error): void } } };

/**
 * A client that finds, of several hosts, the one that the connection string asks for, and insists on channel binding where
 * that is required. pg knows neither.
 */
export class DatabaseClient extends pg.Client {
  /** Not enumerable, so that it is not printed: it contains the password. */
  readonly #options: Options;

  constructor(options: Options) {
    super(options);
    this.#options = options;
    if (options.observe !== undefined) observeStatements(this, options.observe);
    const { connection } = this as unknown as Inner;
    if (options.channelBinding === 'require') requireChannelBinding(connection);
    refuseUnconfirmedCommits(connection);
  }

  override connect(): Promise<pg.Client>;
  override connect(callback: (error: Error) => void): void;
  override connect(callback?: (error: Error) => void): Promise<pg.Client> | undefined {
    const { otherHosts, targetSession } = this.#options;
    if (otherHosts.length === 0 && targetSession === 'any')
      return callback === undefined ? super.connect() : void super.connect(callback);
    const connected = findHost(this.#options).then((found) => {
      Object.assign(this as unknown as Inner, found);
      return super.connect();
    });
    if (callback === undefined) return connected;
    connected.then(() => (callback as (error?: Error) => void)(), callback);
    return undefined;
  }
}

const OPERATIONS = new Set(['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'WITH', 'COMMIT', 'ROLLBACK', 'FETCH', 'DECLARE']);

/** Such as `SELECT`. */
function operationOf(statement: unknown): string {
  const text = typeof statement === 'string' ? statement : String((statement as { text?: unknown }).text);
  const [word = ''] = /[a-z]+/i.exec(text.slice(0, 200)) ?? [];
  const operation = word.toUpperCase();
  if (operation === 'START') return 'BEGIN';
  return OPERATIONS.has(operation) ? operation : 'OTHER';
}

/** Times whatever is answered by a promise, which is all but fixed queries, and of these what asks for it. */
function observeStatements(client: pg.Client, observe: StatementObserver): void {
  const query = client.query.bind(client) as (...given: unknown[]) => unknown;
  const observed = (...given: unknown[]): unknown => {
    const beganAt = performance.now();
    const [statement] = given;
    if (statement instanceof FixedQueryRun && statement.isObserved) {
      statement.observer = (error) => observe(operationOf(statement), beganAt, error);
    }
    const result = query(...given);
    if (result instanceof Promise) {
      result.then(
        () => observe(operationOf(given[0]), beganAt, undefined),
        (error: unknown) => observe(operationOf(given[0]), beganAt, error),
      );
    }
    return result;
  };
  client.query = observed as pg.Client['query'];
}

/** The first host whose session has the wanted `target_session_attrs`. */
async function findHost(options: Options): Promise<HostAndPort> {
  const { otherHosts, targetSession } = options;
  const hosts = [{ host: options.host ?? '', port: options.port ?? 0 }, ...otherHosts];
  const wanted = targetSession === 'prefer-standby' ? (['standby', 'any'] as const) : [targetSession];
  const unsuitable = new Error(`no host is what target_session_attrs=${targetSession} asks for`);
  let error: unknown;
  for (const kind of wanted)
    for (const server of hosts)
      try {
        if (await isOfKind(options, server, kind)) return server;
        error = unsuitable;
      } catch (reason) {
        if (error !== unsuitable) error = reason;
      }
  throw error;
}

async function isOfKind(options: Options, server: HostAndPort, kind: TargetSession): Promise<boolean> {
  // pg hides the password from a spread.
  const { password } = options;
  const probe = new DatabaseClient({ ...options, password, ...server, otherHosts: [], targetSession: 'any' });
  probe.on('error', () => undefined);
  try {
    await probe.connect();
    const { rows } = await probe.query<{ standby: boolean; read_only: boolean }>(
      `select pg_is_in_recovery() as standby, current_setting('transaction_read_only') = 'on' as read_only`,
    );
    const [{ standby, read_only: isReadOnly } = { standby: false, read_only: false }] = rows;
    return matches(kind, standby, isReadOnly);
  } finally {
    probe.end().catch(() => undefined);
  }
}

function matches(kind: TargetSession, isStandby: boolean, isReadOnly: boolean): boolean {
  switch (kind) {
    case 'read-write':
      return !isReadOnly;
    case 'read-only':
      return isReadOnly;
    case 'primary':
      return !isStandby;
    case 'standby':
      return isStandby;
    case 'any':
    case 'prefer-standby':
      return true;
  }
}

/**
 * Where an operator cancels the wait for a synchronous standby, PostgreSQL keeps the commit, warns, and says that all went well. A
 * failover may lose that commit, so it fails here as one whose outcome is not known. The warning is recognized by the function that
 * gives it: its text depends on the server's language.
 */
function refuseUnconfirmedCommits(connection: Inner['connection']): void {
  let isUnconfirmed = false;
  connection.on('notice', ({ routine }: Readonly<{ routine?: string }>) => {
    if (routine === 'SyncRepWaitForLSN') isUnconfirmed = true;
  });
  // Before the client's own listener, which would let the statement succeed.
  connection.prependListener('readyForQuery', () => {
    if (!isUnconfirmed) return;
    isUnconfirmed = false;
    const message = 'the commit was not confirmed by a synchronous standby';
    connection.emit('errorMessage', Object.assign(new Error(message), { code: TRANSACTION_RESOLUTION_UNKNOWN }));
  });
}

function requireChannelBinding(connection: Inner['connection']): void {
  let isBound = false;
  const refuse = (): void =>
    connection.stream.destroy(
      new Error('the server offers no channel binding over TLS, which channel_binding=require asks for'),
    );
  connection.on('authenticationSASL', ({ mechanisms }: Readonly<{ mechanisms: readonly string[] }>) => {
    isBound = mechanisms.includes('SCRAM-SHA-256-PLUS');
    if (!isBound) refuse();
  });
  connection.on('authenticationOk', () => {
    if (!isBound) refuse();
  });
}
