import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { jwtVerify } from 'jose';
import { makeKey } from '../../apps/heksher/src/modules/access/api-key.js';
import { SecretBox } from '../../apps/heksher/src/modules/webhooks/secret-box.js';
import { createDatabase, type TestDatabase } from '../support/database/database.js';
import { describeUnless, noRedisServer, type RedisServer, startRedis, connectTo } from '../support/rollouts/redis.js';
import { spawnService } from '../support/service/process.js';
import { addFeatures, expectStatus, startTestService, type TestService } from '../support/service/service.js';
import { until } from '../support/service/until.js';
import { startConnectProxy } from '../support/webhooks/connect-proxy.js';
import { noNatsServer, startNats, TestStream } from '../support/webhooks/nats.js';

let folder: string;
let database: TestDatabase;
let service: TestService | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heksher-rotation-'));
  database = await createDatabase();
});
afterEach(async () => {
  await service?.stop();
  service = undefined;
  await database.drop();
  await rm(folder, { recursive: true });
});

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `${text}\n`);
  return path;
}

async function start(env: Readonly<Record<string, string>>): Promise<TestService> {
  service = await startTestService(env, database);
  return service;
}

const bearer = (token: string) => ({ headers: { Authorization: `Bearer ${token}` } });

it('the key of the operator: the new one is taken at SIGHUP or when its file changes; the one before holds until it is revoked', async () => {
  const [first, second, third] = [makeKey().text, makeKey().text, makeKey().text];
  const path = await file('admin', first);
  const process = spawnService({
    HEKSHER_DB_CONNECTION_STRING: database.connectionString,
    HEKSHER_AUTH: 'on',
    HEKSHER_ADMIN_KEY_FILE: path,
  });
  const { call } = await process.ready;
  const statusBy = async (key: string) => (await call('GET', '/api/v1/keys', bearer(key))).status;
  expect([await statusBy(first), await statusBy(second)]).toEqual([200, 401]);
  await file('admin', second);
  process.child.kill('SIGHUP');
  await until('the second key', async () => (await statusBy(second)) === 200);
  expect(await statusBy(first)).toBe(200);
  await file('admin', 'no key at all');
  process.child.kill('SIGHUP');
  await until('a line about it', () => process.output().includes('the last one goes on'));
  expect([await statusBy(second), process.output().includes('no key at all')]).toEqual([200, false]);
  await file('admin', third);
  await until('the third key', async () => (await statusBy(third)) === 200);
  process.child.kill('SIGTERM');
  expect(await process.exited).toBe(0);
});

it('the keys that secrets of webhooks are encrypted by', async () => {
  const [one, two] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
  const path = await file('keys', one.toString('base64'));
  const { call, renew } = await start({ HEKSHER_SECRET_KEY_FILE: path, HEKSHER_WEBHOOK_ALLOW: '127.0.0.0/8' });
  const sealedBy = async (): Promise<string> => {
    const body = { url: 'http://127.0.0.1:9/' };
    const { id } = (await expectStatus(201, call('POST', '/api/v1/webhooks', { body }))).body as { id: string };
    const [row] = await database.sql<{ secret: Buffer }>('select secret from heksher_webhooks where id = $1', [id]);
    const opens = (key: Buffer) => row !== undefined && new SecretBox(() => [key]).open(row.secret, id) !== undefined;
    return `${opens(one) ? 'one' : ''}${opens(two) ? 'two' : ''}`;
  };
  expect(await sealedBy()).toBe('one');
  await file('keys', [two, one].map((key) => key.toString('base64')).join(','));
  renew();
  expect(await sealedBy()).toBe('two');
});

