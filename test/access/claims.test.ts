import { makeKey } from '../../apps/heksher/src/modules/access/api-key.js';
import { type ClientName, TestProvider } from '../support/access/provider.js';
import { ask, EXPRESS_WAY_OF_BODIES } from '../support/http/both-ways.js';
import {
  addFeatures,
  addRule,
  type Answer,
  declare,
  expectStatus,
  startTestService,
  type TestService,
} from '../support/service/service.js';

const ADMIN = makeKey().text;

let provider: TestProvider;
/** Takes accounts from claims alone; users from claims where there are some. */
let walled: TestService;
/** Takes both from claims where there are some. */
let open: TestService;
let tenantKey: string;
beforeAll(async () => {
  provider = await TestProvider.start();
  const env = {
    ...provider.env,
    HEKSHER_ADMIN_KEY: ADMIN,
    HEKSHER_TARGETING_FEATURE: 'user',
    HEKSHER_OAUTH_CONTEXT: 'account:https://example.com/tenant,user:sub,absent:tenant',
  };
  open = await startTestService(env);
  walled = await startTestService({ ...env, HEKSHER_PROVEN_FEATURES: 'account,absent' }, open.database);
  const call: TestService['call'] = (method, path, options) => asWho(ADMIN)(method, path, options?.body);
  await addFeatures(call, 'account', 'user', 'theme');
  await declare(call, { name: 'limit' });
  await addRule(call, 'limit', { account: 'jim' }, 1);
  await addRule(call, 'limit', { account: 'eve' }, 2);
  await addRule(call, 'limit', { user: 'ann' }, 3);
  await addRule(call, 'limit', { user: 'root' }, 4);
  await addRule(call, 'limit', { account: 'jim', user: 'ann' }, 5);
  provider.claims.set('ann', { 'https://example.com/tenant': 'jim' });
  provider.claims.set('tom', {});
  const body = { subject: 'tenant', grants: ['evaluate'], pinned: { account: 'eve' } };
  tenantKey = ((await expectStatus(201, call('POST', '/api/v1/keys', { body }))).body as { key: string }).key;
});
afterAll(async () => {
  await walled.stop();
  await open.stop();
  provider.stop();
});

const asWho =
  (token: string, at: () => TestService = () => walled) =>
  (method: string, path: string, body?: unknown): Promise<Answer> =>
    at().call(method, path, { body, headers: { Authorization: `Bearer ${token}`, Accept: 'application/json' } });

const login = async (who: string, client: ClientName = 'console', scope = 'openid heksher:read'): Promise<string> =>
  (await provider.login(who, client, { scope })).accessToken;

type Evaluated = Readonly<{
  settings: { limit: { value: number } };
  context_sources?: Readonly<Record<string, string>>;
}>;

async function evaluate(token: string, context: object, at?: TestService): Promise<Evaluated> {
  const body = { context, settings: ['limit'], explain: true };
  const answer = await expectStatus(200, asWho(token, () => at ?? walled)('POST', '/api/v1/evaluate', body));
  return answer.body as Evaluated;
}

const OTHERS = [{}, { account: 'eve' }, { account: 'eve', user: 'root' }, { user: 'root', theme: 'x' }];

test.each(['console', 'opaque-console'] as const)(
  'what a token of a %s claims is not talked out of, by evaluations or by flags, by either way',
  async (client) => {
    const ann = await login('ann', client);
    for (const at of [walled, open]) {
      for (const context of OTHERS) {
        const { settings } = await evaluate(ann, context, at);
        expect([context, settings.limit.value]).toEqual([context, 5]);
        for (const [path, body] of [
          ['/ofrep/v1/evaluate/flags', { context: { ...context, targetingKey: 'root' } }],
          ['/ofrep/v1/evaluate/flags/limit', { context }],
          ['/api/v1/evaluate', { contexts: [context, { account: 'eve' }], settings: ['limit'] }],
        ] as const) {
          const given = {
            method: 'POST',
            target: path,
            headers: [`Authorization: Bearer ${ann}`],
            body: JSON.stringify(body),
          };
          const [fast, slow] = [await ask(at.url, given), await ask(at.url, given, EXPRESS_WAY_OF_BODIES)];
          const values = [fast, slow].map((one) => [...one.body.matchAll(/"value":(\d+)/g)].map(([, value]) => value));
          const expected = path === '/api/v1/evaluate' ? ['5', '5'] : ['5'];
          expect([path, context, values]).toEqual([path, context, [expected, expected]]);
        }
      }
    }
  },
);

test('a feature that is taken from proof alone is not taken from anybody who asks, whatever their credentials', async () => {
  const tom = await login('tom');
  for (const who of [tom, ADMIN]) {
    expect((await evaluate(who, { account: 'jim' })).settings.limit.value).toBe(60);
    expect((await evaluate(who, { account: 'jim' }, open)).settings.limit.value).toBe(1);
    const flag = await asWho(who)('POST', '/ofrep/v1/evaluate/flags/limit', { context: { account: 'jim' } });
    expect(flag.body).toMatchObject({ value: 60 });
  }
  expect((await evaluate(tenantKey, { account: 'jim' })).settings.limit.value).toBe(2);
});

