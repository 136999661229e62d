import { createPublicKey, verify } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:https';
import { once } from 'node:events';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase } from '../support/database/database.js';
import { Certificates, noOpenssl } from '../support/http/certificates.js';
import { describeUnless } from '../support/rollouts/redis.js';
import { spawnService } from '../support/service/process.js';
import { addFeatures, addRule, declare, expectStatus, startTestService } from '../support/service/service.js';
import { until } from '../support/service/until.js';
import { useService } from '../support/service/use-service.js';
import { startConnectProxy } from '../support/webhooks/connect-proxy.js';
import { type Received, Receiver, SENDING, verified } from '../support/webhooks/receiver.js';

const api = useService({ ...SENDING, HEKSHER_PUBLIC_URL: 'https://settings.example.com/heksher' });
const receiver = new Receiver();

beforeAll(async () => {
  await receiver.start();
  await addFeatures(api.call, 'account', 'user', 'theme');
  await declare(api.call);
});
afterAll(() => receiver.stop());

type Made = Readonly<{ id: string; secret: string; public_key: string | null }>;

let made = 0;

async function create(body: object): Promise<Made> {
  made += 1;
  return (await expectStatus(201, api.post('/webhooks', { url: `${receiver.url}/${made}`, ...body }))).body as Made;
}

const came = (path: string) => receiver.received.filter((one) => one.path === path);

async function written(count: number, path = `/${made}`): Promise<Received> {
  await addRule(api.call, 'cache_size', { user: `u${Math.random()}` }, 1);
  return until('the event', () => came(path).filter(({ method }) => method === 'POST')[count - 1]);
}

/** Whether one of the `v1a` signatures is by this key, of this body. */
function isBy(publicKey: string | null, { headers, body }: Received): boolean {
  const x = Buffer.from(String(publicKey).slice('whpk_'.length), 'base64').toString('base64url');
  const key = createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x } });
  const signed = Buffer.from(`${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`);
  return String(headers['webhook-signature'])
    .split(' ')
    .some((one) => one.startsWith('v1a,') && verify(null, signed, key, Buffer.from(one.slice(4), 'base64')));
}

describe('a webhook with a key pair', () => {
  it('is signed for by it beside its secret, and by both pairs while they are replaced', async () => {
    const first = await create({ ed25519: true });
    expect(first.public_key).toMatch(/^whpk_[A-Za-z0-9+/]{43}=$/);
    const shown = (await expectStatus(200, api.get(`/webhooks/${first.id}`))).body as Made;
    expect(shown).toMatchObject({ public_key: first.public_key });
    const one = await written(1);
    expect(verified(first.secret, one).type).toBe('heksher.change.committed');
    expect(String(one.headers['webhook-signature'])).toMatch(/^v1,\S{44} v1a,\S{88}$/);
    expect([isBy(first.public_key, one), isBy(first.public_key, { ...one, body: `${one.body} ` })]).toEqual([
      true,
      false,
    ]);
    const second = (await expectStatus(200, api.post(`/webhooks/${first.id}/rotate`))).body as Made;
    expect(second.public_key).not.toBe(first.public_key);
    const two = await written(2);
    for (const { secret, public_key } of [first, second]) {
      expect(verified(secret, two).specversion).toBe('1.0');
      expect(isBy(public_key, two)).toBe(true);
    }
    await api.sql(`update heksher_webhooks set previous_until = clock_timestamp() where id = '${first.id}'`);
    const three = await written(3);
    expect([isBy(first.public_key, three), isBy(second.public_key, three)]).toEqual([false, true]);
  });

  it('is one that asked for it', async () => {
    const plain = await create({});
    expect(plain.public_key).toBeNull();
    expect(String((await written(1)).headers['webhook-signature'])).toMatch(/^v1,\S{44}$/);
    const rotated = (await expectStatus(200, api.post(`/webhooks/${plain.id}/rotate`))).body as Made;
    expect(rotated.public_key).toBeNull();
    const { status, body } = await api.post('/webhooks', { url: receiver.url, ed25519: 'yes' });
    expect([status, body]).toMatchObject([422, { errors: [{ field: 'ed25519' }] }]);
  });
});

