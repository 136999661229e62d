import { type EventEmitter } from 'node:events';
import { type Pool, type PoolClient } from 'pg';
import { type DataSource } from 'typeorm';
import { READ_ONLY_TRANSACTION } from './pg-errors.js';

/** What there is below a client, which pg's types do not show. */
type Connected = PoolClient &
  Readonly<{ connection: EventEmitter & Readonly<{ stream: Readonly<{ destroy(): void }> }> }>;

/**
 * Takes sessions out of the pool that pg would keep: one that is held for longer than `limitMs`, since PostgreSQL's own
 * timeouts do not help where the network swallows what it says; and with one that may only read all idle ones, since after
 * a failover they lead to what is no longer the primary. What waits on a broken session fails, and the next request gets a
 * new one.
 */
export function guardPool(dataSource: DataSource, limitMs: number): void {
  const { master: pool } = dataSource.driver as unknown as Readonly<{ master: Pool }>;
  const known = new WeakSet<PoolClient>();
  const idle = new Set<Connected>();
  const deadlines = new Map<PoolClient, NodeJS.Timeout>();
  const forget = (client: PoolClient): void => {
    clearTimeout(deadlines.get(client));
    deadlines.delete(client);
    idle.delete(client);
  };
  const breakReadOnly = (client: Connected): void => {
    for (const session of [client, ...idle]) session.connection.stream.destroy();
  };
  pool.on('acquire', (acquired) => {
    const client = acquired as Connected;
    forget(client);
    deadlines.set(client, setTimeout(() => client.connection.stream.destroy(), limitMs).unref());
    if (known.has(client)) return;
    known.add(client);
    client.connection.on('errorMessage', ({ code }: Readonly<{ code?: string }>) => {
      if (code === READ_ONLY_TRANSACTION) breakReadOnly(client);
    });
  });
  pool.on('release', (_error, client) => {
    forget(client);
    idle.add(client);
  });
  pool.on('remove', forget);
}
