import { randomUUID } from 'node:crypto';
import { type HeksherError, invalid } from '@heksher/core';
import { type DataSource } from 'typeorm';
import { clientOptions, DatabaseClient } from './client.js';
import { type PoolOptions } from './data-source.js';
import { type DatabaseAddress } from './database-address.js';

/** What a start finds out about its database. */
export type ServerFacts = Readonly<{ isReadOnly: boolean }>;

const ROUNDS = 3;

/** Throws `invalid` where the database, or what stands before it, cannot serve Heksher. Only reads. */
export async function checkServer(
  dataSource: DataSource,
  address: DatabaseAddress,
  pool: PoolOptions,
): Promise<ServerFacts> {
  const [{ encoding, read_only: isReadOnly }] = await dataSource.query<
    readonly [{ encoding: string; read_only: boolean }]
  >(
    `select current_setting('server_encoding') as encoding, current_setting('transaction_read_only') = 'on' as read_only`,
  );
  if (encoding !== 'UTF8')
    throw invalid(
      `the database "${address.database}" has the encoding ${encoding}, which cannot hold every text: move it into one with the encoding UTF8`,
    );
  await refuseTransactionPooling(address, pool);
  return { isReadOnly };
}

/**
 * A pooler that gives each transaction another session takes prepared statements and settings away. It shows in that a
 * setting made in one session is there in another, or gone while another is in a transaction.
 */
async function refuseTransactionPooling(address: DatabaseAddress, pool: PoolOptions): Promise<void> {
  const [one, other] = await Promise.all([connect(address, pool), connect(address, pool)]);
  try {
    if (await isDirect(one)) return;
    for (let round = 0; round < ROUNDS; round += 1) if (!(await keepsSession(one, other))) throw transactionPooling();
  } catch (error) {
    if (/statement pooling/.test(String(error))) throw transactionPooling();
    throw error;
  } finally {
    await Promise.all([one, other].map((client) => client.end().catch(() => undefined)));
  }
}

function transactionPooling(): HeksherError {
  return invalid(
    'the pooler in front of PostgreSQL pools transactions or statements, and Heksher needs sessions: set its pool_mode to session, or connect to PostgreSQL itself',
  );
}

async function connect(address: DatabaseAddress, pool: PoolOptions): Promise<DatabaseClient> {
  const client = new DatabaseClient(clientOptions(address, pool));
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** Poolers report process ids of their own. */
async function isDirect(client: DatabaseClient): Promise<boolean> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return rows[0]?.pid === (client as unknown as Readonly<{ processID: number | null }>).processID;
}

async function keepsSession(one: DatabaseClient, other: DatabaseClient): Promise<boolean> {
  const mark = randomUUID();
  await one.query(`set heksher.session_mark = '${mark}'`);
  await other.query('begin');
  try {
    if ((await markOf(other)) === mark) return false;
    return (await markOf(one)) === mark;
  } finally {
    await other.query('rollback');
  }
}

async function markOf(client: DatabaseClient): Promise<string | null | undefined> {
  const { rows } = await client.query<{ mark: string | null }>(
    `select current_setting('heksher.session_mark', true) as mark`,
  );
  return rows[0]?.mark;
}

/** Each right that the user lacks on the tables and sequences, such as `INSERT on rules`. */
export async function missingRights(dataSource: DataSource): Promise<Readonly<{ read: string[]; write: string[] }>> {
  const tables = dataSource.entityMetadatas.map(({ tableName }) => tableName);
  const rows = await dataSource.query<readonly { name: string; right: string }[]>(
    `select t.name, p.name as right
       from unnest($1::text[]) as t (name)
      cross join unnest(case t.name when 'heksher_revision' then '{SELECT,UPDATE}'::text[]
                                    when 'heksher_changes' then '{SELECT,DELETE}'
                                    when 'heksher_changesets' then '{SELECT,INSERT,UPDATE}'
                                    else '{SELECT,INSERT,UPDATE,DELETE}' end) as p (name)
      where not has_table_privilege(t.name, p.name)
     union all
     select s.name, 'USAGE' from (values ('rules_id_seq'), ('rollouts_id_seq')) as s (name)
      where not has_sequence_privilege(s.name, 'USAGE')
      order by 1, 2`,
    [tables],
  );
  const named = rows.map(({ name, right }) => ({ right, sentence: `${right} on ${name}` }));
  return {
    read: named.filter(({ right }) => right === 'SELECT').map(({ sentence }) => sentence),
    write: named.filter(({ right }) => right !== 'SELECT').map(({ sentence }) => sentence),
  };
}
