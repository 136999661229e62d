import { type Pool, type PoolClient } from 'pg';
import { type DataSource } from 'typeorm';

/** What there is below a client; the types of pg do not tell. */
type Connected = PoolClient & Readonly<{ connection: Readonly<{ stream: Readonly<{ destroy(): void }> }> }>;

/**
 * Breaks a connection of the pool that is held for longer than `limitMs`: what waits on it fails, and the next request
 * gets a new one. PostgreSQL's own timeouts do not help where the network swallows what it says.
 */
export function limitCheckouts(dataSource: DataSource, limitMs: number): void {
  const { master: pool } = dataSource.driver as unknown as Readonly<{ master: Pool }>;
  const deadlines = new Map<PoolClient, NodeJS.Timeout>();
  const forget = (client: PoolClient): void => {
    clearTimeout(deadlines.get(client));
    deadlines.delete(client);
  };
  pool.on('acquire', (client) => {
    forget(client);
    deadlines.set(client, setTimeout(() => (client as Connected).connection.stream.destroy(), limitMs).unref());
  });
  pool.on('release', (_error, client) => forget(client));
  pool.on('remove', forget);
}
