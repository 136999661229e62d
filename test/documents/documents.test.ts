import { existsSync, readFileSync } from 'node:fs';
import { createServer, request as ask } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type Browser, type Page } from 'playwright-core';
import { findChromium, launchChromium } from '../../bench/src/chromium.js';
import { type OpenApiDocument } from '../support/service/openapi.js';
import { spawnService } from '../support/service/process.js';
import { addFeatures, type Call, startTestService, type TestService } from '../support/service/service.js';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
  await addFeatures(service.call, 'account', 'user', 'theme');
});
afterAll(() => service.stop());

describe.each(['/docs', '/redoc'])('%s', (path) => {
  it('is a page that may ask nobody but the service, and is asked for each time', async () => {
    const { status, headers } = await service.call('GET', path);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(headers.get('cache-control')).toBe('no-cache');
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy.split('; ')).toEqual(
      expect.arrayContaining(["default-src 'none'", "script-src 'self'", "connect-src 'self'"]),
    );
    expect(policy).not.toMatch(/https?:|\*|unsafe-eval|script-src[^;]*unsafe-inline/);
  });

  it('names only addresses below its own, which may be kept for ever', async () => {
    const { text } = await service.call('GET', path);
    const assets = [...text.matchAll(/(?:src|href)="([^"]+\?v=[^"]+)"/g)].map(([, address]) => `/${address}`);
    expect(assets.length).toBeGreaterThan(2);
    for (const asset of assets) {
      expect(asset).toMatch(new RegExp(`^${path}/`));
      const { status, headers } = await service.call('GET', asset);
      expect([status, headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable']);
      expect(headers.get('content-type')).toMatch(asset.includes('.css') ? /^text\/css/ : /^text\/javascript/);
    }
  });

  it('does not let a script of another version be kept', async () => {
    const { status, headers } = await service.call('GET', `${path}/page.js?v=0`);
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-cache']);
  });

  it('sends a browser that adds a slash back to where its addresses hold', async () => {
    const response = await fetch(`${service.url}${path}/`, { redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([308, `..${path}`]);
  });
});

it('answers 304 to who has the document already', async () => {
  const { headers } = await service.call('GET', '/openapi.json');
  expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
  const etag = headers.get('etag') ?? '';
  expect(await statusOf(`${service.url}/openapi.json`, { 'If-None-Match': etag })).toBe(304);
  expect(await statusOf(`${service.url}/openapi.json`, { 'If-None-Match': '"another"' })).toBe(200);
});

/** Without `fetch`, which adds a Cache-Control of its own to a request with If-None-Match. */
function statusOf(url: string, headers: Readonly<Record<string, string>>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asking = ask(url, { headers }, (response) =>
      response.resume().once('end', () => resolve(response.statusCode)),
    );
    asking.once('error', reject).end();
  });
}

const executable = findChromium();
if (executable === undefined) {
  console.warn(
    'SKIPPED: the pages in a browser, for there is none. Install chromium, or name it in HEKSHER_TEST_CHROMIUM.',
  );
}

(executable === undefined ? describe.skip : describe)('in a browser', () => {
  let browser: Browser;
  let operations: number;
  beforeAll(async () => {
    browser = await launchChromium(executable ?? '');
    const document = (await service.call('GET', '/openapi.json')).body as OpenApiDocument;
    operations = Object.values(document.paths).flatMap((item) => Object.keys(item)).length;
  });
  afterAll(() => browser.close());

  /** A page, and what it asked for and complained of. */
  async function open(url: string): Promise<{ page: Page; requested: string[]; complaints: string[] }> {
    const page = await browser.newPage();
    const requested: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => requested.push(request.url()));
    page.on('requestfailed', (request) => complaints.push(`failed: ${request.url()}`));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    await page.goto(url, { waitUntil: 'networkidle' });
    return { page, requested, complaints };
  }

  function foreign(requested: readonly string[], origin: string): readonly string[] {
    return requested.filter(
      (url) => !url.startsWith(`${origin}/`) && !url.startsWith(`blob:${origin}/`) && !url.startsWith('data:'),
    );
  }

  it('Swagger UI shows every operation and asks only the service', async () => {
    const { page, requested, complaints } = await open(`${service.url}/docs`);
    await page.locator('.opblock').first().waitFor();
    expect(await page.locator('.opblock').count()).toBe(operations);
    expect(requested).toContain(`${service.url}/openapi.json`);
    expect(foreign(requested, service.url)).toEqual([]);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('Redoc shows every operation and asks only the service', async () => {
    const { page, requested, complaints } = await open(`${service.url}/redoc`);
    await page.locator('[id*="/operation/"]').first().waitFor();
    expect(await page.locator('div[id*="/operation/"]').count()).toBe(operations);
    await page.getByPlaceholder('Search...').fill('declare');
    await page.locator('[data-role="search:results"] li').first().waitFor();
    expect(foreign(requested, service.url)).toEqual([]);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('the page refuses to ask anybody else, even where a script tries to', async () => {
    const { page } = await open(`${service.url}/docs`);
    const outcome = await page.evaluate('fetch("http://127.0.0.1:9/").then(() => "asked", (error) => error.message)');
    const refusals = await page.evaluate(`new Promise((resolve) => {
      addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective));
      fetch('http://127.0.0.1:9/').catch(() => undefined);
    })`);
    expect(outcome).toBe('Failed to fetch');
    expect(refusals).toBe('connect-src');
    await page.close();
  });

  it('Swagger UI tries an operation out on the service', async () => {
    expect(await tryListContextFeatures(`${service.url}/docs`)).toEqual({
      url: `${service.url}/api/v1/context_features`,
      body: { context_features: ['account', 'user', 'theme'] },
    });
  });

  it('both pages work behind a gateway that serves them below a path', async () => {
    const gateway = await startGateway(service.url, '/settings-service');
    const asked = await tryListContextFeatures(`${gateway.url}/settings-service/docs/`);
    expect(asked.url).toBe(`${gateway.url}/settings-service/api/v1/context_features`);
    expect(asked.body).toEqual({ context_features: ['account', 'user', 'theme'] });
    const { page, complaints } = await open(`${gateway.url}/settings-service/redoc`);
    await page.locator('[id*="/operation/"]').first().waitFor();
    expect(complaints).toEqual([]);
    await page.close();
    await gateway.stop();
  });

  async function tryListContextFeatures(url: string): Promise<{ url: string; body: unknown }> {
    const { page, complaints } = await open(url);
    const block = page.locator('[id$="-listContextFeatures"]');
    await block.locator('.opblock-summary-control').click();
    await block.getByRole('button', { name: 'Try it out' }).click();
    const answering = page.waitForResponse((response) => response.url().endsWith('/api/v1/context_features'));
    await block.getByRole('button', { name: 'Execute' }).click();
    const response = await answering;
    await block.locator('.live-responses-table .response-col_status').getByText('200').waitFor();
    const answer = { url: response.url(), body: (await response.json()) as unknown };
    expect(complaints).toEqual([]);
    await page.close();
    return answer;
  }
});

/** A gateway that serves what `target` does below `prefix`, and nothing else. */
async function startGateway(target: string, prefix: string): Promise<{ url: string; stop(): Promise<void> }> {
  const server = createServer((request, response) => {
    const { url = '', method, headers } = request;
    if (!url.startsWith(`${prefix}/`)) {
      response.writeHead(404).end('not below the prefix');
      return;
    }
    const onward = ask(target + url.slice(prefix.length), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe('with DOC_ONLY=true and no other variable', () => {
  const started = spawnService({ DOC_ONLY: 'true' });
  let call: Call;
  beforeAll(async () => {
    ({ call } = await started.ready);
  });
  afterAll(async () => {
    started.child.kill('SIGTERM');
    expect(await started.exited).toBe(0);
  });

  it.each(['/docs', '/redoc', '/openapi.json', '/redoc/redoc.standalone.js'])('serves %s', async (path) => {
    const answer = await call('GET', path);
    expect(answer.status).toBe(200);
    expect(answer.text.length).toBeGreaterThan(500);
  });

  it('serves the document that a service with a database does', async () => {
    expect((await call('GET', '/openapi.json')).text).toBe((await service.call('GET', '/openapi.json')).text);
  });

  it('is well, and says that it serves documents only', async () => {
    const { status, body } = await call('GET', '/api/health');
    expect([status, body]).toEqual([
      200,
      { version: expect.stringMatching(/^\d+\.\d+\.\d+/) as unknown, doc_only: true },
    ]);
  });

  it.each([
    ['GET', '/api/v1/context_features'],
    ['GET', '/api/v1/query'],
    ['POST', '/api/v1/rules'],
    ['GET', '/nothing'],
  ])('answers 500 to %s %s, and says why', async (method, path) => {
    const answer = await call(method, path);
    expect(answer.status).toBe(500);
    expect(answer.text).toContain('DOC_ONLY=true');
    const problem = await call(method, path, { headers: { accept: 'application/json' } });
    expect(problem.body).toMatchObject({ status: 500, detail: expect.stringContaining('DOC_ONLY=true') as unknown });
  });

  it('starts no database', () => {
    expect(started.output()).not.toMatch(/PostgreSQL/i);
    const children = `/proc/${started.child.pid}/task/${started.child.pid}/children`;
    if (existsSync(children)) expect(readFileSync(children, 'utf8')).toBe('');
    else console.warn('SKIPPED: whether there are child processes, which only Linux tells');
  });
});
