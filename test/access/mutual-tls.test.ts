import { hash, X509Certificate } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { request } from 'node:https';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { makeKey } from '../../apps/heksher/src/modules/access/api-key.js';
import { createDatabase, type TestDatabase } from '../support/database/database.js';
import { type Certificate, Certificates, noOpenssl } from '../support/http/certificates.js';
import { describeUnless } from '../support/rollouts/redis.js';
import { startTestService, type TestService } from '../support/service/service.js';

const ADMIN = makeKey().text;
const AUDIENCE = 'https://settings.example.com';
const QUERY = '/api/v1/query';

describeUnless(noOpenssl)('with certificates', () => {
  let folder: string;
  let made: Certificates;
  let authority: Certificate;
  let database: TestDatabase;
  let issuer: Server;
  let service: TestService;
  let behind: TestService;
  let env: Readonly<Record<string, string>>;
  let tls: Readonly<Record<string, string>>;
  let clients: Readonly<Record<'uri' | 'dns' | 'both' | 'name' | 'many' | 'stranger' | 'expired', Certificate>>;
  let sign: (cnf: object | undefined) => Promise<string>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'heksher-tls-'));
    made = new Certificates(folder);
    authority = await made.authority('authority');
    const server = await made.signed(authority, 'server', 'IP:127.0.0.1');
    clients = {
      uri: await made.signed(authority, 'uri', 'URI:spiffe://example.org/billing'),
      dns: await made.signed(authority, 'dns', 'DNS:billing.example.org'),
      both: await made.signed(authority, 'both', 'DNS:billing.example.org,URI:spiffe://example.org/both'),
      name: await made.signed(authority, 'admin', ''),
      many: await made.signed(authority, 'many', 'URI:spiffe://example.org/a,URI:spiffe://example.org/b'),
      expired: await made.signed(authority, 'expired', 'URI:spiffe://example.org/billing', -1),
      stranger: await made.signed(await made.authority('stranger-ca'), 'stranger', 'URI:spiffe://example.org/billing'),
    };
    const keys = await generateKeyPair('ES256', { extractable: true });
    const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'one' }] });
    issuer = createServer((_request, response) => void response.end(jwks));
    await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`;
    sign = (cnf) =>
      new SignJWT({ client_id: 'app', scope: 'heksher:read', ...(cnf !== undefined && { cnf }) })
        .setProtectedHeader({ alg: 'ES256', kid: 'one', typ: 'at+jwt' })
        .setIssuer(url)
        .setAudience(AUDIENCE)
        .setSubject('app')
        .setJti('1')
        .setIssuedAt()
        .setExpirationTime('5m')
        .sign(keys.privateKey);
    database = await createDatabase();
    env = {
      HEKSHER_AUTH: 'on',
      HEKSHER_ADMIN_KEY: ADMIN,
      HEKSHER_TLS_CLIENT_GRANTS: 'write',
      HEKSHER_OAUTH_ISSUER: url,
      HEKSHER_OAUTH_JWKS_URL: `${url}/jwks`,
      HEKSHER_OAUTH_AUDIENCE: AUDIENCE,
    };
    tls = {
      HEKSHER_TLS_CERT_FILE: server.certFile,
      HEKSHER_TLS_KEY_FILE: server.keyFile,
      HEKSHER_TLS_CLIENT_CA_FILE: authority.certFile,
    };
    service = await startTestService({ ...env, ...tls }, database);
    const gateway = { HEKSHER_TRUSTED_GATEWAYS: '127.0.0.1', HEKSHER_GATEWAY_CLIENT_CERT: 'true' };
    behind = await startTestService({ ...env, ...gateway }, database);
  });
  afterAll(async () => {
    await service.stop();
    await behind.stop();
    issuer.close();
    await database.drop();
    await rm(folder, { recursive: true });
  });

  type Asked = Readonly<{ method?: string; headers?: Readonly<Record<string, string>>; body?: object }>;
  type Answer = Readonly<{ status: number; text: string; challenge: string | undefined }>;

  function ask(
    client: Certificate | undefined,
    path: string,
    { method = 'GET', headers = {}, body }: Asked = {},
    on = service,
  ): Promise<Answer> {
    const shown = client === undefined ? {} : { cert: client.cert, key: client.key };
    return new Promise((resolve, reject) => {
      const options = { method, headers, ca: authority.cert, agent: false, ...shown };
      const asked = request(on.url + path, options, (response) => {
        const { statusCode: status = 0, headers: given } = response;
        text(response).then((all) => resolve({ status, text: all, challenge: given['www-authenticate'] }), reject);
      });
      asked.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  const thumbprintOf = ({ cert }: Certificate): string => hash('sha256', new X509Certificate(cert).raw, 'base64url');
  const by = (token: string) => ({ Authorization: `Bearer ${token}` });

  it('a client is known by the URI of its certificate, or else its DNS name, and is the actor in the change log', async () => {
    expect(service.url).toMatch(/^https:/);
    for (const [client, actor] of [
      ['uri', 'spiffe://example.org/billing'],
      ['dns', 'billing.example.org'],
      ['both', 'spiffe://example.org/both'],
    ] as const) {
      const added = await ask(clients[client], '/api/v1/context_features', {
        method: 'POST',
        body: { context_feature: client },
      });
      expect([client, added.status]).toEqual([client, 204]);
      const [last] = await database.sql(
        `select c.actor from heksher_changes c where c.op = 'insert' order by c.id desc limit 1`,
      );
      expect(last).toEqual({ actor });
    }
    expect((await ask(clients.uri, '/api/v1/keys')).status).toBe(403);
  });

  it('a common name is nobody, nor is one of several, or that a stranger has signed, or that has expired', async () => {
    for (const client of ['name', 'many', 'stranger', 'expired'] as const) {
      const { status, challenge } = await ask(clients[client], QUERY);
      expect([client, status, challenge]).toEqual([client, 401, expect.stringContaining('error="invalid_token"')]);
    }
    const nobody = await ask(undefined, QUERY);
    expect([nobody.status, nobody.challenge]).toEqual([
      401,
      'Bearer realm="heksher", resource_metadata="https://settings.example.com/.well-known/oauth-protected-resource"',
    ]);
    expect((await ask(undefined, '/api/health/ready')).status).toBe(200);
    // Other credentials count where there are some.
    expect((await ask(clients.name, '/api/v1/keys', { headers: by(ADMIN) })).status).toBe(200);
    expect((await ask(clients.uri, '/api/v1/keys', { headers: by(ADMIN) })).status).toBe(200);
  });

  it('a token that is bound to a certificate is taken from whoever has that one, and from nobody else', async () => {
    const token = await sign({ 'x5t#S256': thumbprintOf(clients.stranger) });
    const statuses: unknown[] = [];
    for (const client of [clients.stranger, clients.uri, undefined, clients.stranger])
      statuses.push((await ask(client, QUERY, { headers: by(token) })).status);
    expect(statuses).toEqual([200, 401, 401, 200]);
    expect((await ask(clients.uri, QUERY, { headers: by(await sign(undefined)) })).status).toBe(200);
    for (const cnf of [{ jkt: 'x' }, {}, { 'x5t#S256': 5 }, { 'x5t#S256': thumbprintOf(clients.uri), jkt: 'x' }])
      expect([cnf, (await ask(clients.uri, QUERY, { headers: by(await sign(cnf)) })).status]).toEqual([cnf, 401]);
    const metadata = await ask(undefined, '/.well-known/oauth-protected-resource');
    expect(JSON.parse(metadata.text)).toMatchObject({ tls_client_certificate_bound_access_tokens: true });
  });

  it('what is no TLS, or breaks off, leaves the service as it was', async () => {
    const { port } = new URL(service.url);
    for (const sent of ['GET / HTTP/1.1\r\n\r\n', '', '\u0016\u0003\u0001']) {
      const socket = connect(Number(port), '127.0.0.1');
      socket.on('error', () => undefined).end(sent);
      await new Promise((resolve) => socket.resume().once('close', resolve));
    }
    expect((await ask(undefined, '/api/health/live')).status).toBe(200);
  });

  it('a gateway says by Client-Cert whose certificate it has seen, and nobody else does', async () => {
    const fieldOf = ({ cert }: Certificate): string => `:${new X509Certificate(cert).raw.toString('base64')}:`;
    const status = (on: TestService, headers: Readonly<Record<string, string>>): Promise<number> =>
      on.call('GET', QUERY, { headers: { Accept: 'application/json', ...headers } }).then((answer) => answer.status);
    expect(await status(behind, { 'Client-Cert': fieldOf(clients.uri) })).toBe(200);
    expect(await status(behind, { 'Client-Cert': fieldOf(clients.name) })).toBe(401);
    expect(await status(behind, {})).toBe(401);
    expect(await status(behind, { 'Client-Cert': fieldOf(clients.expired) })).toBe(401);
    for (const odd of [
      '',
      ':',
      '::',
      ':YWJj:',
      fieldOf(clients.uri).slice(1),
      `${fieldOf(clients.uri)}, ${fieldOf(clients.dns)}`,
    ])
      expect([odd, await status(behind, { 'Client-Cert': odd })]).toEqual([odd, 400]);
    const bound = by(await sign({ 'x5t#S256': thumbprintOf(clients.uri) }));
    expect(await status(behind, { ...bound, 'Client-Cert': fieldOf(clients.uri) })).toBe(200);
    expect(await status(behind, { ...bound, 'Client-Cert': fieldOf(clients.dns) })).toBe(401);
    expect(await status(behind, bound)).toBe(401);
    // Where it is not a gateway that says it, it says nothing.
    expect((await ask(undefined, QUERY, { headers: { 'Client-Cert': fieldOf(clients.uri) } })).status).toBe(401);
  });

  it('the certificate of a gateway says nothing of its clients', async () => {
    const gateway = await startTestService({ ...env, ...tls, HEKSHER_TRUSTED_GATEWAYS: '127.0.0.1' }, database);
    const bound = by(await sign({ 'x5t#S256': thumbprintOf(clients.uri) }));
    expect((await ask(clients.uri, QUERY, {}, gateway)).status).toBe(401);
    expect((await ask(clients.uri, QUERY, { headers: bound }, gateway)).status).toBe(401);
    expect((await ask(clients.uri, QUERY, { headers: by(ADMIN) }, gateway)).status).toBe(200);
    await gateway.stop();
  });
});
