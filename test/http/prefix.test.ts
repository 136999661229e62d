import { makeKey } from '../../apps/heksher/src/modules/access/api-key.js';
import { noNginx, startNginx, type WebServer } from '../support/http/web-servers.js';
import { describeUnless } from '../support/rollouts/redis.js';
import { addFeatures, type Call, declare, startTestService, type TestService } from '../support/service/service.js';
import { SENDING } from '../support/webhooks/receiver.js';

const ADMIN = makeKey().text;
const PREFIX = '/settings';
const ENV = {
  ...SENDING,
  HEKSHER_AUTH: 'on',
  HEKSHER_ADMIN_KEY: ADMIN,
  // Nothing is asked of it here.
  HEKSHER_OAUTH_ISSUER: 'http://127.0.0.1:9/',
  HEKSHER_OAUTH_JWKS_URL: 'http://127.0.0.1:9/keys',
  HEKSHER_OAUTH_AUDIENCE: 'https://example.com/settings',
};
const AS_ADMIN = { Authorization: `Bearer ${ADMIN}` };

/** Calls below a URL, by whoever may do everything. */
const asAdmin =
  (url: string): Call =>
  async (method, path, { body, headers } = {}) => {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await fetch(url + path, { method, headers: { ...AS_ADMIN, ...headers }, ...sent });
    const text = await answer.text();
    const isJson = /json/.test(answer.headers.get('content-type') ?? '');
    return { status: answer.status, headers: answer.headers, text, body: isJson ? JSON.parse(text) : undefined };
  };

const STRIPPED = `
  proxy_set_header X-Forwarded-Prefix /settings;
  location /settings/ { proxy_pass http://heksher/; }`;

const KEPT = `
  location /settings { proxy_pass http://heksher; }
  location = /.well-known/oauth-protected-resource/settings { proxy_pass http://heksher; }`;

