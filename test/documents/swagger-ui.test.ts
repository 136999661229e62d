import { type Browser, type Page } from 'playwright-core';
import { findChromium, launchChromium } from '../../bench/src/chromium.js';
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
type Operation = Readonly<{ method: string; path: string; id: string }>;

(executable === undefined ? describe.skip : describe)('in Swagger UI', () => {
  let service: TestService;
  let browser: Browser;
  beforeAll(async () => {
    service = await startTestService();
    browser = await launchChromium(executable ?? '');
    await addWhatReadsName(service);
    await addWhatWritesName(service);
  });
  afterAll(async () => {
    await browser.close();
    await service.stop();
  });

  it('every operation is executed with the values that it is filled in with, and none is malformed', async () => {
    const document = (await service.call('GET', '/openapi.json')).body as OpenApiDocument;
    const ids = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, { operationId = '' }]) => ({ method, path, id: operationId })),
    );
    // What takes away comes last, the whole after its parts, so that the others find what they name.
    const depth = ({ path }: Readonly<{ path: string }>): number => path.split('/').length;
    const ordered = [
      ...ids.filter(({ method }) => method !== 'delete'),
      ...ids.filter(({ method }) => method === 'delete').sort((a, b) => depth(b) - depth(a)),
    ];
    const before = await inUse(service);
    const executed: Executed[] = [];
    const page = await browser.newPage();
    await page.goto(`${service.url}/docs`, { waitUntil: 'networkidle' });
    for (const operation of ordered) {
      await page.evaluate(`ui.specActions.updateSpec(${JSON.stringify(JSON.stringify(partOf(document, operation)))})`);
      executed.push({ operation: operation.id, status: await execute(page, operation.id) });
    }
    await page.close();
    // Its example names a revision, which no example can know of this database.
    const able = executed.filter(({ operation }) => operation !== 'getPropagation');
    expect(able.filter(({ status }) => typeof status === 'string' || status >= 422)).toEqual([]);
    expect(executed.length).toBe(ids.length);
    // A click on an example must not cost anybody what they use.
    expect(await inUse(service)).toEqual(before);
    const written = executed.filter(({ operation }) =>
      /^(delete|change|replace|rename|move|set|clear|merge|patch|put)/.test(operation),
    );
    expect(written.filter(({ status }) => status === 404)).toEqual([]);
  }, 600_000);
});

/** One operation of a document, its request with what that refers to: Swagger UI works through the whole document at each click. */
function partOf(document: OpenApiDocument, { path, method }: Operation): object {
  const paths = { [path]: { [method]: { ...document.paths[path]?.[method], responses: {} } } };
  const all = document.components as Readonly<Record<string, Readonly<Record<string, object>>>>;
  const components: Record<string, Record<string, unknown>> = { securitySchemes: all['securitySchemes'] ?? {} };
  const waiting: unknown[] = [paths];
  while (waiting.length > 0) {
    for (const [, kind = '', name = ''] of JSON.stringify(waiting.pop()).matchAll(/"#\/components\/(\w+)\/(\w+)"/g)) {
      if (components[kind]?.[name] !== undefined) continue;
      (components[kind] ??= {})[name] = all[kind]?.[name];
      waiting.push(all[kind]?.[name]);
    }
  }
  return undescribed({ ...document, info: { title: '', version: '' }, paths, components });
}

/** Without its prose, which Swagger UI turns into HTML anew at each click. */
function undescribed<T>(part: T): T {
  if (typeof part !== 'object' || part === null) return part;
  if (Array.isArray(part)) return part.map(undescribed) as T;
  const members = Object.entries(part).map(([name, member]: [string, unknown]) => {
    if (name === 'example' || name === 'examples') return [name, member];
    return [name, name === 'description' && typeof member === 'string' ? '' : undescribed(member)];
  });
  return Object.fromEntries(members) as T;
}

/**
 * Tries an operation out; the status that comes back, or what keeps it from being sent. Clicks are made by script: to look
 * whether each button can be seen takes a browser seconds on a page of this length.
 */
async function execute(page: Page, operationId: string): Promise<number | string> {
  const block = page.locator(`.opblock[id$="-${operationId}"]`);
  const answering = page.waitForResponse((response) => /\/(api|ofrep|\.well-known)\//.test(response.url()), {
    timeout: 60_000,
  });
  answering.catch(() => undefined);
  await block.locator('.opblock-summary-control').dispatchEvent('click');
  await block.locator('.try-out__btn').dispatchEvent('click');
  await block.locator('button.execute').dispatchEvent('click');
  const refusal = block.locator('.invalid').first();
  const refused = refusal.waitFor({ state: 'attached', timeout: 60_000 });
  refused.catch(() => undefined);
  const status = await Promise.any([answering.then((response) => response.status()), refused]);
  if (status === undefined)
    return `not sent: ${(await block.locator('.validation-errors').allInnerTexts()).join('; ')}`;
  await block.locator('.opblock-summary-control').dispatchEvent('click');
  return status;
}

/** What examples of reads name, as a service in use may have it: cache_size with rule 7, new_checkout with rollout 3. */
async function addWhatReadsName({ call, database }: TestService): Promise<void> {
  await addFeatures(call, 'account', 'user', 'theme', 'tier');
  await declare(call, { metadata: { team: 'storage' } });
  await declare(call, { name: 'new_checkout', type: 'bool', default_value: false });
  await database.sql(`select setval('rules_id_seq', 6), setval('rollouts_id_seq', 2)`);
  await addRule(call, 'cache_size', { account: 'jim' }, 50);
  const id = await addRollout(call, 'new_checkout', { value: true, percentage: 20, feature_values: { theme: 'dark' } });
  await call('POST', `/api/v1/rollouts/${id}/members`, { body: { add: ['jim'] } });
}

/** What examples of writes name, which is there only where somebody added it for them. */
async function addWhatWritesName({ call, database }: TestService): Promise<void> {
  await addFeatures(call, 'heksher_example');
  await declare(call, { name: 'heksher_example', metadata: { team: 'storage' } });
  await call('PUT', '/api/v1/settings/heksher_example/override', { body: { value: 7 } });
  await database.sql(`select setval('rules_id_seq', 2147483646), setval('rollouts_id_seq', 2147483646)`);
  await addRule(call, 'cache_size', { account: 'ann' }, 50, { ticket: 1 });
  await addRollout(call, 'new_checkout', { value: true, percentage: 20 });
  await database.sql(`select setval('rules_id_seq', 1000), setval('rollouts_id_seq', 1000)`);
  await database.sql(`
    insert into heksher_webhooks (id, url, description, settings, on_failure, state, secret, cursor_seq, cursor_token)
    values ('q1w2e3r4t5y6u7i8', 'https://example.com', '', '{*}', 'pause', 'paused', '', 0, '')`);
}

/** What was there before, as far as examples of reads name it. */
async function inUse({ call }: TestService): Promise<readonly unknown[]> {
  const paths = ['settings/cache_size', 'settings/new_checkout', 'rules/7', 'rollouts/3', 'rollouts/3/members'];
  const answers = await Promise.all(paths.map((path) => call('GET', `/api/v1/${path}`)));
  const features = (await call('GET', '/api/v1/context_features')).body as { context_features: string[] };
  return [...answers.map(({ body }) => body), features.context_features.filter((name) => name !== 'heksher_example')];
}
