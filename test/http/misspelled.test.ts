import { misspellingIn } from '../../apps/heksher/src/http/misspelled.js';
import { contents } from '../support/database/contents.js';
import { ask, comparable, EXPRESS_WAY, EXPRESS_WAY_OF_BODIES } from '../support/http/both-ways.js';
import { type OpenApiDocument } from '../support/service/openapi.js';
import { addFeatures, addRule, declare, startTestService, type TestService } from '../support/service/service.js';

let service: TestService;
let id: number;
beforeAll(async () => {
  service = await startTestService();
  await addFeatures(service.call, 'account', 'user', 'theme');
  await declare(service.call);
  id = await addRule(service.call, 'cache_size', { user: 'guest' }, 10);
});
afterAll(() => service.stop());

test('a write that nearly asks for a dry run is refused with the name that is meant, and not carried out', async () => {
  const before = await contents(service.database);
  const rule = { setting: 'cache_size', feature_values: { user: 'jim' }, value: 1 };
  const writes = [
    ['POST', '/rules?dry_rum=true', rule],
    ['POST', '/rules?setting=x&dryRun=true', rule],
    ['PUT', `/rules/${id}/value?dry-run=true`, { value: 11 }],
    ['DELETE', `/rules/${id}?dryrun`, undefined],
    ['DELETE', '/settings/cache_size?DRY_RUN=1', undefined],
    ['POST', '/context_features?dry_run%5B%5D=true', { context_feature: 'more' }],
  ] as const;
  for (const [method, path, body] of writes) {
    const refused = await service.call(method, `/api/v1${path}`, { body, headers: { Accept: 'application/json' } });
    expect([path, refused.status]).toEqual([path, 422]);
    expect(refused.body).toMatchObject({
      errors: [
        { code: 'unknown_parameter', message: expect.stringContaining('give dry_run, or leave it out') as unknown },
      ],
    });
  }
  expect(await contents(service.database)).toEqual(before);
});

test('a read that nearly asks for the past is refused, by both ways; an evaluation too', async () => {
  for (const target of [
    '/api/v1/query?settings=cache_size&asof=1',
    `/api/v1/rules/${id}?as-of=1`,
    '/api/v1/settings?As_Of=1',
  ]) {
    const [fast, slow] = [await ask(service.url, { target }), await ask(service.url, { target }, EXPRESS_WAY)];
    expect([target, fast.statusLine]).toEqual([target, expect.stringContaining(' 422 ')]);
    expect(comparable(fast)).toEqual(comparable(slow));
  }
  for (const [target, status] of [
    ['/api/v1/evaluate?asof=1', 422],
    ['/ofrep/v1/evaluate/flags?asof=1', 400],
    ['/ofrep/v1/evaluate/flags/cache_size?as_off=1', 400],
  ] as const) {
    const request = { method: 'POST', target, body: '{"context":{"user":"guest"}}' };
    const [fast, slow] = [await ask(service.url, request), await ask(service.url, request, EXPRESS_WAY_OF_BODIES)];
    expect([target, fast.statusLine]).toEqual([target, expect.stringContaining(` ${status} `)]);
    expect(fast.body).toContain('as_of');
    expect(comparable(fast)).toEqual(comparable(slow));
  }
});

test('what old clients send besides is passed over, as ever', async () => {
  const get = async (path: string): Promise<number> => (await service.call('GET', `/api/v1${path}`)).status;
  for (const path of [
    '/query?settings=cache_size&_=1700000000',
    `/rules/${id}?raw=true&asc=1`,
    '/context_features?sort=x',
  ])
    expect([path, await get(path)]).toEqual([path, 200]);
  const { status } = await service.call('PUT', `/api/v1/rules/${id}/value?trace=1&dry=1`, { body: { value: 12 } });
  expect(status).toBe(204);
});

test('no parameter that there is is taken for another', async () => {
  const { paths } = (await service.call('GET', '/openapi.json')).body as OpenApiDocument;
  type Described = Readonly<{ parameters?: readonly Readonly<{ in?: string; name?: string }>[] }>;
  const operations = Object.values(paths).flatMap((item) => Object.values(item as Record<string, Described>));
  const names = operations.flatMap(({ parameters = [] }) =>
    parameters.flatMap((parameter) => (parameter.in === 'query' ? [parameter.name ?? ''] : [])),
  );
  expect(new Set(names).size).toBeGreaterThan(15);
  const taken = names.filter((name) => misspellingIn(name, 'read') ?? misspellingIn(name, 'write'));
  expect(taken.filter((name) => name !== 'as_of' && name !== 'dry_run')).toEqual([]);
});