describe.each<{ name: string; env: Readonly<Record<string, string>>; locations: string }>([
  { name: 'a gateway that takes the prefix away', env: { HEKSHER_TRUSTED_GATEWAYS: '127.0.0.1' }, locations: STRIPPED },
  { name: 'a gateway that leaves the prefix', env: { HEKSHER_BASE_PATH: PREFIX }, locations: KEPT },
])('behind $name', ({ env, locations }) => {
  describeUnless(noNginx)('a service', () => {
    let service: TestService;
    let server: WebServer;
    let call: Call;
    beforeAll(async () => {
      service = await startTestService({ ...ENV, ...env });
      server = await startNginx(service.url, 5, locations);
      call = asAdmin(server.url + PREFIX);
      await addFeatures(call, 'account', 'user', 'theme');
      await declare(call);
    });
    afterAll(async () => {
      await server.stop();
      await service.stop();
    });

    const get = (path: string): Promise<Response> => fetch(new URL(path, server.url), { headers: AS_ADMIN });

    it('names in its links what the client can follow', async () => {
      const answers = [
        await call('POST', '/api/v1/keys', { body: { subject: 'x', grants: ['read'] } }),
        await call('POST', '/api/v1/rules', {
          body: { setting: 'cache_size', feature_values: { user: 'a' }, value: 1 },
        }),
        await call('POST', '/api/v1/rollouts', { body: { setting: 'cache_size', feature: 'user', value: 1 } }),
        await call('PUT', '/api/v1/settings/cache_size/override', { body: { value: 1 } }),
        await call('POST', '/api/v1/principals', {
          body: { kind: 'role', issuer: 'https://login.example.com', name: 'team', grants: ['read'] },
        }),
        await call('POST', '/api/v1/webhooks', { body: { url: 'http://127.0.0.1:9/' } }),
      ];
      for (const { headers } of answers) {
        const link = headers.get('content-location') ?? headers.get('location') ?? '';
        expect(link).toMatch(/^\/settings\/api\/v1\//);
        expect([link, (await get(link)).status]).toEqual([link, 200]);
      }
    });

    it('shows its documents, all parts of each page, and the API where the document says that it is', async () => {
      for (const path of [PREFIX, `${PREFIX}/`, `${PREFIX}/docs/`, `${PREFIX}/redoc/`]) {
        const { status, url } = await get(path);
        const [, page = 'console'] = /\/(docs|redoc)\/$/.exec(path) ?? [];
        expect([status, new URL(url).pathname]).toEqual([200, `${PREFIX}/${page}`]);
      }
      for (const page of ['docs', 'redoc']) {
        const answer = await get(`${PREFIX}/${page}`);
        const html = await answer.text();
        const links = [...html.matchAll(/(?:src|href)="(?!data:)([^"]+)"/g)].map(([, link = '']) => link);
        expect(links.length).toBeGreaterThan(4);
        for (const link of links)
          expect([link, (await get(new URL(link, answer.url).href)).status]).toEqual([link, 200]);
      }
      const document = await get(`${PREFIX}/openapi.json`);
      const { servers } = (await document.json()) as { servers: [{ url: string }] };
      const base = new URL(servers[0].url, document.url).href.replace(/\/$/, '');
      expect((await get(`${base}/api/v1/query`)).status).toBe(200);
    });

    it('says in problems what was asked for, and where to find out whose tokens are taken', async () => {
      const missing = await call('GET', '/api/v1/settings/missing?x=1', { headers: { Accept: 'application/json' } });
      expect(missing.body).toMatchObject({ instance: '/settings/api/v1/settings/missing?x=1' });
      const anybody = await fetch(`${server.url}${PREFIX}/api/v1/query`);
      expect([anybody.status, anybody.headers.get('www-authenticate')]).toEqual([
        401,
        'Bearer realm="heksher", resource_metadata="https://example.com/settings/.well-known/oauth-protected-resource"',
      ]);
      const metadata = await fetch(`${server.url}${PREFIX}/.well-known/oauth-protected-resource`);
      expect(await metadata.json()).toMatchObject({ resource: 'https://example.com/settings' });
    });
  });
});

describe('below a base path', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService({ HEKSHER_BASE_PATH: '/a/b/' });
  });
  afterAll(() => service.stop());

  const statusOf = async (path: string): Promise<number> => (await fetch(service.url + path)).status;

  it('nothing is served at the root but health, and what clients derive the metadata from', async () => {
    for (const path of [
      '/api/v1/query',
      '/docs',
      '/',
      '/a',
      '/a/bc/api/v1/query',
      '/a/b%2fapi/v1/query',
      '/A/b/api/v1/query',
    ])
      expect([path, await statusOf(path)]).toEqual([path, 404]);
    for (const path of ['/a/b/api/v1/query', '/a/b', '/a/b/', '/a/b?x', '/api/health/live', '/a/b/api/health/live'])
      expect([path, await statusOf(path)]).toEqual([path, 200]);
    const { status, body } = await service.call('GET', '/.well-known/oauth-protected-resource/a/b', {
      headers: { Accept: 'application/json' },
    });
    expect([status, body]).toEqual([404, expect.objectContaining({ detail: 'no access tokens are taken here' })]);
  });

  it('a prefix that nobody who is trusted says is not repeated', async () => {
    const headers = { Accept: 'application/json', 'X-Forwarded-Prefix': '/evil' };
    const answer = await fetch(`${service.url}/a/b/api/v1/settings/missing`, { headers });
    expect(await answer.json()).toMatchObject({ status: 404, instance: '/a/b/api/v1/settings/missing' });
  });
});

test('a prefix that is none is passed over, although a gateway says it', async () => {
  const service = await startTestService({ HEKSHER_TRUSTED_GATEWAYS: '127.0.0.1', DOC_ONLY: 'true' });
  const long = `/${'x'.repeat(300)}`;
  for (const prefix of ['https://a.test', '//a.test', '/a/../b', '/a b', '/a,/b', 'a', '/a"b', '/a?b', '/.', long]) {
    const answer = await fetch(service.url, { headers: { 'X-Forwarded-Prefix': prefix }, redirect: 'manual' });
    expect([prefix, answer.status, answer.headers.get('location')]).toEqual([prefix, 302, 'docs']);
  }
  await service.stop();
});
