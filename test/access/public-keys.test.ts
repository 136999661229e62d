import { makeKey } from '../../apps/heksher/src/modules/access/api-key.js';
import { createDatabase, type TestDatabase } from '../support/database/database.js';
import { ask, comparable, EXPRESS_WAY_OF_BODIES } from '../support/http/both-ways.js';
import { spawnService } from '../support/service/process.js';
import {
  addFeatures,
  addRule,
  type Answer,
  type Call,
  declare,
  expectStatus,
  startTestService,
  type TestService,
} from '../support/service/service.js';

const ADMIN = makeKey().text;
const ENV = {
  HEKSHER_AUTH: 'on',
  HEKSHER_ADMIN_KEY: ADMIN,
  HEKSHER_AUTH_PUBLIC: 'none',
  HEKSHER_TARGETING_FEATURE: 'user',
  // So that a test can be many clients.
  HEKSHER_TRUSTED_GATEWAYS: '127.0.0.1',
  HEKSHER_FORWARDED: 'x-forwarded-for',
};
const ORIGIN = 'https://app.example.com';
const FLAGS = '/ofrep/v1/evaluate/flags';
const EVALUATE = '/api/v1/evaluate';
const PAGE = {
  subject: 'web app',
  kind: 'public',
  grants: ['evaluate:ui.*'],
  origins: [ORIGIN, 'https://*.example.org'],
};

let database: TestDatabase;
let service: TestService;
let asAdmin: Call;
beforeAll(async () => {
  database = await createDatabase();
  service = await startTestService(ENV, database);
  asAdmin = (method, path, options) =>
    service.call(method, path, { ...options, headers: { Authorization: `Bearer ${ADMIN}` } });
  await addFeatures(asAdmin, 'account', 'user', 'theme');
  for (const name of ['ui.colour', 'ui.size', 'billing.rate']) await declare(asAdmin, { name });
  await addRule(asAdmin, 'ui.colour', { account: 'jim' }, 1);
});
afterAll(async () => {
  await service.stop();
  await database.drop();
});

type Made = Readonly<{ id: string; key: string; rate: string; origins: readonly string[] }>;

async function create(body: object = {}): Promise<Made> {
  return (await expectStatus(201, asAdmin('POST', '/api/v1/keys', { body: { ...PAGE, ...body } }))).body as Made;
}

const headersOf = (key: string, origin: string | undefined, client = '192.0.2.1') => ({
  Accept: 'application/json',
  'X-API-Key': key,
  'X-Forwarded-For': client,
  ...(origin !== undefined && { Origin: origin }),
});
const evaluate = (key: string, origin: string | undefined, body: object = { context: {} }, client?: string) =>
  service.call('POST', EVALUATE, { body, headers: headersOf(key, origin, client) });
const allowedOrigin = ({ headers }: Answer): string | null => headers.get('access-control-allow-origin');

test.each([
  [{ grants: ['read:ui.*'] }, '/grants/0', 'exclusive'],
  [{ grants: ['evaluate:ui.*', 'evaluate'] }, '/grants/1', 'exclusive'],
  [{ grants: ['evaluate:*'] }, '/grants/0', 'exclusive'],
  [{ origins: [] }, '/origins', 'missing'],
  [{ origins: ['*'] }, '/origins/0', 'malformed'],
  [{ origins: [ORIGIN, 'app.example.com'] }, '/origins/1', 'malformed'],
  [{ origins: [`${ORIGIN}/`] }, '/origins/0', 'malformed'],
  [{ origins: [`${ORIGIN},https://b.example`] }, '/origins/0', 'malformed'],
  [{ origins: [5] }, '/origins/0', 'malformed'],
  [{ origins: ORIGIN }, '/origins', 'malformed'],
  [{ origins: Array(21).fill(ORIGIN) }, '/origins', 'malformed'],
  [{ rate: 'often' }, '/rate', 'malformed'],
  [{ rate: 5 }, '/rate', 'malformed'],
  [{ kind: 'machine' }, '/origins', 'exclusive'],
  [{ kind: 'user', origins: [], rate: '5/s' }, '/rate', 'exclusive'],
])('%j makes no key', async (body, pointer, code) => {
  const before = await database.sql('select count(*) from heksher_keys');
  const refused = await asAdmin('POST', '/api/v1/keys', { body: { ...PAGE, ...body } });
  expect([refused.status, refused.body]).toEqual([
    422,
    expect.objectContaining({ errors: [expect.objectContaining({ pointer, code }) as unknown] }),
  ]);
  expect(await database.sql('select count(*) from heksher_keys')).toEqual(before);
});

test('a public key is told from secrets, and shown with its origins and its rate', async () => {
  const made = await create();
  expect(made.key).toMatch(/^hk_p_[\w-]{22}_[\w-]{49}$/);
  const shown = await asAdmin('GET', `/api/v1/keys/${made.id}`);
  expect(shown.body).toMatchObject({ kind: 'public', origins: PAGE.origins, rate: '600/m' });
  expect((await create({ rate: '100/10s', origins: [ORIGIN, ORIGIN] })).origins).toEqual([ORIGIN]);
});

