import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { makeKey } from '../../apps/heksher/src/modules/access/api-key.js';
import { LoginProvider, MACHINE } from '../support/access/login-provider.js';
import { noNginx, startNginx } from '../support/http/web-servers.js';
import { describeUnless } from '../support/rollouts/redis.js';
import { addFeatures, declare, startTestService, type TestService } from '../support/service/service.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const ADMIN = makeKey().text;

let folder: string;
let provider: LoginProvider;
let cluster: Cluster;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heksher-recipes-'));
  // The command of the image.
  const command = `#!/bin/sh\nexec '${process.execPath}' '${join(ROOT, 'apps/heksher/dist/heksher.js')}' "$@"\n`;
  await writeFile(join(folder, 'heksher'), command);
  await chmod(join(folder, 'heksher'), 0o755);
  provider = await LoginProvider.start();
  await provider.open('http://127.0.0.1:9');
  cluster = await startCluster();
});
afterAll(async () => {
  provider.stop();
  cluster.server.close();
  await rm(folder, { recursive: true });
});

type Cluster = Readonly<{
  url: string;
  server: Server;
  tokenOf: (account: string, audience: string) => Promise<string>;
}>;

/** The issuer of a cluster's service accounts: what the API server of Kubernetes serves of it, and tokens as it projects them. */
async function startCluster(): Promise<Cluster> {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const kid = 'J8pZ1YcUoVbnbZ2m3k6l8Z0mDq4m1vB7tq9xg1y2h3k';
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const metadata = {
    issuer: url,
    jwks_uri: `${url}/openid/v1/jwks`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
  };
  const keys = [{ ...(await exportJWK(publicKey)), use: 'sig', alg: 'RS256', kid }];
  server.on('request', (request, response) => {
    if (request.url === '/.well-known/openid-configuration') response.end(JSON.stringify(metadata));
    else if (request.url === '/openid/v1/jwks') response.end(JSON.stringify({ keys }));
    else response.writeHead(404).end('404 page not found');
  });
  const tokenOf = (account: string, audience: string): Promise<string> => {
    const now = Math.floor(Date.now() / 1_000);
    const claims = {
      aud: [audience],
      exp: now + 3_607,
      iat: now,
      iss: url,
      jti: 'b6a1c3f0-0f5e-4a1f-9d6e-1c2b3a4d5e6f',
      'kubernetes.io': {
        namespace: 'shop',
        node: { name: 'node-1', uid: '6f1e7a52-3b0b-4b57-8a0e-9f1d2c3b4a5e' },
        pod: { name: 'billing-5d9c7b6f4-x2x7k', uid: '0d1c2b3a-4f5e-4d6c-8b7a-9e8f7d6c5b4a' },
        serviceaccount: { name: account, uid: '1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d' },
      },
      nbf: now,
      sub: `system:serviceaccount:shop:${account}`,
    };
    return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid }).sign(privateKey);
  };
  return { url, server, tokenOf };
}

/** All of them. */
const RECIPES = [
  'A program, with a key',
  'A program, by client credentials',
  'A person, in Swagger UI',
  'A workload in Kubernetes, by its service account',
  'People, in the console',
  'People, in the console, by a gateway',
  'People, in the console, by a key',
] as const;

async function sections(): Promise<readonly string[]> {
  const text = await readFile(join(ROOT, 'docs/access-recipes.md'), 'utf8');
  return text.split(/^## /m).slice(1);
}

/** The blocks of a recipe in a language: of commands, what the service is started with, and what is typed then. */
async function recipe(title: (typeof RECIPES)[number], language = 'sh'): Promise<readonly string[]> {
  const section = (await sections()).find((one) => one.startsWith(`${title}\n`)) ?? '';
  const blocks = section.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'));
  return Array.from(blocks, ([, block = '']) => block);
}

test('there is a test for each recipe', async () => {
  expect((await sections()).map((section) => section.split('\n', 1)[0])).toEqual(RECIPES);
});

/** Starts what the first block says, with the provider in place of the issuer. */
async function startBy(block: string | undefined): Promise<TestService> {
  const exported = Array.from((block ?? '').matchAll(/^export (\w+)=(\S+)$/gm));
  expect(exported.map(([line]) => `${line}\n`).join('')).toBe(block);
  const env = exported.map(([, name = '', value = '']) => [name, atProvider(value)] as const);
  const service = await startTestService({ ...Object.fromEntries(env), HEKSHER_ADMIN_KEY: ADMIN });
  const call: TestService['call'] = (method, path, sent) =>
    service.call(method, path, { ...sent, headers: { authorization: `Bearer ${ADMIN}` } });
  await addFeatures(call, 'account', 'user', 'theme');
  await declare(call);
  return service;
}

const atProvider = (text: string): string =>
  text
    .replaceAll('https://login.example.com', provider.url)
    .replaceAll('https://kubernetes.default.svc.cluster.local', cluster.url)
    .replaceAll('10.0.0.5', '127.0.0.1')
    .replaceAll('/var/run/secrets/heksher/token', join(folder, 'token'));

/** What a block prints; fails where one of its commands does. */
async function type(block: string | undefined, service: TestService): Promise<string> {
  const script = atProvider(block ?? '').replaceAll(`'https://settings.example.com/`, `'${service.url}/`);
  const env = {
    ...process.env,
    PATH: `${folder}:${process.env['PATH']}`,
    HEKSHER_DB_CONNECTION_STRING: service.database.connectionString,
    HEKSHER_AUTH: 'on',
    CLIENT_SECRET: MACHINE.secret,
    ADMIN_KEY: ADMIN,
  };
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], { env });
  return stdout;
}

