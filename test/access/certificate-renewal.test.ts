import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { createDatabase, type TestDatabase } from '../support/database/database.js';
import { type Certificate, Certificates, noOpenssl } from '../support/http/certificates.js';
import { describeUnless } from '../support/rollouts/redis.js';
import { type ServiceProcess, spawnService } from '../support/service/process.js';
import { until } from '../support/service/until.js';

describeUnless(noOpenssl)('a certificate that is renewed', () => {
  let folder: string;
  let database: TestDatabase;
  let authority: Certificate;
  let service: ServiceProcess;
  let port: number;
  const made: Certificate[] = [];
  const [certFile, keyFile] = ['tls.crt', 'tls.key'];

  const use = async ({ certFile: cert, keyFile: key }: Certificate): Promise<void> => {
    await copyFile(key, join(folder, keyFile));
    await copyFile(cert, join(folder, certFile));
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'heksher-renewal-'));
    database = await createDatabase();
    const certificates = new Certificates(folder);
    authority = await certificates.authority('authority');
    for (const name of ['one', 'two', 'three']) made.push(await certificates.signed(authority, name, 'IP:127.0.0.1'));
    if (made[0] !== undefined) await use(made[0]);
    service = spawnService({
      HEKSHER_DB_CONNECTION_STRING: database.connectionString,
      HEKSHER_TLS_CERT_FILE: join(folder, certFile),
      HEKSHER_TLS_KEY_FILE: join(folder, keyFile),
    });
    port = Number(new URL((await service.ready).url).port);
  });
  afterAll(async () => {
    service.child.kill();
    await service.exited;
    await database.drop();
    await rm(folder, { recursive: true });
  });

  async function open(): Promise<TLSSocket> {
    const socket = connect({ port, host: '127.0.0.1', ca: authority.cert });
    await once(socket, 'secureConnect');
    return socket;
  }

  async function shown(): Promise<string> {
    const socket = await open();
    const { fingerprint256 = '' } = socket.getPeerX509Certificate() ?? {};
    socket.destroy();
    return fingerprint256;
  }

  const fingerprintOf = (index: number): string => new X509Certificate(made[index]?.cert ?? '').fingerprint256;

  test('is shown to new connections at SIGHUP, and connections that there are go on', async () => {
    expect(await shown()).toBe(fingerprintOf(0));
    const before = await open();
    if (made[1] !== undefined) await use(made[1]);
    service.child.kill('SIGHUP');
    await until('the second certificate', async () => (await shown()) === fingerprintOf(1));
    before.write('GET /api/health/live HTTP/1.1\r\nHost: x\r\n\r\n');
    const [answer] = (await once(before, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1.1 200/);
    before.destroy();
  });

  test('is found when its files change, and what cannot be used leaves the last one', async () => {
    if (made[2] !== undefined) await use(made[2]);
    await until('the third certificate', async () => (await shown()) === fingerprintOf(2), 60_000);
    await writeFile(join(folder, keyFile), 'no key at all');
    service.child.kill('SIGHUP');
    await until('a line about it', () => service.output().includes('cannot be renewed'));
    expect(await shown()).toBe(fingerprintOf(2));
    expect(service.output()).not.toContain('no key at all');
  });
});
