import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { rawRequest } from '../support/console/raw-request.js';
import { startTestService, type TestService } from '../support/service/service.js';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({
    HEKSHER_CONSOLE_ENVIRONMENT: 'production',
    HEKSHER_CONSOLE_LINKS: 'Runbook=https://wiki.example.com/{setting}; Graphs=https://graphs.example.com',
  });
});
afterAll(() => service.stop());

const assetOf = (html: string): string => /src="\.\/(assets\/[^"]+\.js)"/.exec(html)?.[1] ?? '';

it.each([
  ['/console', 'console/'],
  ['/console/', './'],
  ['/console/settings', './'],
  ['/console/settings/billing.timeout', '../'],
  ['/console/settings/a%2Fb.js/rollouts/3', '../../../'],
])('%s is the page, whose addresses are relative to %s', async (path, base) => {
  const { status, headers, text } = await service.call('GET', path);
  expect(status).toBe(200);
  expect(text).toContain(`<base href="${base}" />`);
  const policy = headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self';");
  expect(policy).toContain("require-trusted-types-for 'script'; trusted-types 'none'");
  expect(policy).not.toMatch(/unsafe|https?:|\*/);
  expect(headers.get('cache-control')).toBe('no-cache');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('referrer-policy')).toBe('same-origin');
});

it('its files may be kept for ever, and come compressed as they were built', async () => {
  const asset = assetOf((await service.call('GET', '/console')).text);
  const plain = await rawRequest(`${service.url}/console/${asset}`, {});
  expect(plain.headers['cache-control']).toBe('public, max-age=31536000, immutable');
  expect(plain.headers['content-type']).toBe('text/javascript; charset=utf-8');
  const brotli = await rawRequest(`${service.url}/console/${asset}`, { 'accept-encoding': 'gzip, br' });
  const gzip = await rawRequest(`${service.url}/console/${asset}`, { 'accept-encoding': 'gzip' });
  expect([brotli.headers['content-encoding'], gzip.headers['content-encoding']]).toEqual(['br', 'gzip']);
  expect(brotliDecompressSync(brotli.body).equals(plain.body)).toBe(true);
  expect(gunzipSync(gzip.body).equals(plain.body)).toBe(true);
  expect(brotli.body.length).toBeLessThan(plain.body.length / 2);
  const again = await rawRequest(`${service.url}/console/${asset}`, { 'if-none-match': brotli.headers['etag'] ?? '' });
  expect([again.status, again.body.length]).toEqual([304, 0]);
});

it('a file of another build is a 404, and not the page', async () => {
  const { status, headers } = await service.call('GET', '/console/assets/index-gone.js');
  expect([status, headers.get('content-type')?.split(';')[0]]).toEqual([404, 'text/plain']);
});

it('its configuration is never kept', async () => {
  const { body, headers } = await service.call('GET', '/console/config.json');
  expect(headers.get('cache-control')).toBe('no-store');
  expect(body).toMatchObject({
    environment: 'production',
    read_only: false,
    access: 'open',
    owner_key: 'owner',
    links: [
      { title: 'Runbook', url: 'https://wiki.example.com/{setting}' },
      { title: 'Graphs', url: 'https://graphs.example.com' },
    ],
  });
});

it('the root leads to it', async () => {
  expect((await service.call('GET', '/')).headers.get('location')).toBe('console');
});

async function withService(
  env: Readonly<Record<string, string>>,
  test: (service: TestService) => Promise<void>,
): Promise<void> {
  const other = await startTestService(env);
  try {
    await test(other);
  } finally {
    await other.stop();
  }
}

it('switched off, it is not there, and the root leads to the documents', () =>
  withService({ HEKSHER_CONSOLE: 'false' }, async ({ call }) => {
    expect((await call('GET', '/console')).status).toBe(404);
    expect((await call('GET', '/console/config.json')).status).toBe(404);
    expect((await call('GET', '/')).headers.get('location')).toBe('docs');
  }));

it('without a database it is served, and is told so; the root leads to the documents', () =>
  withService({ DOC_ONLY: 'true' }, async ({ call }) => {
    expect((await call('GET', '/console/settings')).status).toBe(200);
    expect((await call('GET', '/console/config.json')).body).toMatchObject({ doc_only: true });
    expect((await call('GET', '/')).headers.get('location')).toBe('docs');
  }));

it('where access is controlled, the page is public as the documents are', async () => {
  await withService({ HEKSHER_AUTH: 'on' }, async ({ call, url }) => {
    expect((await fetch(`${url}/console/settings`)).status).toBe(200);
    expect((await call('GET', '/console/config.json')).body).toMatchObject({ access: 'controlled' });
    expect((await fetch(`${url}/api/v1/settings`)).status).toBe(401);
  });
  await withService({ HEKSHER_AUTH: 'on', HEKSHER_AUTH_PUBLIC: 'none' }, async ({ url }) => {
    for (const path of ['', '/settings', '/config.json', '/theme.js'])
      expect((await fetch(`${url}/console${path}`)).status).toBe(401);
  });
});

it('a colour or links that cannot be are told at the start', async () => {
  const env = { HEKSHER_CONSOLE_ENVIRONMENT_COLOR: 'red; x', HEKSHER_CONSOLE_LINKS: 'Runbook=javascript:alert(1)' };
  await expect(startTestService(env)).rejects.toThrow(/HEKSHER_CONSOLE_ENVIRONMENT_COLOR(.|\n)*HEKSHER_CONSOLE_LINKS/);
});