test('pages of its origins evaluate what its grants name and read the answer, by both ways, and others do not', async () => {
  const { key } = await create();
  for (const origin of [ORIGIN, 'https://shop.example.org', 'https://a.b.example.org']) {
    const answer = await evaluate(key, origin);
    expect([answer.status, allowedOrigin(answer), answer.headers.get('vary')]).toEqual([200, origin, 'Origin']);
    expect(answer.headers.get('access-control-expose-headers')).toContain('Retry-After');
    expect(Object.keys((answer.body as { settings: object }).settings)).toEqual(['ui.colour', 'ui.size']);
  }
  const strangers = [
    'https://evil.test',
    'http://app.example.com',
    'https://app.example.com:8443',
    'https://example.org',
    'null',
  ];
  for (const origin of strangers) {
    const answer = await evaluate(key, origin);
    expect([origin, answer.status, allowedOrigin(answer)]).toEqual([origin, 403, null]);
  }
  expect((await evaluate(key, undefined)).status).toBe(403);
  // An origin of another key is none of this one's.
  await create({ origins: ['https://other.example'] });
  const other = await evaluate(key, 'https://other.example');
  expect([other.status, other.body]).toEqual([
    403,
    expect.objectContaining({ detail: expect.stringContaining('https://other.example') as unknown }),
  ]);
  const headers = [`X-API-Key: ${key}`, `Origin: ${ORIGIN}`];
  for (const [target, body] of [
    [EVALUATE, '{"context":{}}'],
    [FLAGS, '{}'],
    [`${FLAGS}/ui.colour`, '{}'],
    [`${FLAGS}/billing.rate`, '{}'],
  ] as const) {
    const request = { method: 'POST', target, body, headers };
    const fast = await ask(service.url, request);
    const slow = await ask(service.url, request, EXPRESS_WAY_OF_BODIES);
    const without = (answer: typeof fast) => ({
      ...answer,
      headers: answer.headers.filter(([name]) => name !== 'RateLimit'),
    });
    expect(comparable(without(fast))).toEqual(comparable(without(slow)));
    expect(fast.statusLine).toContain(target.endsWith('billing.rate') ? '403' : '200');
  }
});

test('it may evaluate and nothing else, and is told no steps of a decision', async () => {
  const { key } = await create();
  const headers = headersOf(key, ORIGIN);
  const get = async (path: string): Promise<number> => (await service.call('GET', path, { headers })).status;
  for (const path of [
    '/api/v1/query',
    '/api/v1/settings/ui.colour',
    '/api/v1/keys',
    '/api/v1/rules/1',
    '/api/v1/nothing',
  ])
    expect([path, await get(path)]).toEqual([path, 403]);
  for (const path of ['/docs', '/openapi.json', '/nothing']) {
    const { status } = await fetch(service.url + path, { headers });
    expect([path, status]).toEqual([path, 403]);
  }
  expect((await evaluate(key, ORIGIN, { context: {}, explain: true })).status).toBe(403);
  expect((await evaluate(key, ORIGIN, { context: {}, at: '2030-01-01T00:00:00Z' })).status).toBe(403);
  expect((await evaluate(key, ORIGIN, { context: {}, settings: ['billing.rate'] })).status).toBe(403);
  expect((await evaluate(key, ORIGIN, { context: {}, settings: ['ui.size'] })).status).toBe(200);
  const write = await service.call('POST', '/api/v1/context_features', { body: { context_feature: 'x' }, headers });
  expect(write.status).toBe(403);
  expect(await database.sql(`select * from context_features c where c.name = 'x'`)).toEqual([]);
});

test('what it pins overrules what the page says', async () => {
  const { key } = await create({ pinned: { account: 'jim' } });
  const { body } = await evaluate(key, ORIGIN, { context: { account: 'ana' } });
  expect(body).toMatchObject({ settings: { 'ui.colour': { value: 1 } } });
});

test('browsers are told beforehand what pages may send, for these origins, evaluation and whoami alone', async () => {
  await create();
  const preflight = (path: string, origin: string, on = service.url, method = 'POST') =>
    fetch(on + path, {
      method: 'OPTIONS',
      headers: {
        Origin: origin,
        'Access-Control-Request-Method': method,
        'Access-Control-Request-Headers': 'x-api-key',
      },
    });
  for (const path of [EVALUATE, FLAGS, `${FLAGS}/ui.colour`]) {
    const { status, headers } = await preflight(path, ORIGIN);
    expect([status, headers.get('access-control-allow-origin')]).toEqual([204, ORIGIN]);
    expect(headers.get('access-control-allow-methods')).toBe('POST');
    expect(headers.get('access-control-allow-headers')).toContain('X-API-Key');
    const refused = await preflight(path, 'https://evil.test');
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([401, null]);
  }
  const whoami = await preflight('/api/v1/whoami', ORIGIN, service.url, 'GET');
  expect([whoami.status, whoami.headers.get('access-control-allow-methods')]).toEqual([204, 'GET']);
  for (const path of ['/api/v1/query', '/api/v1/settings', '/api/v1/keys', '/openapi.json']) {
    const { status, headers } = await preflight(path, ORIGIN);
    expect([path, status, headers.get('access-control-allow-origin')]).toEqual([path, 401, null]);
  }
  // A replica knows the origins of a key that another has just made.
  const other = await startTestService(ENV, database);
  for (let index = 0; index < 10; index += 1) {
    const origin = `https://new-${index}.example.net`;
    await create({ origins: [origin] });
    expect((await preflight(EVALUATE, origin, other.url)).status).toBe(204);
  }
  await other.stop();
});

