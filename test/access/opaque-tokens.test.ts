import { generateKeyPairSync } from 'node:crypto';
import { makeKey } from '../../apps/heksher/src/modules/access/api-key.js';
import { AUDIENCE, OTHER_AUDIENCE, TestProvider } from '../support/access/provider.js';
import { ask, comparable, EXPRESS_WAY } from '../support/http/both-ways.js';
import { atClock } from '../support/service/clock.js';
import {
  addFeatures,
  type Answer,
  declare,
  expectStatus,
  startTestService,
  type TestService,
} from '../support/service/service.js';
import { until } from '../support/service/until.js';

const ADMIN = makeKey().text;

let provider: TestProvider;
let service: TestService;
beforeAll(async () => {
  provider = await TestProvider.start();
  service = await startTestService({ ...provider.env, HEKSHER_ADMIN_KEY: ADMIN });
  const call: TestService['call'] = (method, path, options) =>
    service.call(method, path, { ...options, headers: { Authorization: `Bearer ${ADMIN}` } });
  await addFeatures(call, 'account', 'user', 'theme');
  for (const name of ['billing.rate', 'ui.color']) await declare(call, { name });
});
beforeEach(() => {
  provider.mood = 'well';
  provider.delayMs = 0;
});
afterAll(async () => {
  await service.stop();
  provider.stop();
});

const query = (token: string, at: TestService = service): Promise<Answer> =>
  at.call('GET', '/api/v1/query', { headers: { Authorization: `Bearer ${token}`, Accept: 'application/json' } });

/** Another replica, which has asked about nothing yet. */
const replica = (env: Readonly<Record<string, string>> = {}): Promise<TestService> =>
  startTestService({ ...provider.env, ...env }, service.database);

test('an opaque token does what its scopes say, is asked about once, and its subject is the actor', async () => {
  const reader = await provider.ofMachine('opaque-machine', { scope: 'heksher:read:billing.*' });
  const before = provider.introspections;
  for (let count = 0; count < 5; count += 1) {
    const { body } = await expectStatus(200, query(reader));
    expect(Object.keys((body as { settings: object }).settings)).toEqual(['billing.rate']);
  }
  expect(provider.introspections - before).toBe(1);
  const { accessToken } = await provider.login('ann', 'opaque-console', { scope: 'openid heksher:write' });
  const headers = { Authorization: `Bearer ${accessToken}` };
  const body = { context_feature: 'more' };
  await expectStatus(204, service.call('POST', '/api/v1/context_features', { body, headers }));
  const actors = await service.database.sql('select actor from heksher_changes order by id desc limit 1');
  expect(actors).toEqual([{ actor: 'ann' }]);
  const scopeless = await query(await provider.ofMachine('opaque-machine', { scope: 'other:thing' }));
  expect(scopeless.status).toBe(403);
});

test('a client with a private key asks in place of one with a secret, and one with another key gets no answer', async () => {
  const token = await provider.ofMachine('opaque-machine');
  const signing = await replica(provider.envWithKey());
  const before = provider.introspections;
  for (const again of ['first', 'second']) {
    const another = again === 'first' ? token : await provider.ofMachine('opaque-machine');
    await expectStatus(200, query(another, signing));
  }
  expect((await query('no-token-of-anybody', signing)).status).toBe(401);
  expect(provider.introspections - before).toBe(3);
  await signing.stop();
  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
  const forging = await replica(provider.envWithKey({ ...provider.clientKey, ...stranger }));
  // That the issuer does not know the client says nothing of the token.
  expect((await query(token, forging)).status).toBe(503);
  await forging.stop();
});

test('a thousand requests at once with one new token ask about it once', async () => {
  const other = await replica();
  const token = await provider.ofMachine('opaque-machine');
  provider.delayMs = 200;
  const before = provider.introspections;
  const asking = Array.from({ length: 1_000 }, () => query(token, other));
  const statuses = (await Promise.all(asking)).map(({ status }) => status);
  expect(new Set(statuses)).toEqual(new Set([200]));
  expect(provider.introspections - before).toBe(1);
  await other.stop();
});

test('very many different tokens are asked about by sixteen calls at once, and who waits for a turn not at all where these fail', async () => {
  const other = await replica();
  provider.mood = 'hung';
  const before = provider.introspections;
  const asking = Array.from({ length: 40 }, (_, index) => query(`waiting-${index}`, other));
  await until('the sixteenth call', () => provider.introspections - before === 16);
  const known = await query(ADMIN, other);
  expect([known.status, provider.introspections - before]).toEqual([200, 16]);
  provider.release();
  expect(new Set((await Promise.all(asking)).map(({ status }) => status))).toEqual(new Set([503]));
  expect(provider.introspections - before).toBe(16);
  await other.stop();
});