test('tags and kept answers of flags are those of the context that counts', async () => {
  const path = '/ofrep/v1/evaluate/flags';
  const [ann, tom] = [await login('ann'), await login('tom')];
  const body = { context: { account: 'jim', user: 'ann' } };
  for (const [one, other] of [
    [ann, tom],
    [tom, ann],
  ] as const) {
    const mine = await expectStatus(200, asWho(one)('POST', path, body));
    const headers = { Authorization: `Bearer ${other}`, 'If-None-Match': mine.headers.get('etag') ?? '' };
    const theirs = await expectStatus(200, walled.call('POST', path, { body, headers }));
    expect(theirs.text).not.toBe(mine.text);
  }
  // Of whom the same counts, the answer is the same; but for where a key follows events.
  const eve = await login('eve');
  provider.claims.set('eve', { 'https://example.com/tenant': 'eve' });
  const answers: Answer[] = [];
  for (const who of [await login('eve'), await login('eve'), eve, tenantKey])
    answers.push(await asWho(who)('POST', path, { context: { user: 'eve' } }));
  const [tag, ...tags] = answers.map(({ headers }) => headers.get('etag'));
  expect(tags.map((other) => other === tag)).toEqual([true, false, false]);
  const [flags, , , ofKey] = answers.map((answer) => (answer.body as { flags: unknown }).flags);
  expect(ofKey).toEqual(flags);
});

test('explain says where each value of the context is from, and without it nothing does', async () => {
  const [ann, tom] = [await login('ann'), await login('tom')];
  const given = { account: 'eve', theme: 'x' };
  const sources = async (who: string, at?: TestService) =>
    Object.entries((await evaluate(who, given, at)).context_sources ?? {});
  expect(await sources(ann)).toEqual([
    ['account', 'claim'],
    ['user', 'claim'],
    ['theme', 'request'],
  ]);
  expect(await sources(tom)).toEqual([
    ['account', 'not_proven'],
    ['user', 'claim'],
    ['theme', 'request'],
  ]);
  expect(await sources(tom, open)).toEqual([
    ['account', 'request'],
    ['user', 'claim'],
    ['theme', 'request'],
  ]);
  expect(await sources(tenantKey)).toEqual([
    ['account', 'pinned'],
    ['theme', 'request'],
  ]);
  expect(await sources(ADMIN)).toEqual([
    ['account', 'not_proven'],
    ['theme', 'request'],
  ]);
  const many = await asWho(ann)('POST', '/api/v1/evaluate', { contexts: [{}, given], explain: true });
  const { evaluations } = many.body as { evaluations: Evaluated[] };
  expect(evaluations.map(({ context_sources }) => context_sources)).toEqual([
    { account: 'claim', user: 'claim' },
    { account: 'claim', user: 'claim', theme: 'request' },
  ]);
  expect((await asWho(ann)('POST', '/api/v1/evaluate', { context: given })).text).not.toContain('context_sources');
  const past = await asWho(ADMIN)('POST', '/api/v1/evaluate?as_of=10', { context: { account: 'eve' }, explain: true });
  expect(past.body).toMatchObject({ context_sources: { account: 'not_proven' }, metadata: { as_of: 10 } });
});

test('whoever proves a feature that is taken from proof alone may evaluate and nothing else, unless more is stored', async () => {
  const [ann, tom] = [await login('ann'), await login('tom')];
  for (const path of ['/api/v1/query', '/api/v1/rules', '/api/v1/settings/limit']) {
    expect([path, (await asWho(ann)('GET', path)).status, (await asWho(tom)('GET', path)).status]).toEqual([
      path,
      403,
      200,
    ]);
    expect((await asWho(ann, () => open)('GET', path)).status).toBe(200);
  }
  const writer = await login('ann', 'console', 'openid heksher:admin');
  expect((await asWho(writer)('DELETE', '/api/v1/settings/limit')).status).toBe(403);
  const body = { kind: 'subject', issuer: provider.url, name: 'ann', grants: ['read'] };
  const { id } = (await expectStatus(201, asWho(ADMIN)('POST', '/api/v1/principals', body))).body as { id: string };
  expect((await asWho(ann)('GET', '/api/v1/query')).status).toBe(200);
  const pinned = { grants: ['evaluate'], pinned: { account: 'eve', theme: 'dark' } };
  await expectStatus(200, asWho(ADMIN)('PUT', `/api/v1/principals/${id}`, pinned));
  const evaluated = await evaluate(ann, { account: 'x', theme: 'x' });
  expect(evaluated.context_sources).toEqual({ account: 'pinned', user: 'claim', theme: 'pinned' });
  expect(evaluated.settings.limit.value).toBe(3);
  expect((await asWho(ann)('GET', '/api/v1/query')).status).toBe(403);
  await expectStatus(204, asWho(ADMIN)('DELETE', `/api/v1/principals/${id}`));
});

test('a token whose claim is no value of a feature is refused, and one without it is not', async () => {
  const odd = [['jim', 'eve'], { id: 'jim' }, 'jim eve', '', 2 ** 60, 'x'.repeat(256)];
  for (const [index, tenant] of odd.entries()) {
    provider.claims.set(`odd-${index}`, { 'https://example.com/tenant': tenant });
    for (const client of ['console', 'opaque-console'] as const) {
      const refused = await asWho(await login(`odd-${index}`, client))('POST', '/api/v1/evaluate', { context: {} });
      expect([tenant, refused.status]).toEqual([tenant, 401]);
      expect(refused.text).toContain('is no value of the context feature');
    }
  }
  for (const tenant of [5, true, null]) {
    provider.claims.set('plain', { 'https://example.com/tenant': tenant });
    const { context_sources } = await evaluate(await login('plain'), {});
    expect([tenant, context_sources?.['account']]).toEqual([tenant, tenant === null ? undefined : 'claim']);
  }
});