describe('a webhook that is asked beforehand', () => {
  const allows = (origin: string | undefined, status = 204) => {
    receiver.answering = ({ method }, response) => {
      const headers = origin === undefined ? {} : { 'WebHook-Allowed-Origin': origin };
      response.writeHead(method === 'OPTIONS' ? status : 204, method === 'OPTIONS' ? headers : {}).end();
    };
  };
  afterEach(() => allows('*'));

  it.each([
    [undefined, 204, /does not allow settings\.example\.com: WebHook-Allowed-Origin is not there/],
    ['other.example.com', 204, /WebHook-Allowed-Origin is "other\.example\.com"/],
    ['*', 405, /asked by OPTIONS, and answered 405/],
  ])('is sent nothing where it says %s with %s', async (origin, status, problem) => {
    allows(origin, status);
    const { id } = await create({ handshake: true });
    const path = `/${made}`;
    const { body } = await expectStatus(200, api.post(`/webhooks/${id}/test`));
    expect(body).toMatchObject({ status: null, error: expect.stringMatching(problem) as string });
    expect(came(path).map(({ method }) => method)).toEqual(['OPTIONS']);
    await expectStatus(204, api.delete(`/webhooks/${id}`));
  });

  it.each(['settings.example.com', 'Settings.Example.com', '*'])(
    'is sent events once it says %s, and is asked again at another address alone',
    async (origin) => {
      allows(origin);
      const { id } = await create({ handshake: true });
      const path = `/${made}`;
      await written(1);
      await written(2);
      expect(came(path).map(({ method }) => method)).toEqual(['OPTIONS', 'POST', 'POST']);
      expect(came(path)[0]?.headers).toMatchObject({ 'webhook-request-origin': 'settings.example.com' });
      await expectStatus(200, api.patch(`/webhooks/${id}`, { url: `${receiver.url}${path}/other` }));
      await written(1, `${path}/other`);
      expect(came(`${path}/other`).map(({ method }) => method)).toEqual(['OPTIONS', 'POST']);
      await expectStatus(204, api.delete(`/webhooks/${id}`));
    },
  );

  it('needs a service that knows its own address', async () => {
    const service = await startTestService(SENDING);
    const body = { url: receiver.url, handshake: true };
    const answer = await service.call('POST', '/api/v1/webhooks', { body });
    expect([answer.status, answer.body]).toMatchObject([422, { errors: [{ field: 'handshake' }] }]);
    expect(answer.text).toContain('HEKSHER_PUBLIC_URL');
    await service.stop();
  });
});

describeUnless(noOpenssl)('behind a proxy', () => {
  it.each([
    ['', true],
    ['127.0.0.0/8,::1', false],
  ])(
    'events go through it by addresses, and past it where NO_PROXY=%j says so',
    async (noProxy, isThrough) => {
      const folder = await mkdtemp(join(tmpdir(), 'heksher-proxied-'));
      const certificates = new Certificates(folder);
      const authority = await certificates.authority('authority');
      const { cert, key } = await certificates.signed(authority, 'receiver', 'DNS:localhost');
      const names: (string | false | undefined | null)[] = [];
      const server = createServer({ cert, key }, (request, response) => {
        names.push((request.socket as unknown as { servername?: string | false }).servername);
        request.resume().on('end', () => response.writeHead(204).end());
      });
      await once(server.listen(0, '127.0.0.1'), 'listening');
      const { port } = server.address() as AddressInfo;
      const proxy = await startConnectProxy();
      const database = await createDatabase();
      const service = spawnService({
        ...SENDING,
        HEKSHER_DB_CONNECTION_STRING: database.connectionString,
        HEKSHER_WEBHOOK_ALLOW: '127.0.0.0/8,::1',
        HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`,
        NO_PROXY: noProxy,
        NODE_EXTRA_CA_CERTS: authority.certFile,
      });
      const { call } = await service.ready;
      const { id } = (
        await expectStatus(201, call('POST', '/api/v1/webhooks', { body: { url: `https://localhost:${port}/` } }))
      ).body as Made;
      const { body } = await expectStatus(200, call('POST', `/api/v1/webhooks/${id}/test`));
      expect(body).toMatchObject({ status: 204, error: null });
      expect(names).toEqual(['localhost']);
      const through = proxy.asked.map(({ to }) => to);
      if (isThrough) expect(through.at(-1)).toBe(`127.0.0.1:${port}`);
      expect(through.length > 0).toBe(isThrough);
      expect(through.filter((to) => to?.startsWith('localhost'))).toEqual([]);
      service.child.kill('SIGTERM');
      expect(await service.exited).toBe(0);
      await proxy.close();
      server.close();
      await database.drop();
      await rm(folder, { recursive: true });
    },
    120_000,
  );
});
