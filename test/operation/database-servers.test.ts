import { execFileSync } from 'node:child_process';
import { chmod, chown, cp, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@heksher/embedded-postgres';
import { connectionStringOf } from '../support/database/database.js';
import { type ServiceProcess, spawnService } from '../support/service/process.js';
import { addFeatures, expectStatus } from '../support/service/service.js';
import { timed, until } from '../support/service/until.js';

let folder: string;
const servers: EmbeddedPostgres[] = [];
const services: ServiceProcess[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heksher-servers-'));
  await chmod(folder, 0o755);
});
afterEach(async () => {
  for (const { child, exited } of services.splice(0)) {
    child.kill('SIGKILL');
    await exited;
  }
  for (const server of servers.splice(0)) await server.stop();
  await rm(folder, { recursive: true, force: true });
});

async function startPostgres(name: string, settings: Readonly<Record<string, string>> = {}): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir: join(folder, name), settings });
  servers.push(server);
  return server;
}

function start(connectionString: string, env: Readonly<Record<string, string>> = {}): ServiceProcess {
  const service = spawnService({ HEKSHER_DB_CONNECTION_STRING: connectionString, ...env });
  services.push(service);
  return service;
}

it('a server that lets nobody in without TLS: the start ends at once, and says what to add', async () => {
  const hba = join(folder, 'pg_hba.conf');
  await writeFile(hba, 'host postgres all 127.0.0.1/32 scram-sha-256\nhostssl all all 0.0.0.0/0 scram-sha-256\n');
  const { address } = await startPostgres('data', { hba_file: hba });
  const service = start(connectionStringOf(address));
  const [ms, code] = await timed(service.exited);
  expect({ code, soon: ms < 20_000 }).toEqual({ code: 1, soon: true });
  expect(service.output()).toMatch(/add sslmode=require to the connection string/);
  expect(service.output()).not.toContain(address.password);
}, 240_000);

it('with TLS: require does not look at the certificate, verify-ca at its chain, verify-full at its name too', async () => {
  const files = certificates();
  const hba = join(folder, 'pg_hba.conf');
  await writeFile(hba, 'host postgres all 127.0.0.1/32 scram-sha-256\nhostssl all all 0.0.0.0/0 scram-sha-256\n');
  await (await startPostgres('data')).stop();
  // The server takes a key that its own user alone can read; where this is root, that is another one.
  const { uid, gid } = await stat(join(folder, 'data', 'cluster'));
  await chmod(files.key, 0o600);
  await chown(files.key, uid, gid);
  const { address } = await startPostgres('data', {
    hba_file: hba,
    ssl: 'on',
    ssl_cert_file: files.cert,
    ssl_key_file: files.key,
  });
  const string = connectionStringOf(address);
  const root = `sslrootcert=${encodeURIComponent(files.ca)}`;
  for (const parameters of [
    'sslmode=require',
    `sslmode=verify-ca&${root}`,
    'sslmode=require&channel_binding=require',
  ]) {
    const { call } = await start(`${string}?${parameters}`).ready;
    await expectStatus(200, call('GET', '/api/v1/query'));
  }
  const misnamed = start(`${string}?sslmode=verify-full&${root}`);
  expect(await misnamed.exited).toBe(1);
  expect(misnamed.output()).toMatch(/the certificate of the server is refused/);
}, 240_000);

/** A certificate for another name than 127.0.0.1, by an authority of its own. */
function certificates(): Readonly<{ ca: string; cert: string; key: string }> {
  const [ca, cert, key] = ['ca.pem', 'cert.pem', 'key.pem'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const openssl = (...args: readonly string[]) => execFileSync('openssl', args, { stdio: 'ignore' });
  const [caKey, request] = [join(folder, 'ca.key'), join(folder, 'request.pem')];
  const fresh = ['-newkey', 'rsa:2048', '-nodes'];
  openssl('req', '-x509', ...fresh, '-keyout', caKey, '-out', ca, '-subj', '/CN=An authority', '-days', '2');
  openssl('req', ...fresh, '-keyout', key, '-out', request, '-subj', '/CN=elsewhere.invalid');
  openssl('x509', '-req', '-in', request, '-CA', ca, '-CAkey', caKey, '-CAcreateserial', '-out', cert, '-days', '2');
  return { ca, cert, key };
}

it('a hot standby serves reads, sees what its primary is given, and refuses writes', async () => {
  const template = await startPostgres('primary');
  const first = start(connectionStringOf(template.address));
  await first.ready;
  first.child.kill('SIGTERM');
  await first.exited;
  await template.stop();
  await cp(join(folder, 'primary'), join(folder, 'standby'), { recursive: true });
  await rm(join(folder, 'standby', 'owner.json'), { force: true });
  await writeFile(join(folder, 'standby', 'cluster', 'standby.signal'), '');
  const primary = await startPostgres('primary');
  const { port, user, password } = primary.address;
  const standby = await startPostgres('standby', {
    primary_conninfo: `host=127.0.0.1 port=${String(port)} user=${user} password=${password}`,
  });
  const { call: write } = await start(connectionStringOf(primary.address)).ready;
  const { call } = await start(connectionStringOf(standby.address)).ready;
  await addFeatures(write, 'user');
  await until('the standby to follow', async () => {
    const { body } = await expectStatus(200, call('GET', '/api/v1/context_features'));
    return JSON.stringify(body) === '{"context_features":["user"]}';
  });
  await expectStatus(200, call('GET', '/api/v1/query?context_filters=user:(a)'));
  const refused = await call('POST', '/api/v1/context_features', { body: { context_feature: 'theme' } });
  expect(refused.status).toBe(503);
  expect(refused.text).toContain('can only be read');
}, 240_000);
