import { type Browser, type Page } from 'playwright-core';
import { makeKey } from '../../apps/heksher/src/modules/access/api-key.js';
import { LoginProvider, PUBLIC_CLIENT } from '../support/access/login-provider.js';
import { findChromium, launchChromium } from '../../bench/src/chromium.js';
import { type OpenApiDocument } from '../support/service/openapi.js';
import { startTestService, type TestService } from '../support/service/service.js';

const ADMIN = makeKey().text;
const executable = findChromium();
if (executable === undefined) {
  console.warn(
    'SKIPPED: logging in to Swagger UI, for there is no browser. Install chromium, or name it in HEKSHER_TEST_CHROMIUM.',
  );
}

let provider: LoginProvider;
let service: TestService;
beforeAll(async () => {
  provider = await LoginProvider.start();
  service = await startTestService({ ...provider.env, HEKSHER_ADMIN_KEY: ADMIN });
});
afterAll(async () => {
  await service.stop();
  provider.stop();
});

type Secured = OpenApiDocument &
  Readonly<{
    paths: Record<
      string,
      Record<string, Readonly<{ security: readonly Readonly<Record<string, readonly string[]>>[] }>>
    >;
    components: Readonly<{ securitySchemes: Readonly<Record<string, object>> }>;
  }>;

async function documentOf({ call }: TestService): Promise<Secured> {
  return (await call('GET', '/openapi.json')).body as Secured;
}

describe('while the issuer does not say where people log in', () => {
  test('the document has keys, the page asks nobody else, and both are served', async () => {
    const { components, paths } = await documentOf(service);
    expect(Object.keys(components.securitySchemes)).toEqual(['bearer', 'key']);
    expect(paths['/api/v1/query']?.['get']?.security).toEqual([
      { bearer: ['heksher:read'] },
      { key: ['heksher:read'] },
    ]);
    const page = await service.call('GET', '/docs');
    expect(page.headers.get('content-security-policy')).toContain("connect-src 'self';");
  });
});

test('what needs no credentials says so, and without control of access everything does', async () => {
  const securityIn = async (env: Readonly<Record<string, string>>) => {
    const other = await startTestService(env);
    const { paths } = await documentOf(other);
    await other.stop();
    const of = (method: string, path: string) => paths[path]?.[method]?.security[0];
    return [
      of('get', '/api/v1/query'),
      of('post', '/api/v1/evaluate'),
      of('post', '/api/v1/rules'),
      of('get', '/api/health'),
    ];
  };
  const bearer = (action: string) => ({ bearer: [`heksher:${action}`] });
  expect(await securityIn({})).toEqual([{}, {}, {}, undefined]);
  expect(await securityIn({ HEKSHER_AUTH: 'on' })).toEqual([
    bearer('read'),
    bearer('evaluate'),
    bearer('write'),
    undefined,
  ]);
  expect(await securityIn({ HEKSHER_AUTH: 'on', HEKSHER_AUTH_PUBLIC: 'docs,evaluate' })).toEqual([
    bearer('read'),
    {},
    bearer('write'),
    undefined,
  ]);
  expect(await securityIn({ HEKSHER_AUTH: 'on', HEKSHER_AUTH_PUBLIC: 'docs,read' })).toEqual([
    {},
    {},
    bearer('write'),
    undefined,
  ]);
});

(executable === undefined ? describe.skip : describe)('in Swagger UI', () => {
  let browser: Browser;
  let complaints: string[] = [];
  beforeAll(async () => {
    browser = await launchChromium(executable ?? '');
  });
  afterAll(() => browser.close());

  async function open(): Promise<Page> {
    complaints = [];
    const context = await browser.newContext({ viewport: { width: 1400, height: 1200 } });
    context.setDefaultTimeout(60_000);
    const page = await context.newPage();
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(`${service.url}/docs`);
    await page.locator('button.authorize').click();
    return page;
  }

  /** Executes the list of context features; what was sent as credentials, and the status. */
  async function listFeatures(page: Page): Promise<Readonly<{ authorization: string; status: number }>> {
    await page.locator('.dialog-ux .btn-done').first().click();
    const block = page.locator('.opblock[id$="-listContextFeatures"]');
    if (!(await block.locator('button.execute').isVisible())) {
      await block.locator('.opblock-summary-control').click();
      await block.locator('.try-out__btn').click();
    }
    const answering = page.waitForResponse((response) => response.url().includes('/api/v1/context_features'));
    await block.locator('button.execute').click();
    const response = await answering;
    const headers = await response.request().allHeaders();
    return { authorization: headers['authorization'] ?? headers['x-api-key'] ?? '', status: response.status() };
  }

  it('a key is sent as it is given: as a bearer token, or as X-API-Key', async () => {
    const page = await open();
    for (const [scheme, authorization] of [
      ['bearer', `Bearer ${ADMIN}`],
      ['key', ADMIN],
    ] as const) {
      const form = page.locator('.auth-container').filter({ has: page.locator(`code:text-is("${scheme}")`) });
      await form.locator('input').fill(ADMIN);
      await form.locator('button.authorize').click();
      expect(await listFeatures(page)).toEqual({ authorization, status: 200 });
      await page.locator('.scheme-container button.authorize').click();
      await form.locator('button:has-text("Logout")').click();
    }
    expect(complaints).toEqual([]);
    await page.context().close();
  }, 120_000);

  it('people log in at the issuer, and act with their own token', async () => {
    await provider.open(service.url);
    // The issuer was away when the documents were first asked for, which is not asked again at once.
    await service.stop();
    service = await startTestService({ ...provider.env, PORT: new URL(service.url).port, HEKSHER_ADMIN_KEY: ADMIN });
    const page = await open();
    const policy = (await service.call('GET', '/docs')).headers.get('content-security-policy');
    expect(policy).toContain(`connect-src 'self' ${provider.url};`);
    const form = page.locator('.auth-container').filter({ has: page.locator('.flow') });
    expect(await form.locator('#client_id_authorizationCode').inputValue()).toBe(PUBLIC_CLIENT);
    const opening = page.context().waitForEvent('page');
    await form.locator('button.authorize').click();
    const login = await opening;
    await login.locator('input[name="login"]').fill('ann');
    await login.locator('input[name="password"]').fill('any');
    await login.locator('button[type="submit"]').click();
    await login.locator('button[type="submit"]:has-text("Continue")').click();
    await form.locator('button:has-text("Logout")').waitFor();
    const { authorization, status } = await listFeatures(page);
    expect(status).toBe(200);
    const [header = '', payload = ''] = authorization
      .replace('Bearer ', '')
      .split('.')
      .slice(0, 2)
      .map((part) => Buffer.from(part, 'base64url').toString());
    expect(JSON.parse(header)).toMatchObject({ typ: 'at+jwt' });
    expect(JSON.parse(payload)).toMatchObject({ sub: 'ann', client_id: PUBLIC_CLIENT, scope: 'heksher:read' });
    expect(complaints).toEqual([]);
    await page.context().close();
  }, 180_000);
});