test('each address has a bucket of its own at each key, and a page can read that it is empty', async () => {
  const [one, two] = [await create({ rate: '3/h' }), await create({ rate: '3/h' })];
  const statuses: number[] = [];
  for (let index = 0; index < 4; index += 1) statuses.push((await evaluate(one.key, ORIGIN)).status);
  expect(statuses).toEqual([200, 200, 200, 429]);
  const refused = await service.call('POST', FLAGS, { body: {}, headers: headersOf(one.key, ORIGIN) });
  expect([refused.status, allowedOrigin(refused), refused.headers.get('ratelimit-policy')]).toEqual([
    429,
    ORIGIN,
    '"key";q=3;w=3600',
  ]);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(60);
  expect((await evaluate(one.key, ORIGIN, { context: {} }, '192.0.2.2')).status).toBe(200);
  expect((await evaluate(two.key, ORIGIN)).status).toBe(200);
});

test('whatever its subject is, a page uses up nothing of a secret key, nor of other pages', async () => {
  const limited = await startTestService({ ...ENV, HEKSHER_RATE_LIMIT: '3/h' }, database);
  const subject = 'billing';
  const { key: page } = await create({ subject, rate: '100/h' });
  const { key: other } = await create({ subject, rate: '3/h' });
  const secret = { subject, grants: ['evaluate'] };
  const { key } = (await expectStatus(201, asAdmin('POST', '/api/v1/keys', { body: secret }))).body as Made;
  const evaluated = async (by: string, origin?: string): Promise<number> =>
    (await limited.call('POST', EVALUATE, { body: { context: {} }, headers: headersOf(by, origin) })).status;
  const statuses = async (by: string, origin?: string): Promise<readonly number[]> => {
    const found: number[] = [];
    for (let index = 0; index < 4; index += 1) found.push(await evaluated(by, origin));
    return found;
  };
  expect(await statuses(page, ORIGIN)).toEqual([200, 200, 200, 200]);
  // From elsewhere it is refused, and counts for that page's key alone.
  expect(await statuses(page, 'https://evil.test')).toEqual([403, 403, 403, 403]);
  expect(await statuses(key)).toEqual([200, 200, 200, 429]);
  expect(await statuses(other, ORIGIN)).toEqual([200, 200, 200, 429]);
  await limited.stop();
});

test('once it is revoked it is refused, and its origins are forgotten', async () => {
  const origin = 'https://gone.example.net';
  const { id, key } = await create({ origins: [origin] });
  expect((await evaluate(key, origin)).status).toBe(200);
  await expectStatus(204, asAdmin('DELETE', `/api/v1/keys/${id}`));
  expect((await evaluate(key, origin)).status).toBe(401);
  // Now that this is known, pages of that origin may send nothing any more, whatever it is.
  expect((await evaluate(ADMIN, origin)).status).toBe(403);
  expect((await evaluate(key, undefined)).status).toBe(401);
});

test('the command makes one, and lists it; and the operator may name none as the first key', async () => {
  const env = { HEKSHER_DB_CONNECTION_STRING: database.connectionString };
  const run = async (...args: readonly string[]): Promise<readonly [code: unknown, output: string]> => {
    const command = spawnService(env, ['keys', ...args]);
    return [await command.exited, command.output().trimEnd()];
  };
  const page = ['create', '--public', '--subject', 'page', '--grant', 'evaluate:ui.size'];
  const [code, key] = await run(...page, '--origin', ORIGIN, '--origin', 'https://b.example', '--rate', '5/s');
  expect([code, key]).toEqual([0, expect.stringMatching(/^hk_p_/)]);
  const stored = await database.sql(`select k.origins, k.rate from heksher_keys k where k.subject = 'page'`);
  expect(stored).toEqual([{ origins: [ORIGIN, 'https://b.example'], rate: '5/s' }]);
  expect(await run(...page)).toEqual([1, expect.stringContaining('origins')]);
  expect(await run(...page, '--origin', 'b.example')).toEqual([1, expect.stringContaining('b.example')]);
  const starting = startTestService({ ...ENV, HEKSHER_ADMIN_KEY: makeKey('p').text }, database);
  await expect(starting).rejects.toThrow('HEKSHER_ADMIN_KEY is no key');
}, 120_000);