test.each(['A program, with a key', 'A program, by client credentials'] as const)('%s', async (title) => {
  const [env, typed] = await recipe(title);
  const service = await startBy(env);
  expect(JSON.parse(await type(typed, service))).toMatchObject({ settings: { cache_size: { default_value: 60 } } });
  await service.stop();
});

test('A person, in Swagger UI', async () => {
  const [env, typed] = await recipe('A person, in Swagger UI');
  const service = await startBy(env);
  expect(JSON.parse(await type(typed, service))).toMatchObject({
    authorizationUrl: `${provider.url}/auth`,
    tokenUrl: `${provider.url}/token`,
    scopes: { 'heksher:read': expect.anything() as unknown },
  });
  await service.stop();
});

test('People, in the console', async () => {
  const [env, typed] = await recipe('People, in the console');
  const service = await startBy(env);
  expect(JSON.parse(await type(typed, service))).toBe(`${provider.url}/auth`);
  await service.stop();
});

test('A workload in Kubernetes, by its service account', async () => {
  const [env, storing, asking] = await recipe('A workload in Kubernetes, by its service account');
  const service = await startBy(env);
  const ask = async (account: string, audience = 'https://settings.example.com') => {
    await writeFile(join(folder, 'token'), await cluster.tokenOf(account, audience));
    return type(asking, service);
  };
  await expect(ask('billing')).rejects.toThrow(/403/);
  expect(JSON.parse(await type(storing, service))).toMatchObject({ name: 'system:serviceaccount:shop:billing' });
  expect(JSON.parse(await ask('billing'))).toMatchObject({ settings: { cache_size: { default_value: 60 } } });
  await expect(ask('other')).rejects.toThrow(/403/);
  await expect(ask('billing', 'https://other.example.com')).rejects.toThrow(/401/);
  await service.stop();
});

test('People, in the console, by a key', async () => {
  const [typed] = await recipe('People, in the console, by a key');
  const service = await startBy('export HEKSHER_AUTH=on\n');
  const key = (await type(`${typed}echo "$key"`, service)).trim();
  const { body } = await service.call('GET', '/api/v1/whoami', { headers: { authorization: `Bearer ${key}` } });
  expect(body).toMatchObject({ subject: 'ana', kind: 'user', grants: { write: ['*'], approve: ['*'], admin: [] } });
  await service.stop();
});

/** What oauth2-proxy answers to nginx: who has a session, and a page for whoever has none. */
async function startSessions(): Promise<Server> {
  const server = createServer(({ url = '', headers: { cookie } }, response) => {
    if (url === '/oauth2/auth' && cookie === '_oauth2_proxy=of-ana')
      response.writeHead(202, { 'X-Auth-Request-User': 'ana' }).end();
    else response.writeHead(url === '/oauth2/auth' ? 401 : 200).end(url === '/oauth2/auth' ? '' : 'sign in here');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

describeUnless(noNginx)('behind nginx', () => {
  test('People, in the console, by a gateway', async () => {
    const [env] = await recipe('People, in the console, by a gateway');
    const [locations = ''] = await recipe('People, in the console, by a gateway', 'nginx');
    const service = await startBy(env);
    const sessions = await startSessions();
    const { port } = sessions.address() as AddressInfo;
    const nginx = await startNginx(service.url, 60, locations.replaceAll('oauth2-proxy:4180', `127.0.0.1:${port}`));
    const said = { 'X-Forwarded-User': 'root', Authorization: `Bearer ${ADMIN}` };
    const headers = { ...said, Cookie: '_oauth2_proxy=of-ana' };
    const get = (path: string, sent: Readonly<Record<string, string>> = headers): Promise<Response> =>
      fetch(nginx.url + path, { headers: sent });
    expect(await (await get('/api/v1/whoami')).json()).toMatchObject({
      subject: 'ana',
      proof: 'gateway',
      grants: { read: ['*'], write: ['web.*'], admin: [] },
    });
    const body = JSON.stringify({ name: 'web.x', type: 'int', default_value: 1, configurable_features: ['user'] });
    const declared = { method: 'POST', headers: { ...headers, Origin: nginx.url }, body };
    expect((await fetch(`${nginx.url}/api/v1/settings/declare`, declared)).status).toBe(200);
    // Without a session nothing of what one says of oneself counts.
    expect((await get('/api/v1/whoami', said)).status).toBe(401);
    expect(await (await get('/console', said)).text()).toBe('sign in here');
    expect((await get('/oauth2/auth')).status).toBe(404);
    await nginx.stop();
    sessions.close();
    await service.stop();
  });
});
