import { makeKey } from '../../apps/heksher/src/modules/access/api-key.js';
import { createDatabase, type TestDatabase } from '../support/database/database.js';
import { ask, EXPRESS_WAY } from '../support/http/both-ways.js';
import { expectStatus, startTestService, type TestService } from '../support/service/service.js';

const ADMIN = makeKey().text;
const JSON_PLEASE = { Accept: 'application/json' };

let database: TestDatabase;
let service: TestService;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());
afterEach(() => service.stop());

const start = async (env: Readonly<Record<string, string>>): Promise<void> => {
  service = await startTestService(env, database);
};
const statuses = async (count: number, ask: () => Promise<{ status: number }>): Promise<readonly number[]> => {
  const found: number[] = [];
  for (let index = 0; index < count; index += 1) found.push((await ask()).status);
  return found;
};

test('each principal has a bucket of its own, whichever way its requests are answered, and health has none', async () => {
  await start({ HEKSHER_AUTH: 'on', HEKSHER_ADMIN_KEY: ADMIN, HEKSHER_RATE_LIMIT: '5/h' });
  const by = (key: string) => ({ ...JSON_PLEASE, Authorization: `Bearer ${key}` });
  const body = { subject: 'reader', grants: ['read'] };
  const made = await expectStatus(201, service.call('POST', '/api/v1/keys', { body, headers: by(ADMIN) }));
  const { key } = made.body as { key: string };
  const first = await service.call('GET', '/api/v1/query', { headers: by(key) });
  expect([first.headers.get('ratelimit-policy'), first.headers.get('ratelimit')]).toEqual([
    '"principal";q=5;w=3600',
    '"principal";r=4;t=720',
  ]);
  const fast = await ask(service.url, { target: '/api/v1/query', headers: [`X-API-Key: ${key}`] });
  const slow = await ask(service.url, { target: '/api/v1/query', headers: [`X-API-Key: ${key}`] }, EXPRESS_WAY);
  const left = [fast, slow].map(({ headers }) => headers.find(([name]) => name === 'RateLimit')?.[1]);
  expect(left).toEqual(['"principal";r=3;t=1440', '"principal";r=2;t=2160']);
  // What is refused for want of a grant counts, too.
  expect(await statuses(3, () => service.call('GET', '/api/v1/keys', { headers: by(key) }))).toEqual([403, 403, 429]);
  const refused = await service.call('GET', '/api/v1/query', { headers: by(key) });
  expect(refused.status).toBe(429);
  expect(refused.body).toMatchObject({ code: 'rate_limited', detail: expect.stringContaining('5/h') as unknown });
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(600);
  // Beside Retry-After, the same time.
  expect(refused.headers.get('ratelimit')).toBe(`"principal";r=0;t=${refused.headers.get('retry-after')}`);
  expect((await ask(service.url, { target: '/api/v1/query', headers: [`X-API-Key: ${key}`] })).statusLine).toContain(
    '429',
  );
  // A write that is refused changes nothing.
  const write = { method: 'POST', target: '/api/v1/context_features', body: '{"context_feature":"late"}' };
  await statuses(5, () => service.call('GET', '/api/v1/query', { headers: by(ADMIN) }));
  expect((await ask(service.url, { ...write, headers: [`X-API-Key: ${ADMIN}`] })).statusLine).toContain('429');
  expect(await database.sql('select * from context_features')).toEqual([]);
  expect(await statuses(10, () => service.call('GET', '/api/health/live'))).toEqual(Array(10).fill(200));
  const live = await service.call('GET', '/api/health/live', { headers: by(key) });
  expect(live.headers.get('ratelimit')).toBeNull();
});

test('below /ofrep it is an error of OpenFeature that says when to try again', async () => {
  await start({ HEKSHER_RATE_LIMIT_PER_ADDRESS: '2/h' });
  const flag = () => service.call('POST', '/ofrep/v1/evaluate/flags/x', { body: {} });
  expect(await statuses(3, flag)).toEqual([404, 404, 429]);
  const refused = await service.call('POST', '/ofrep/v1/evaluate/flags', { body: {} });
  expect([refused.status, refused.body]).toEqual([429, expect.objectContaining({ errorCode: 'GENERAL' })]);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(1_000);
  expect((await flag()).body).toMatchObject({ key: 'x', errorCode: 'GENERAL' });
});

test('who is not known counts by address, bad credentials too, and those who are known do not', async () => {
  await start({
    HEKSHER_AUTH: 'on',
    HEKSHER_ADMIN_KEY: ADMIN,
    HEKSHER_RATE_LIMIT_PER_ADDRESS: '3/h',
    HEKSHER_TRUSTED_GATEWAYS: '127.0.0.1',
    HEKSHER_FORWARDED: 'x-forwarded-for',
  });
  const from = (client: string, key?: string) =>
    service.call('GET', '/api/v1/query', {
      headers: { ...JSON_PLEASE, 'X-Forwarded-For': client, ...(key !== undefined && { 'X-API-Key': key }) },
    });
  expect(await statuses(2, () => from('192.0.2.1', makeKey().text))).toEqual([401, 401]);
  expect(await statuses(2, () => from('192.0.2.1'))).toEqual([401, 429]);
  expect((await from('192.0.2.1', makeKey().text)).status).toBe(429);
  expect(await statuses(5, () => from('192.0.2.1', ADMIN))).toEqual(Array(5).fill(200));
  expect(await statuses(3, () => from('9.9.9.9, 192.0.2.2'))).toEqual([401, 401, 401]);
  // An IPv6 client has all addresses of its network.
  const many = [1, 2, 3, 4].map((end) => from(`2001:db8:1:2::${end}`));
  expect((await Promise.all(many)).map(({ status }) => status).sort()).toEqual([401, 401, 401, 429]);
  expect((await from('2001:db8:1:3::1')).status).toBe(401);
});

test('where no rate is set, nothing is said of one', async () => {
  await start({});
  const { headers } = await service.call('GET', '/api/v1/query');
  expect([headers.get('ratelimit'), headers.get('ratelimit-policy')]).toEqual([null, null]);
});
