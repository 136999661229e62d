import { type Browser, type Page } from 'playwright-core';
import { findChromium, launchChromium } from '../support/browser/browser.js';
import { type OpenApiDocument } from '../support/service/openapi.js';
import {
  addFeatures,
  addRollout,
  addRule,
  declare,
  startTestService,
  type TestService,
} from '../support/service/service.js';

const executable = findChromium();
if (executable === undefined) {
  console.warn(
    'SKIPPED: Swagger UI in a browser, for there is none. Install chromium, or name it in HEKSHER_TEST_CHROMIUM.',
  );
}

type Executed = Readonly<{ operation: string; status: number | string }>;

(executable === undefined ? describe.skip : describe)('in Swagger UI', () => {
  let service: TestService;
  let browser: Browser;
  beforeAll(async () => {
    service = await startTestService();
    browser = await launchChromium(executable ?? '');
    await addWhatTheExamplesName(service);
  });
  afterAll(async () => {
    await browser.close();
    await service.stop();
  });

  it('every operation is executed with the values that it is filled in with, and none is malformed', async () => {
    const { body } = await service.call('GET', '/openapi.json');
    const ids = Object.values((body as OpenApiDocument).paths).flatMap((item) =>
      Object.entries(item).map(([method, { operationId = '' }]) => ({ method, id: operationId })),
    );
    // What takes away comes last, so that the others find what they name.
    const ordered = [
      ...ids.filter(({ method }) => method !== 'delete'),
      ...ids.filter(({ method }) => method === 'delete'),
    ];
    const page = await browser.newPage({ viewport: { width: 1400, height: 2000 } });
    await page.goto(`${service.url}/docs`, { waitUntil: 'networkidle' });
    const executed: Executed[] = [];
    for (const { id } of ordered) executed.push({ operation: id, status: await execute(page, id) });
    await page.close();
    expect(executed.filter(({ status }) => typeof status === 'string' || status >= 422)).toEqual([]);
    expect(executed.length).toBe(ids.length);
  }, 600_000);
});

/**
 * Tries an operation out; the status that comes back, or what keeps it from being sent. Clicks are made by script: to look
 * whether each button can be seen takes a browser seconds on a page of this length.
 */
async function execute(page: Page, operationId: string): Promise<number | string> {
  const block = page.locator(`.opblock[id$="-${operationId}"]`);
  const answering = page.waitForResponse((response) => /\/(api|ofrep)\//.test(response.url()), { timeout: 20_000 });
  answering.catch(() => undefined);
  await block.locator('.opblock-summary-control').dispatchEvent('click');
  await block.locator('.try-out__btn').dispatchEvent('click');
  await block.locator('button.execute').dispatchEvent('click');
  const refusal = block.locator('.invalid').first();
  const refused = refusal.waitFor({ state: 'attached', timeout: 20_000 });
  refused.catch(() => undefined);
  const status = await Promise.any([answering.then((response) => response.status()), refused]);
  if (status === undefined)
    return `not sent: ${(await block.locator('.validation-errors').allInnerTexts()).join('; ')}`;
  await block.locator('.opblock-summary-control').dispatchEvent('click');
  return status;
}

/** The settings, rules and rollouts of the examples: cache_size with rule 7, new_checkout with rollout 3. */
async function addWhatTheExamplesName({ call, database }: TestService): Promise<void> {
  await addFeatures(call, 'account', 'user', 'theme', 'tier');
  await declare(call, { metadata: { team: 'storage' } });
  await declare(call, { name: 'new_checkout', type: 'bool', default_value: false });
  await database.sql(`select setval('rules_id_seq', 6), setval('rollouts_id_seq', 2)`);
  await addRule(call, 'cache_size', { account: 'jim' }, 50);
  const id = await addRollout(call, 'new_checkout', { value: true, percentage: 20, feature_values: { theme: 'dark' } });
  await call('POST', `/api/v1/rollouts/${id}/members`, { body: { add: ['jim'] } });
}
