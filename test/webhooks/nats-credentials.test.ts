import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { credsAuthenticator, nkeyAuthenticator } from '@nats-io/transport-node';
import { createDatabase, type TestDatabase } from '../support/database/database.js';
import { Certificates, noOpenssl } from '../support/http/certificates.js';
import { describeUnless } from '../support/rollouts/redis.js';
import { valueOf } from '../support/service/samples.js';
import { addFeatures, startTestService } from '../support/service/service.js';
import { until } from '../support/service/until.js';
import { noNatsServer, startNats, TestStream } from '../support/webhooks/nats.js';
import { decentralized, ofOneNkey } from '../support/webhooks/nats-accounts.js';

let folder: string;
let database: TestDatabase;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heksher-nats-credentials-'));
  database = await createDatabase();
});
afterEach(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

async function fileWith(name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}

const bytes = (text: string): Uint8Array => Buffer.from(text);

/** A service that publishes there: its changes come. @returns what is done with it, and stops it */
async function publishes(
  stream: TestStream,
  env: Readonly<Record<string, string>>,
  then: (write: () => Promise<void>, renew: () => void) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const service = await startTestService({ ...stream.env, ...env }, database);
  let count = 0;
  const write = async (): Promise<void> => {
    count += 1;
    const published = (await stream.messages()).length;
    await addFeatures(service.call, `feature_${count}`);
    await until('the change', async () => (await stream.messages()).length > published, 60_000);
  };
  try {
    await write();
    await then(write, service.renew);
  } finally {
    await service.stop();
  }
}

/** Waits for the client of the test, which finds nothing meanwhile. */
const isBack = (stream: TestStream): Promise<true> =>
  until('the client to be back', () =>
    stream.manager.streams.info(stream.name).then(
      () => true,
      () => false,
    ),
  );

describeUnless(noNatsServer)('a NATS', () => {
  it('that knows users by their nkeys is published to by the seed of one', async () => {
    const { config, seed } = ofOneNkey();
    const server = await startNats(['--config', await fileWith('nats.conf', config)]);
    const stream = await TestStream.on(server.url, { authenticator: nkeyAuthenticator(bytes(seed)) });
    await publishes(stream, { HEKSHER_SINK_NATS_CREDS_FILE: await fileWith('seed', `${seed}\n`) });
    await stream.end();
    await server.end();
  }, 120_000);

  it('that trusts an operator is published to by credentials, which are read again when they are replaced', async () => {
    const { config, newUser } = decentralized();
    const server = await startNats(['--config', await fileWith('nats.conf', config)]);
    const file = await fileWith('user.creds', newUser());
    const stream = await TestStream.on(server.url, { authenticator: credsAuthenticator(bytes(newUser())) });
    await publishes(stream, { HEKSHER_SINK_NATS_CREDS_FILE: file }, async (write) => {
      await writeFile(file, newUser());
      await server.stop();
      await server.start();
      await isBack(stream);
      await write();
    });
    await stream.end();
    await server.end();
  }, 120_000);
});

describeUnless(noNatsServer ?? noOpenssl)('a NATS with TLS', () => {
  it('is published to with a certificate that it asks for, and not trusted without its authority', async () => {
    const certificates = new Certificates(folder);
    const authority = await certificates.authority('authority');
    const ofServer = await certificates.signed(authority, 'server', 'DNS:localhost,IP:127.0.0.1');
    const ofClient = await certificates.signed(authority, 'client', '');
    const files = ['--tlscert', ofServer.certFile, '--tlskey', ofServer.keyFile, '--tlscacert', authority.certFile];
    const server = await startNats(['--tls', '--tlsverify', ...files]);
    const { cert, key, certFile, keyFile } = ofClient;
    const stream = await TestStream.on(server.url, { tls: { ca: authority.cert, cert, key } });
    const env = { HEKSHER_SINK_NATS_CERT_FILE: certFile, HEKSHER_SINK_NATS_KEY_FILE: keyFile };
    const distrustful = await startTestService({ ...stream.env, ...env, HEKSHER_METRICS_PORT: '0' }, database);
    const failures = () => valueOf(distrustful.metricsUrl ?? '', 'heksher_sink_failures_total', { sink: 'nats' });
    await until('a failure', async () => (await failures()) > 0, 60_000);
    await distrustful.stop();
    expect(await stream.messages()).toEqual([]);
    await publishes(stream, { ...env, HEKSHER_SINK_NATS_CA_FILE: authority.certFile });
    await stream.end();
    await server.end();
  }, 120_000);

  it('is published to by the authority, certificate and key that are in their files now', async () => {
    const certificates = new Certificates(folder);
    const [old, next] = [await certificates.authority('old'), await certificates.authority('next')];
    const signed = async (authority: typeof old, name: string) => ({
      server: await certificates.signed(authority, `${name}-server`, 'DNS:localhost,IP:127.0.0.1'),
      client: await certificates.signed(authority, `${name}-client`, ''),
    });
    const [byOld, byNext] = [await signed(old, 'old'), await signed(next, 'next')];
    const put = async (side: string, { cert, key }: typeof old, trusted: string) => ({
      cert: await fileWith(`${side}.pem`, cert),
      key: await fileWith(`${side}.key`, key),
      ca: await fileWith(`${side}-ca.pem`, trusted),
    });
    const files = await put('nats', byOld.server, old.cert + next.cert);
    const flags = ['--tlscert', files.cert, '--tlskey', files.key, '--tlscacert', files.ca];
    const server = await startNats(['--tls', '--tlsverify', ...flags]);
    const { cert, key } = byNext.client;
    const stream = await TestStream.on(server.url, { tls: { ca: old.cert + next.cert, cert, key } });
    const ours = await put('heksher', byOld.client, old.cert);
    const env = {
      HEKSHER_SINK_NATS_CA_FILE: ours.ca,
      HEKSHER_SINK_NATS_CERT_FILE: ours.cert,
      HEKSHER_SINK_NATS_KEY_FILE: ours.key,
    };
    await publishes(stream, env, async (write, renew) => {
      await server.stop();
      await put('nats', byNext.server, next.cert);
      await put('heksher', byNext.client, next.cert);
      await server.start();
      renew();
      await isBack(stream);
      await write();
    });
    await stream.end();
    await server.end();
  }, 120_000);
});
