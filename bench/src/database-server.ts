import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type DatabaseAddress } from '@heksher/database';
import { startEmbeddedPostgres } from '@heksher/embedded-postgres';
import pg from 'pg';
import { Scope } from './scope.js';

export type Database = Readonly<{ name: string; address: DatabaseAddress; connectionString: string }>;

/** A PostgreSQL server to make databases on. */
export type DatabaseServer = Readonly<{ address: DatabaseAddress; description: string }>;

/** The server that is given, or an embedded one with its data in `folder`. */
export async function openServer(
  scope: Scope,
  folder: string,
  given: DatabaseAddress | undefined,
): Promise<DatabaseServer> {
  const address = given ?? (await startEmbedded(scope, folder));
  const version = await scope.within(async (inner) => {
    const client = await connect(inner, address);
    const { rows } = await client.query<{ version: string }>(`select current_setting('server_version') as version`);
    return rows[0]?.version ?? 'unknown';
  });
  return { address, description: `${version}${given === undefined ? ' (embedded)' : ''}` };
}

async function startEmbedded(scope: Scope, folder: string): Promise<DatabaseAddress> {
  const starting = startEmbeddedPostgres({ dataDir: join(folder, 'postgres') });
  scope.defer(async () => (await starting.catch(() => undefined))?.stop());
  return (await starting).address;
}

/** A new database that is dropped with the scope: empty, or a copy of one that nobody is connected to. */
export async function createDatabase(
  scope: Scope,
  { address }: DatabaseServer,
  template?: Database,
): Promise<Database> {
  const name = `heksher_bench_${randomBytes(6).toString('hex')}`;
  scope.defer(() => onServer(address, `drop database if exists ${name} with (force)`));
  await onServer(address, `create database ${name} template ${template?.name ?? 'template0'}`);
  const own = { ...address, database: name };
  return { name, address: own, connectionString: connectionStringOf(own) };
}

/** A connection that ends with the scope. */
export async function connect(scope: Scope, address: DatabaseAddress): Promise<pg.Client> {
  const { host, port, user, password, database, ssl } = address;
  const client = new pg.Client({ host, port, user, password, database, ssl, application_name: 'heksher-bench' });
  // Broken by the end of the server, on interruption: whoever waits for an answer is told.
  client.on('error', () => undefined);
  scope.defer(() => client.end());
  await client.connect();
  return client;
}

function onServer(address: DatabaseAddress, sql: string): Promise<void> {
  const scope = new Scope();
  return connect(scope, address)
    .then((client) => client.query(sql))
    .then(() => undefined)
    .finally(() => scope.close());
}

function connectionStringOf({ host, port, user, password, database, ssl }: DatabaseAddress): string {
  const parameters = new URLSearchParams({ host, port: String(port) });
  if (user !== undefined) parameters.set('user', user);
  if (password !== undefined) parameters.set('password', password);
  if (ssl !== false) parameters.set('sslmode', ssl.rejectUnauthorized ? 'verify-full' : 'require');
  // A space is %20 to a connection string, not +.
  return `postgresql:///${database}?${parameters.toString().replaceAll('+', '%20')}`;
}