describe('what proves to an issuer who asks about tokens', () => {
  let issuer: Server;
  const asked: string[] = [];
  const assertions: string[] = [];
  beforeAll(async () => {
    issuer = createServer((request, response) => {
      const [, credentials] = (request.headers.authorization ?? '').split(' ');
      if (credentials !== undefined) asked.push(Buffer.from(credentials, 'base64').toString());
      void text(request).then((form) => {
        const assertion = new URLSearchParams(form).get('client_assertion');
        if (assertion !== null) assertions.push(assertion);
        response.end('{"active":false}');
      });
    });
    await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => issuer.close());

  const startAsking = (env: Readonly<Record<string, string>>): Promise<TestService> => {
    const url = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`;
    return start({
      HEKSHER_AUTH: 'on',
      HEKSHER_OAUTH_ISSUER: url,
      HEKSHER_OAUTH_AUDIENCE: 'https://heksher.example.com',
      HEKSHER_INTROSPECTION_URL: `${url}/introspect`,
      HEKSHER_INTROSPECTION_CLIENT_ID: 'heksher',
      ...env,
    });
  };

  it('is the secret that is in its file now', async () => {
    const { call, renew } = await startAsking({
      HEKSHER_INTROSPECTION_CLIENT_SECRET_FILE: await file('secret', 'first'),
    });
    await expectStatus(401, call('GET', '/api/v1/query', bearer('opaque-1')));
    await file('secret', 'second');
    renew();
    await expectStatus(401, call('GET', '/api/v1/query', bearer('opaque-2')));
    expect(asked).toEqual(['heksher:first', 'heksher:second']);
  });

  it('is the key that is in its file now', async () => {
    const [one, two] = [1, 2].map(() => generateKeyPairSync('ec', { namedCurve: 'P-256' }));
    if (one === undefined || two === undefined) throw new Error('there are no keys');
    const pem = ({ privateKey }: typeof one) => privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const { call, renew } = await startAsking({ HEKSHER_INTROSPECTION_CLIENT_KEY_FILE: await file('key', pem(one)) });
    await expectStatus(401, call('GET', '/api/v1/query', bearer('opaque-1')));
    await file('key', pem(two));
    renew();
    await expectStatus(401, call('GET', '/api/v1/query', bearer('opaque-2')));
    const isBy = ({ publicKey }: typeof one, assertion: string) =>
      jwtVerify(assertion, publicKey).then(
        () => true,
        () => false,
      );
    const byTwo = await Promise.all(assertions.map((assertion) => isBy(two, assertion)));
    const byOne = await Promise.all(assertions.map((assertion) => isBy(one, assertion)));
    expect([byOne, byTwo]).toEqual([
      [true, false],
      [false, true],
    ]);
  });
});

it('the credentials of the proxy that events go through', async () => {
  const proxy = await startConnectProxy(502);
  const urlBy = (password: string) => `http://heksher:${password}@127.0.0.1:${proxy.port}`;
  const { call, renew } = await start({
    HEKSHER_SECRET_KEY: Buffer.alloc(32, 1).toString('base64'),
    HEKSHER_WEBHOOK_ALLOW: '127.0.0.0/8',
    HTTPS_PROXY_FILE: await file('proxy', urlBy('first')),
  });
  const made = await expectStatus(201, call('POST', '/api/v1/webhooks', { body: { url: 'https://127.0.0.1:9/' } }));
  const { id } = made.body as { id: string };
  const send = () => expectStatus(200, call('POST', `/api/v1/webhooks/${id}/test`));
  await send();
  await file('proxy', urlBy('second'));
  renew();
  await send();
  const given = proxy.asked.map(({ authorization = '' }) =>
    Buffer.from(authorization.replace('Basic ', ''), 'base64').toString(),
  );
  expect(given).toEqual(['heksher:first', 'heksher:second']);
  await proxy.close();
});

describeUnless(noRedisServer)('the password of Redis', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.end());
  const STREAM = 'changes';

  it('is that of its file at each connection, of the stream of changes and of what replicas share', async () => {
    const client = await connectTo(redis.url);
    const setPassword = async (password: string) => {
      await client.sendCommand(['ACL', 'SETUSER', 'heksher', 'on', 'resetpass', `>${password}`, '~*', '&*', '+@all']);
      await client.sendCommand(['CLIENT', 'KILL', 'USER', 'heksher']).catch(() => undefined);
    };
    const urlBy = (password: string) => redis.url.replace('//', `//heksher:${password}@`);
    const connections = async () =>
      (await client.sendCommand<string>(['CLIENT', 'LIST'])).split('\n').filter((line) => line.includes('user=heksher'))
        .length;
    await setPassword('first');
    const path = await file('url', urlBy('first'));
    const { call, renew } = await start({
      HEKSHER_SINK_REDIS_URL_FILE: path,
      HEKSHER_SINK_REDIS_STREAM: STREAM,
      HEKSHER_REDIS_URL_FILE: path,
      HEKSHER_RATE_LIMIT_PER_ADDRESS: '1000000/s',
    });
    await until('both connections', async () => (await connections()) === 2);
    await setPassword('second');
    await file('url', urlBy('second'));
    renew();
    await until('both connections', async () => (await connections()) === 2);
    await addFeatures(call, 'user');
    await until('the change', async () => (await client.xLen(STREAM)) > 0);
    client.destroy();
  });
});

describeUnless(noNatsServer)('the password of NATS', () => {
  it('is that of its file at each connection', async () => {
    const configBy = (password: string) =>
      `jetstream {}\nauthorization { users = [{ user: "heksher", password: "${password}" }, { user: "test", password: "test" }] }`;
    const server = await startNats(['--config', await file('nats.conf', configBy('first'))]);
    const urlBy = (user: string, password: string) => server.url.replace('//', `//${user}:${password}@`);
    const stream = await TestStream.on(urlBy('test', 'test'));
    const path = await file('url', urlBy('heksher', 'first'));
    const { HEKSHER_SINK_NATS_URL, ...env } = stream.env;
    expect(HEKSHER_SINK_NATS_URL).toContain('test:test');
    const { call, renew } = await start({ ...env, HEKSHER_SINK_NATS_URL_FILE: path });
    const count = () =>
      stream.messages().then(
        ({ length }) => length,
        () => 0,
      );
    await addFeatures(call, 'user');
    await until('the first change', async () => (await count()) > 0);
    const before = await count();
    await file('nats.conf', configBy('second'));
    await server.stop();
    await server.start();
    await file('url', urlBy('heksher', 'second'));
    renew();
    await addFeatures(call, 'theme');
    await until('the second change', async () => (await count()) > before);
    await stream.end();
    await server.end();
  });
});