test('each token that is refused is asked about once, however often it comes', async () => {
  const before = provider.introspections;
  const tokens = Array.from({ length: 100 }, (_, index) => `unknown-${index}`);
  const statuses = await Promise.all([...tokens, ...tokens].map(async (token) => (await query(token)).status));
  expect(new Set(statuses)).toEqual(new Set([401]));
  expect((await query('unknown-7')).status).toBe(401);
  expect(provider.introspections - before).toBe(100);
});

test('tokens that are unknown, revoked, for another resource or for none are refused, by fast reads and by Express', async () => {
  const revoked = await provider.ofMachine('opaque-machine');
  await provider.revoke(revoked, 'opaque-machine');
  const bad = {
    unknown: 'x'.repeat(43),
    revoked,
    'for another resource': await provider.ofMachine('opaque-machine', { resource: OTHER_AUDIENCE }),
    'for no resource': await provider.ofMachine('opaque-machine', { resource: '' }),
    'too long': 'x'.repeat(8_193),
    'of three parts, and none a header': 'aaaa.bbbb.cccc',
  };
  for (const [what, token] of Object.entries(bad)) {
    const headers = [`Authorization: Bearer ${token}`, 'Accept: application/json'];
    const fast = await ask(service.url, { target: '/api/v1/query', headers });
    const slow = await ask(service.url, { target: '/api/v1/query', headers }, EXPRESS_WAY);
    expect([what, fast.statusLine.split(' ')[1]]).toEqual([what, '401']);
    expect(comparable(slow)).toEqual(comparable(fast));
    expect(fast.headers.find(([name]) => name === 'WWW-Authenticate')?.[1]).toContain('error="invalid_token"');
    expect(fast.body).not.toContain(token.slice(0, 40));
  }
});

test('a token is taken by Authorization alone: X-API-Key is asked of nobody', async () => {
  const token = await provider.ofMachine('opaque-machine');
  const before = provider.introspections;
  for (const given of [token, 'a key of another service'])
    expect((await service.call('GET', '/api/v1/query', { headers: { 'X-API-Key': given } })).status).toBe(401);
  expect(provider.introspections).toBe(before);
});

test.each(['failing', 'garbled', 'down'] as const)(
  'while the issuer is %s, tokens that it was asked about lately hold, and others are a 503 and not a 401',
  async (mood) => {
    const other = mood === 'down' ? await replica({ HEKSHER_INTROSPECTION_URL: 'http://127.0.0.1:9/x' }) : service;
    const [known, unknown] = [await provider.ofMachine('opaque-machine'), await provider.ofMachine('opaque-machine')];
    if (mood !== 'down') {
      expect((await query(known)).status).toBe(200);
      provider.mood = mood;
      expect((await query(known)).status).toBe(200);
    }
    const away = await query(unknown, other);
    expect([away.status, away.headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^\d+$/)]);
    expect((await query(`nonsense-${mood}`, other)).status).toBe(503);
    if (mood === 'down') await other.stop();
    provider.mood = 'well';
    expect((await query(unknown)).status).toBe(200);
    expect((await query(`nonsense-${mood}`)).status).toBe(401);
  },
);

test('while the issuer hangs, those who ask about a known token or by a key do not wait', async () => {
  const known = await provider.ofMachine('opaque-machine');
  expect((await query(known)).status).toBe(200);
  provider.mood = 'hung';
  let isDone = false;
  const hanging = query(await Promise.resolve('not-known')).finally(() => (isDone = true));
  expect((await query(known)).status).toBe(200);
  expect((await query(ADMIN)).status).toBe(200);
  expect(isDone).toBe(false);
  provider.release();
  expect((await hanging).status).toBe(503);
});

test('what was answered is relied on for a minute and no longer, also on the same connection', async () => {
  const token = await provider.ofMachine('opaque-machine');
  expect((await query(token)).status).toBe(200);
  await provider.revoke(token, 'opaque-machine');
  expect(await atClock(50, async () => (await query(token)).status)).toBe(200);
  expect(await atClock(60, async () => (await query(token)).status)).toBe(401);
});

test('a token that has expired is a 401, also while the issuer is away', async () => {
  const token = await provider.ofMachine('opaque-machine');
  expect((await query(token)).status).toBe(200);
  provider.mood = 'failing';
  expect(await atClock(3_500, async () => (await query(token)).status)).toBe(503);
  expect(await atClock(3_631, async () => (await query(token)).status)).toBe(401);
});

test('clocks may differ by half a minute', async () => {
  const late = await provider.ofMachine('opaque-machine');
  expect(await atClock(-60, async () => (await query(late)).status)).toBe(401);
  const alsoLate = await provider.ofMachine('opaque-machine');
  expect(await atClock(-25, async () => (await query(alsoLate)).status)).toBe(200);
});

test('the audience is said where clients look for it', async () => {
  const said = await service.call('GET', '/.well-known/oauth-protected-resource');
  expect(said.body).toMatchObject({ resource: AUDIENCE, authorization_servers: [provider.url] });
});
