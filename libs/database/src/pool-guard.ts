import { type EventEmitter } from 'node:events';
import { type Pool, type PoolClient } from 'pg';
import { type DataSource } from 'typeorm';
import { READ_ONLY_TRANSACTION } from './pg-errors.js';

/** Private fields of a client, which pg's types do not show. */
type Connected = PoolClient &
  Readonly<{ connection: EventEmitter & Readonly<{ stream: Readonly<{ destroy(): void }> }>; end(): Promise<void> }>;

/**
 * Removes sessions from the pool that pg would keep. One that is checked out and answers nothing for `limitMs` is destroyed, since
 * PostgreSQL's own timeouts do not help if the network drops its messages. A transaction of many statements may take longer. When
 * a session turns out to be read-only, all are closed, at once or when they are released: after a failover they lead to a
 * former primary.
 */
export function guardPool(dataSource: DataSource, limitMs: number): void {
  const pool = poolOf(dataSource);
  limitSilence(pool, limitMs);
  dropReadOnlySessions(pool);
}

/** Ends the sessions that are checked out, with whatever they are doing: a pool that is closed waits for them. */
export function endBusySessions(dataSource: DataSource): void {
  const busy = checkedOut.get(poolOf(dataSource));
  for (const client of [...(busy?.keys() ?? [])]) (client as Connected).end().catch(() => undefined);
}

/** The pool of an initialized data source. */
export function poolOf(dataSource: DataSource): Pool {
  return (dataSource.driver as unknown as Readonly<{ master: Pool }>).master;
}

/** How many sessions the pool has, how many of them do nothing, and how many requests wait for one. */
export function poolState(dataSource: DataSource): Readonly<{ total: number; idle: number; waiting: number }> {
  const { master: pool } = dataSource.driver as unknown as Readonly<{ master: Pool | undefined }>;
  return { total: pool?.totalCount ?? 0, idle: pool?.idleCount ?? 0, waiting: pool?.waitingCount ?? 0 };
}

/** Of guarded pools: the clients that are checked out, and what ends each where it is silent. */
const checkedOut = new WeakMap<Pool, ReadonlyMap<PoolClient, NodeJS.Timeout>>();

function limitSilence(pool: Pool, limitMs: number): void {
  const known = new WeakSet<PoolClient>();
  const deadlines = new Map<PoolClient, NodeJS.Timeout>();
  const forget = (client: PoolClient): void => {
    clearTimeout(deadlines.get(client));
    deadlines.delete(client);
  };
  pool.on('acquire', (client) => {
    const { connection } = client as Connected;
    forget(client);
    deadlines.set(client, setTimeout(() => connection.stream.destroy(), limitMs).unref());
    if (known.has(client)) return;
    known.add(client);
    connection.on('readyForQuery', () => deadlines.get(client)?.refresh());
  });
  pool.on('release', (_error, client) => forget(client));
  pool.on('remove', forget);
  checkedOut.set(pool, deadlines);
}

function dropReadOnlySessions(pool: Pool): void {
  const states = new Map<PoolClient, 'idle' | 'busy' | 'outdated'>();
  const drop = (): void => {
    for (const [client, state] of [...states])
      // The pool removes an idle client that emits an error.
      if (state === 'idle') client.emit('error', new Error('the session can only read'));
      else states.set(client, 'outdated');
  };
  pool.on('acquire', (client) => {
    const isNew = !states.has(client);
    states.set(client, 'busy');
    if (!isNew) return;
    (client as Connected).connection.on('errorMessage', ({ code }: Readonly<{ code?: string }>) => {
      if (code === READ_ONLY_TRANSACTION) drop();
    });
  });
  pool.on('release', (_error, released) => {
    const client = released as Connected;
    // The pool keeps no client that is ending.
    if (states.get(client) === 'outdated') client.end().catch(() => undefined);
    else states.set(client, 'idle');
  });
  pool.on('remove', (client) => void states.delete(client));
}
