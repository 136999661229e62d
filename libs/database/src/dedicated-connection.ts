import { HeksherError } from '@heksher/core';
import type pg from 'pg';
import { clientOptions, DatabaseClient } from './client.js';
import { type DatabaseAddress } from './database-address.js';
import { type PoolOptions } from './data-source.js';
import { prepareSession } from './session.js';
import { type FixedQuery, FixedQueryRun } from './fixed-query.js';

/**
 * Statements here run repeatedly and have one good plan for all parameters: planning each time would take longer than running,
 * and JIT compilation many times as long. That plan goes by indexes, or one that was made while tables were small would read all of them when they
 * are large; who reads whole tables says so. A load may be idle between two batches; it holds no locks that block others.
 */
const READS = {
  plan_cache_mode: 'force_generic_plan',
  jit: 'off',
  enable_seqscan: 'off',
  idle_in_transaction_session_timeout: 60_000,
};

/** A statement of a dedicated connection; one with a `name` is prepared once and then only executed. */
export type Statement = Readonly<{ name?: string; text: string; values?: readonly unknown[] }>;

/** What a session listens to, and who is told. */
type Listening = Readonly<{ channel: string; notified: () => void; refused: (error: unknown) => void }>;

/** Runs statements. Rows come as arrays, in the order of the selected columns. */
export type Session = Readonly<{
  query<Row extends unknown[]>(statement: Statement, timeoutMs: number): Promise<Row[]>;
}>;

/**
 * One session outside of the pool, for work that must not queue behind other work (docs/decisions/check-session.md). It connects at its first statement, and
 * again after it broke. After any error or timeout the session is discarded, since its state is unknown.
 */
export class DedicatedConnection implements Session {
  private session: pg.Client | undefined;
  private connecting: Promise<pg.Client> | undefined;
  private isClosed = false;
  private listening: Listening | undefined;

  constructor(
    private readonly address: DatabaseAddress,
    private readonly pool: PoolOptions,
    /** `pipelines`: a statement is sent without waiting for the one before it. For one that does not run fixed queries. */
    private readonly options: Readonly<{ pipelines?: boolean }> = {},
  ) {}

  query<Row extends unknown[]>(statement: Statement, timeoutMs: number): Promise<Row[]> {
    return this.inOneSession(timeoutMs, (session) => session.query<Row>(statement, timeoutMs));
  }

  /**
   * Has `notified` called at each notification that the session gets on a channel, from when it connects next. What is not a name in lower
   * case is no channel here. Nothing is told of those that are missed while there is no session; `refused` is called where it cannot listen.
   */
  listen(channel: string, notified: () => void, refused: (error: unknown) => void): void {
    if (!/^[a-z_]+$/.test(channel)) throw new Error(`no channel: ${channel}`);
    this.listening = { channel, notified, refused };
  }

  /** The row of a fixed query, as texts: the cheapest way to repeat one query. */
  async fixedRow(query: FixedQuery, timeoutMs: number): Promise<readonly (string | null)[] | undefined> {
    const client = this.session ?? (await this.connected(timeoutMs));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.giveUp(client), timeoutMs);
      const done = (error: Error | undefined, row: readonly (string | null)[] | undefined): void => {
        clearTimeout(timer);
        if (error === undefined) return resolve(row);
        this.giveUp(client);
        reject(error);
      };
      client.query(new FixedQueryRun(query, done));
    });
  }

  /**
   * Statements that belong together, as those of a transaction do: all go to the same session, so that none runs alone
   * on a new one where it broke in between.
   * @param connectTimeoutMs how long connecting may take where that is needed
   */
  async inOneSession<T>(connectTimeoutMs: number, work: (session: Session) => Promise<T>): Promise<T> {
    const client = await this.connected(connectTimeoutMs);
    try {
      return await work({ query: (statement, timeoutMs) => this.run(client, statement, timeoutMs) });
    } catch (error) {
      this.giveUp(client);
      throw error;
    }
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.connecting?.catch(() => undefined);
    const { session } = this;
    this.session = undefined;
    await session?.end();
  }

  private async run<Row extends unknown[]>(
    client: pg.Client,
    { name, text, values }: Statement,
    timeoutMs: number,
  ): Promise<Row[]> {
    const timer = setTimeout(() => this.giveUp(client), timeoutMs);
    const query: pg.QueryArrayConfig = {
      text,
      rowMode: 'array',
      ...(name !== undefined && { name }),
      ...(values !== undefined && { values: [...values] }),
    };
    try {
      return (await client.query<Row>(query)).rows;
    } finally {
      clearTimeout(timer);
    }
  }

  private async connected(timeoutMs: number): Promise<pg.Client> {
    if (this.session !== undefined) return this.session;
    this.connecting ??= this.connect(timeoutMs).finally(() => {
      this.connecting = undefined;
    });
    return this.connecting;
  }

  private async connect(timeoutMs: number): Promise<pg.Client> {
    if (this.isClosed) throw new HeksherError('unavailable', 'the connection to the database was closed');
    const options = clientOptions(this.address, this.pool);
    const connectionTimeoutMillis = Math.min(options.connectionTimeoutMillis ?? timeoutMs, timeoutMs);
    const client = new DatabaseClient({
      ...options,
      connectionTimeoutMillis,
      pipeline: this.options.pipelines === true,
    });
    // A session that breaks while idle is replaced at the next statement.
    client.on('error', () => this.giveUp(client));
    await client.connect();
    const timer = setTimeout(() => this.giveUp(client), timeoutMs);
    try {
      await prepareSession(client, this.pool, READS);
      await this.beginListening(client);
    } catch (error) {
      this.giveUp(client);
      throw error;
    } finally {
      clearTimeout(timer);
    }
    this.session = client;
    return client;
  }

  private async beginListening(client: pg.Client): Promise<void> {
    if (this.listening === undefined) return;
    const { channel, notified, refused } = this.listening;
    client.on('notification', notified);
    // A standby takes no listeners, and is read as any other server.
    await client.query(`listen ${channel}`).catch(refused);
  }

  /** Ends the session at once: a statement under way fails, also where the other side no longer answers. */
  private giveUp(client: pg.Client): void {
    if (this.session === client) this.session = undefined;
    client.end().catch(() => undefined);
  }
}
