import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { once } from 'node:events';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@heksher/embedded-postgres';
import pg from 'pg';
import { connectionStringOf } from '../support/database/database.js';
import { addNetworkHost, describeWithNetworks, type NetworkHost } from '../support/database/network-host.js';
import { type ServiceProcess, spawnService } from '../support/service/process.js';
import { addFeatures, addRule, type Call, declare } from '../support/service/service.js';
import { timed, until } from '../support/service/until.js';

/** A lost writer may sit in its transaction for 5 s, and one that waited behind it may get its turn just then. */
const WRITERS_HEAL_MS = 12_000;
/** Idle sessions are found out by keepalives: 5 s, then three unanswered ones in 2 s each. */
const SESSIONS_GONE_MS = 30_000;

/** Another replica: as many writers as `process.argv[2]` says, of which the first gets into its transaction and stays there. */
const REPLICA = `
  import { createDataSource, inWriteTransaction, parseConnectionString } from '@heksher/database';
  const [string, writers] = process.argv.slice(1);
  const pool = { poolSize: 20, connectTimeoutMs: 5000, statementTimeoutMs: 30000, lockTimeoutMs: 5000 };
  const dataSource = await createDataSource(parseConnectionString(string), pool).initialize();
  const write = () => inWriteTransaction(dataSource, {}, async () => {
    console.log('holding');
    await new Promise((resolve) => setTimeout(resolve, 600000));
  }).catch(() => undefined);
  for (let writer = 0; writer < Number(writers); writer += 1) void write();
  await Promise.all(Array.from({ length: 3 }, () => dataSource.query('select pg_sleep(0.2)')));`;

describeWithNetworks()('a host that is lost', () => {
  let folder: string;
  let postgres: EmbeddedPostgres;
  let service: ServiceProcess;
  let call: Call;
  let lost: NetworkHost;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'heksher-lost-'));
    await chmod(folder, 0o755);
    const hba = join(folder, 'pg_hba.conf');
    await writeFile(hba, 'host all all 0.0.0.0/0 scram-sha-256\n');
    const settings = { listen_addresses: '*', hba_file: hba };
    postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'data'), settings });
    service = spawnService({ HEKSHER_DB_CONNECTION_STRING: connectionStringOf(postgres.address) });
    ({ call } = await service.ready);
    await addFeatures(call, 'account', 'user', 'theme');
    await declare(call);
    await addRule(call, 'cache_size', { user: 'john' }, 1);
  }, 240_000);
  beforeEach(async () => {
    lost = await addNetworkHost();
  });
  afterEach(() => lost.remove());
  afterAll(async () => {
    service.child.kill('SIGKILL');
    await service.exited;
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function startReplica(writers: number): Promise<void> {
    const string = connectionStringOf({ ...postgres.address, host: lost.gateway });
    const replica = lost.spawn(process.execPath, ['--input-type=module', '-e', REPLICA, string, String(writers)]);
    if (replica.stdout === null) throw new Error('the replica has no output');
    await once(createInterface(replica.stdout), 'line');
  }

  async function sessionsOfLost(): Promise<number> {
    const client = new pg.Client({ ...postgres.address });
    await client.connect();
    const { rows } = await client.query<{ count: number }>(
      `select count(*)::int as count from pg_stat_activity where host(client_addr) like '10.213.%'`,
    );
    await client.end();
    return rows[0]?.count ?? -1;
  }

  it.each([1, 5])(
    'in the middle of %d writes holds the others up for seconds, and leaves no session behind',
    async (writers) => {
      await startReplica(writers);
      await until('all sessions of the replica', async () => (await sessionsOfLost()) > writers);
      await lost.vanish();
      const write = async () => (await call('PUT', '/api/v1/rules/1/value', { body: { value: 2 } })).status === 204;
      const [ms] = await timed(until('a write to go through', write, 120_000));
      expect(ms).toBeLessThan(WRITERS_HEAL_MS);
      await until('the sessions to be given up', async () => (await sessionsOfLost()) === 0, SESSIONS_GONE_MS);
    },
    180_000,
  );
});
