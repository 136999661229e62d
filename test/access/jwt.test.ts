import { generateKeyPairSync, sign } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTHeaderParameters, SignJWT, UnsecuredJWT } from 'jose';
import { makeKey } from '../../apps/heksher/src/modules/access/api-key.js';
import { ask, comparable, EXPRESS_WAY } from '../support/http/both-ways.js';
import {
  addFeatures,
  type Answer,
  declare,
  expectStatus,
  startTestService,
  type TestService,
} from '../support/service/service.js';
import { until } from '../support/service/until.js';

const ADMIN = makeKey().text;
const AUDIENCE = 'https://settings.example.com';

type Keys = Awaited<ReturnType<typeof generateKeyPair>>;

/** An issuer of tokens, of which only the metadata and the keys are asked for. */
class Issuer {
  readonly server: Server;
  published: string[] = ['one'];
  isDown = false;
  fetches = 0;
  readonly keys = new Map<string, Keys>();
  /** That it is too short is for us to see. */
  readonly short = generateKeyPairSync('rsa', { modulusLength: 1_024 });

  constructor() {
    this.server = createServer(
      (request, response) =>
        void this.answer(request.url ?? '').then(
          ([status, body]) => response.writeHead(status).end(JSON.stringify(body)),
          () => response.destroy(),
        ),
    );
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async start(): Promise<void> {
    for (const kid of ['one', 'two']) this.keys.set(kid, await generateKeyPair('ES256', { extractable: true }));
    this.keys.set('rsa', await generateKeyPair('RS256', { extractable: true }));
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async answer(path: string): Promise<readonly [status: number, body: unknown]> {
    if (this.isDown) return [500, {}];
    if (path === '/.well-known/openid-configuration') return [200, { issuer: this.url, jwks_uri: `${this.url}/jwks` }];
    if (path !== '/jwks') return [404, {}];
    this.fetches += 1;
    const keys = this.published.map(async (kid) => ({ ...(await exportJWK(this.keyOf(kid).publicKey)), kid }));
    return [
      200,
      { keys: [...(await Promise.all(keys)), { ...this.short.publicKey.export({ format: 'jwk' }), kid: 'short' }] },
    ];
  }

  keyOf(kid: string): Keys {
    const keys = this.keys.get(kid);
    if (keys === undefined) throw new Error(`there is no key ${kid}`);
    return keys;
  }
}

const now = (): number => Math.floor(Date.now() / 1_000);

let issuer: Issuer;
let service: TestService;
let lax: TestService;
beforeAll(async () => {
  issuer = new Issuer();
  await issuer.start();
  const env = {
    HEKSHER_AUTH: 'on',
    HEKSHER_ADMIN_KEY: ADMIN,
    HEKSHER_OAUTH_ISSUER: issuer.url,
    HEKSHER_OAUTH_AUDIENCE: AUDIENCE,
  };
  service = await startTestService(env);
  lax = await startTestService({ ...env, HEKSHER_OAUTH_TYP: 'any' }, service.database);
  const call: TestService['call'] = (method, path, options) =>
    service.call(method, path, { ...options, headers: { Authorization: `Bearer ${ADMIN}` } });
  await addFeatures(call, 'account', 'user', 'theme');
  for (const name of ['billing.rate', 'ui.color']) await declare(call, { name });
});
afterAll(async () => {
  await lax.stop();
  await service.stop();
  issuer.stop();
});

const claims = (more: object = {}) => ({
  iss: issuer.url,
  aud: AUDIENCE,
  sub: 'ann',
  client_id: 'console',
  scope: 'openid heksher:read',
  iat: now(),
  exp: now() + 300,
  jti: String(Math.random()),
  ...more,
});

type Signing = Readonly<{ header?: Partial<JWTHeaderParameters>; kid?: string }>;

function token(more: object = {}, { header = {}, kid = 'one' }: Signing = {}): Promise<string> {
  const given = { alg: 'ES256', kid, typ: 'at+jwt', ...header };
  return new SignJWT(claims(more)).setProtectedHeader(given).sign(issuer.keyOf(kid).privateKey);
}

function query(given: string, at: TestService = service): Promise<Answer> {
  return at.call('GET', '/api/v1/query', { headers: { Authorization: `Bearer ${given}`, Accept: 'application/json' } });
}

test('a token does what its scopes say, and the change log names its subject', async () => {
  const reader = await expectStatus(200, query(await token({ scope: 'heksher:read:billing.*' })));
  expect(Object.keys((reader.body as { settings: object }).settings)).toEqual(['billing.rate']);
  const headers = { Authorization: `Bearer ${await token({ scope: 'heksher:write' })}` };
  await expectStatus(
    204,
    service.call('POST', '/api/v1/context_features', { body: { context_feature: 'more' }, headers }),
  );
  const rows = await service.database.sql<{ actor: string }>(
    `select actor from heksher_changes order by id desc limit 1`,
  );
  expect(rows).toEqual([{ actor: 'ann' }]);
  for (const scope of ['openid', '', 'heksher:declare', 'heksher:reads', 'read']) {
    const refused = await query(await token({ scope }));
    expect([scope, refused.status]).toEqual([scope, 403]);
    expect(refused.headers.get('www-authenticate')).toContain('error="insufficient_scope", scope="heksher:read"');
  }
  for (const more of [
    { scope: undefined, scp: 'heksher:read' },
    { scope: undefined, scp: ['x', 'heksher:read'] },
  ])
    expect((await query(await token(more))).status).toBe(200);
});

/** Each with what is wrong with it. */
async function badTokens(): Promise<Readonly<Record<string, string>>> {
  const good = await token();
  const [header = '', payload = '', signature = ''] = good.split('.');
  const other = await generateKeyPair('ES256', { extractable: true });
  const published = JSON.stringify(await exportJWK(issuer.keyOf('one').publicKey));
  const sign = (given: JWTHeaderParameters, key: Parameters<SignJWT['sign']>[0], more: object = {}): Promise<string> =>
    new SignJWT(claims(more)).setProtectedHeader(given).sign(key);
  const hs256 = { alg: 'HS256', kid: 'one', typ: 'at+jwt' };
  const es256 = { alg: 'ES256', kid: 'one', typ: 'at+jwt' };
  const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return {
    expired: await token({ exp: now() - 31 }),
    'not yet valid': await token({ nbf: now() + 60 }),
    'issued in the future': await token({ iat: now() + 60 }),
    'of another issuer': await token({ iss: 'https://elsewhere.example.com' }),
    'of an issuer with a slash more': await token({ iss: `${issuer.url}/` }),
    'for another resource': await token({ aud: 'https://other.example.com' }),
    'for the client': await token({ aud: 'console' }),
    'for nobody': await token({ aud: undefined }),
    'without an end': await token({ exp: undefined }),
    'without a subject': await token({ sub: undefined }),
    'without an id': await token({ jti: undefined }),
    'with an end that is none': await token({ exp: 'never' }),
    'not signed': new UnsecuredJWT(claims()).encode(),
    'not signed, and said so': `${encoded({ ...es256, alg: 'none' })}.${payload}.`,
    'signed by the public key as a secret': await sign(hs256, Buffer.from(published)),
    'signed by an unknown key': await sign({ ...es256, kid: 'nobody' }, other.privateKey),
    'signed by another key of that id': await sign(es256, other.privateKey),
    'signed by the key in its header': await sign(
      { ...es256, jwk: await exportJWK(other.publicKey) },
      other.privateKey,
    ),
    'with a header that must be understood': `${encoded({ ...es256, crit: ['b64'], b64: false })}.${payload}.${signature}`,
    'with other claims': `${header}.${encoded(claims({ sub: 'root' }))}.${signature}`,
    'with another signature': `${header}.${payload}.${signature.replace(/^./, (one) => (one === 'A' ? 'B' : 'A'))}`,
    'without a signature': `${header}.${payload}.`,
    'too long': await token({ padding: 'x'.repeat(8_192) }),
    'no JSON': 'aaaa.bbbb.cccc',
  };
}

test('no token that is bad in any way is taken, by fast reads or by Express', async () => {
  const bad = {
    ...(await badTokens()),
    'called JWT': await token({}, { header: { typ: 'JWT' } }),
    'of no type': await token({}, { header: { typ: undefined } }),
  };
  for (const [what, given] of Object.entries(bad)) {
    const headers = [`Authorization: Bearer ${given}`, 'Accept: application/json'];
    const fast = await ask(service.url, { target: '/api/v1/query', headers });
    const slow = await ask(service.url, { target: '/api/v1/query', headers }, EXPRESS_WAY);
    expect([what, fast.statusLine.split(' ')[1]]).toEqual([what, '401']);
    expect(comparable(slow)).toEqual(comparable(fast));
    expect(fast.headers.find(([name]) => name === 'WWW-Authenticate')?.[1]).toContain('error="invalid_token"');
    expect(fast.body).not.toContain(given.slice(0, 40));
  }
});

test('a token that a short RSA key of its issuer has signed is refused, and it is said why', async () => {
  const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${encoded({ alg: 'RS256', kid: 'short', typ: 'at+jwt' })}.${encoded(claims())}`;
  const signature = sign('sha256', Buffer.from(signed), issuer.short.privateKey).toString('base64url');
  const refused = await query(`${signed}.${signature}`);
  expect(refused.status).toBe(401);
  expect(refused.headers.get('www-authenticate')).toContain('an RSA key of fewer than 2048 bits');
});

test('issuers that call access tokens JWT are taken where that is allowed, and ID tokens are not', async () => {
  const plain = { header: { typ: 'JWT' } };
  expect((await query(await token({ jti: undefined, client_id: undefined }, plain), lax)).status).toBe(200);
  for (const more of [{ nonce: 'x' }, { at_hash: 'x' }, { aud: 'console' }])
    expect((await query(await token(more, plain), lax)).status).toBe(401);
  const { 'without an id': ignored, ...bad } = await badTokens();
  expect(ignored).not.toBe('');
  for (const [what, given] of Object.entries(bad))
    expect([what, (await query(given, lax)).status]).toEqual([what, 401]);
});

test('a token that has expired is refused, however often it was taken on the same connection before', async () => {
  const given = await token({ exp: now() - 28 });
  expect((await query(given)).status).toBe(200);
  const headers = { Authorization: `Bearer ${given}` };
  await until(
    'the end of the token',
    async () => (await fetch(`${service.url}/api/v1/query`, { headers })).status === 401,
  );
});

test('a new key is taken by the first token that it signs, very many unknown ones are asked for once', async () => {
  const other = await startTestService(
    {
      HEKSHER_AUTH: 'on',
      HEKSHER_OAUTH_ISSUER: issuer.url,
      HEKSHER_OAUTH_AUDIENCE: AUDIENCE,
      HEKSHER_JWKS_MAX_AGE_S: '2',
    },
    service.database,
  );
  expect((await query(await token(), other)).status).toBe(200);
  await other.stop();
  const before = issuer.fetches;
  const kids = Array.from({ length: 200 }, (_, index) => token({}, { header: { kid: `unknown ${index}` } }));
  const statuses = await Promise.all((await Promise.all(kids)).map(async (given) => (await query(given)).status));
  expect(new Set(statuses)).toEqual(new Set([401]));
  expect(issuer.fetches - before).toBeLessThanOrEqual(1);
});

test('a key that was withdrawn is refused after the next look at the keys, and one that was published is taken', async () => {
  const env = {
    HEKSHER_AUTH: 'on',
    HEKSHER_OAUTH_ISSUER: issuer.url,
    HEKSHER_OAUTH_AUDIENCE: AUDIENCE,
    HEKSHER_JWKS_MAX_AGE_S: '2',
  };
  const other = await startTestService(env, service.database);
  const [one, two] = [await token(), await token({}, { kid: 'two' })];
  expect((await query(one, other)).status).toBe(200);
  expect((await query(two, other)).status).toBe(401);
  issuer.published = ['two'];
  await until('the new key', async () => (await query(await token({}, { kid: 'two' }), other)).status === 200);
  expect((await query(one, other)).status).toBe(401);
  issuer.published = ['one'];
  await other.stop();
});

test('while the issuer is away, known keys hold, and what cannot be found out is a 503 and not a 401', async () => {
  const env = {
    HEKSHER_AUTH: 'on',
    HEKSHER_ADMIN_KEY: ADMIN,
    HEKSHER_OAUTH_ISSUER: issuer.url,
    HEKSHER_OAUTH_AUDIENCE: AUDIENCE,
    HEKSHER_JWKS_MAX_AGE_S: '2',
  };
  const before = await startTestService(env, service.database);
  expect((await query(await token(), before)).status).toBe(200);
  issuer.isDown = true;
  const during = await startTestService(env, service.database);
  const refused = await query(await token(), during);
  expect([refused.status, refused.headers.has('retry-after')]).toEqual([503, true]);
  expect((await query(ADMIN, during)).status).toBe(200);
  await until(
    'a failed look at the keys',
    async () => (await query(await token({}, { kid: 'two' }), before)).status === 503,
  );
  expect((await query(await token(), before)).status).toBe(200);
  issuer.isDown = false;
  await before.stop();
  await during.stop();
});

test('says which issuers it trusts, and where that is said', async () => {
  const said = await service.call('GET', '/.well-known/oauth-protected-resource');
  expect(said.body).toEqual({
    resource: AUDIENCE,
    authorization_servers: [issuer.url],
    scopes_supported: expect.arrayContaining(['heksher:read', 'heksher:write']) as unknown,
    bearer_methods_supported: ['header'],
    resource_name: 'Heksher',
  });
  const { headers } = await service.call('GET', '/api/v1/query');
  expect(headers.get('www-authenticate')).toBe(
    `Bearer realm="heksher", resource_metadata="${AUDIENCE}/.well-known/oauth-protected-resource"`,
  );
});
