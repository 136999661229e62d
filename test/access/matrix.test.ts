import { OPERATIONS } from '../../apps/heksher/src/access/operations.js';
import { ACTIONS, type Action } from '../../apps/heksher/src/access/grants.js';
import { makeKey } from '../../apps/heksher/src/modules/access/api-key.js';
import { OTHER_AUDIENCE, TestProvider } from '../support/access/provider.js';
import { contents } from '../support/database/contents.js';
import { ask, comparable, EXPRESS_WAY, EXPRESS_WAY_OF_BODIES } from '../support/http/both-ways.js';
import { type RawAnswer } from '../support/http/raw-http.js';
import { type OpenApiDocument } from '../support/service/openapi.js';
import {
  addFeatures,
  addRollout,
  addRule,
  type Call,
  declare,
  expectStatus,
  startTestService,
  type TestService,
} from '../support/service/service.js';

const ADMIN = makeKey().text;
const by = (key: string) => ({ Authorization: `Bearer ${key}` });

let provider: TestProvider;
let service: TestService;
let call: Call;
let operations: readonly Operation[];
const keys = new Map<Action, string>();
const ids = { rule: 0, rollout: 0 };

/** For whoever is known, whatever that one is granted. */
const WHOAMI = '/api/v1/whoami';

type Operation = Readonly<{ name: string; method: string; path: string; needs: Action | undefined }>;

/**
 * Each with the headers that say who asks, and the actions that it may carry out: keys, tokens of either form, tokens that are held to a
 * tenant or to what is stored, and whom a gateway names.
 */
const granted: [what: string, headers: readonly string[], actions: readonly Action[]][] = [];
const grant = (what: string, credential: string, actions: readonly Action[]) =>
  granted.push([what, [`Authorization: Bearer ${credential}`], actions]);

beforeAll(async () => {
  provider = await TestProvider.start();
  service = await startTestService({
    ...provider.env,
    HEKSHER_ADMIN_KEY: ADMIN,
    HEKSHER_OAUTH_ROLE_CLAIM: 'roles',
    HEKSHER_OAUTH_CONTEXT: 'account:tenant',
    HEKSHER_PROVEN_FEATURES: 'account',
    HEKSHER_TRUSTED_GATEWAYS: '127.0.0.0/8',
    HEKSHER_GATEWAY_SUBJECT_HEADER: 'X-Consumer-Username',
    HEKSHER_GATEWAY_SCOPES_HEADER: 'X-Consumer-Scopes',
  });
  call = (method, path, options) =>
    service.call(method, path, { ...options, headers: { ...by(ADMIN), ...options?.headers } });
  await addFeatures(call, 'account', 'user', 'theme', 'spare');
  await declare(call);
  ids.rule = await addRule(call, 'cache_size', { user: 'jim' }, 5, { ticket: 1 });
  ids.rollout = await addRollout(call, 'cache_size', { value: 1 });
  for (const action of ACTIONS) keys.set(action, (await create({ grants: [action] })).key);
  await grantAll();
  const { paths } = (await service.call('GET', '/openapi.json')).body as OpenApiDocument;
  operations = Object.entries(paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => {
      const name = `${method.toUpperCase()} ${path}`;
      return { name, method: method.toUpperCase(), path: real(path), needs: needOf(method, path) };
    }),
  );
});
afterAll(async () => {
  await service.stop();
  provider.stop();
});

async function grantAll(): Promise<void> {
  for (const [action, key] of keys) grant(`key ${action}`, key, [action]);
  const scope = (action: Action): string => `openid heksher:${action}`;
  for (const action of ['read', 'admin'] as const) {
    grant(`jwt ${action}`, (await provider.login('ann', 'console', { scope: scope(action) })).accessToken, [action]);
  }
  const opaque = await provider.login('ann', 'opaque-console', { scope: scope('declare') });
  grant('opaque declare', opaque.accessToken, ['declare']);
  provider.claims.set('tenant', { tenant: 'jim' });
  const tenant = await provider.login('tenant', 'console', { scope: scope('admin') });
  grant('jwt of a tenant', tenant.accessToken, ['evaluate']);
  for (const [name, grants] of [
    ['reader', ['read']],
    ['writer', ['write']],
    ['nobody', []],
  ] as const) {
    const body = { kind: 'role', issuer: provider.url, name, grants };
    await expectStatus(201, call('POST', '/api/v1/principals', { body }));
    provider.claims.set(name, { roles: [name] });
  }
  const limited = await provider.login('reader', 'opaque-console', { scope: scope('admin') });
  grant('opaque of a role, with more scopes', limited.accessToken, ['read']);
  const narrow = await provider.login('writer', 'console', { scope: scope('declare') });
  grant('jwt of a role, with fewer scopes', narrow.accessToken, ['declare']);
  grant(
    'jwt of a role without grants',
    (await provider.login('nobody', 'console', { scope: scope('admin') })).accessToken,
    [],
  );
  grant(
    'jwt without scopes of ours',
    (await provider.login('ann', 'console', { scope: 'openid other:thing' })).accessToken,
    [],
  );
  const store = { kind: 'subject', issuer: 'gateway', name: 'stored', grants: ['propose'] };
  await expectStatus(201, call('POST', '/api/v1/principals', { body: store }));
  for (const [subject, scopes, actions] of [
    ['ann', 'heksher:write', ['write']],
    ['stored', '', ['propose']],
    ['stored', 'heksher:admin', ['propose']],
    ['stored', 'heksher:evaluate', ['evaluate']],
    ['nobody', '', []],
  ] as const) {
    const headers = [`X-Consumer-Username: ${subject}`, `X-Consumer-Scopes: ${scopes}`];
    granted.push([`${subject} of the gateway, with the scopes "${scopes}"`, headers, actions]);
  }
}

async function create(body: object): Promise<Readonly<{ id: string; key: string }>> {
  const given = { subject: 'tester', ...body };
  return (await expectStatus(201, call('POST', '/api/v1/keys', { body: given }))).body as { id: string; key: string };
}

function real(path: string): string {
  const id = path.includes('/rollouts/') ? ids.rollout : ids.rule;
  const feature = path.includes('/context_features/') ? 'spare' : 'cache_size';
  return path
    .replace('{id}', String(id))
    .replace('{name}', feature)
    .replace('{key}', 'cache_size')
    .replace('{unit}', 'x');
}

/** What the documents say of each operation, by its kind. */
function needOf(method: string, path: string): Action | undefined {
  if (path.startsWith('/api/health') || path.startsWith('/.well-known/') || path === WHOAMI) return undefined;
  if (/^\/api\/v1\/(keys|principals|webhooks)/.test(path)) return 'admin';
  if (path.startsWith('/ofrep/') || path === '/api/v1/evaluate') return 'evaluate';
  if (path === '/api/v1/settings/declare') return 'declare';
  if (/\/changesets\/[^/]+\/(approve|reject)$/.test(path)) return 'approve';
  if (path.endsWith('/apply')) return 'write';
  if (path.endsWith('/revert') || (path.startsWith('/api/v1/changesets') && method !== 'get')) return 'propose';
  return method === 'get' ? 'read' : 'write';
}

/** Which actions include which, as the documents have it. */
const ENOUGH: Readonly<Record<Action, readonly Action[]>> = {
  evaluate: ['evaluate', 'read', 'propose', 'approve', 'write', 'admin'],
  read: ['read', 'propose', 'approve', 'write', 'admin'],
  declare: ['declare', 'write', 'admin'],
  propose: ['propose', 'write', 'admin'],
  approve: ['approve', 'admin'],
  write: ['write', 'admin'],
  admin: ['admin'],
};

/** A set of declarations needs no more than these do. */
function isEnough({ name, needs }: Operation, actions: readonly Action[]): boolean {
  if (needs === undefined) return true;
  const enough = name === 'POST /api/v1/changesets' ? [...ENOUGH[needs], 'declare'] : ENOUGH[needs];
  return actions.some((action) => enough.includes(action));
}

/** The answer by both ways, which must be one; a body that no operation takes, so that nothing is changed where it is allowed. */
async function both({ method, path }: Operation, headers: readonly string[]): Promise<RawAnswer> {
  const body = method === 'GET' || method === 'HEAD' || method === 'OPTIONS' ? undefined : '{"odd":';
  const fast = await ask(service.url, { method, target: path, headers, ...(body !== undefined && { body }) });
  const way = body === undefined ? EXPRESS_WAY : EXPRESS_WAY_OF_BODIES;
  const slow = await ask(service.url, { method, target: path, headers, ...(body !== undefined && { body }) }, way);
  expect(comparable(fast)).toEqual(comparable(slow));
  return fast;
}

const statusOf = ({ statusLine }: RawAnswer): number => Number(statusLine.split(' ')[1]);
const headerOf = ({ headers }: RawAnswer, name: string): string | undefined =>
  headers.find(([given]) => given.toLowerCase() === name)?.[1];

test('every operation of the document has a row in the table of what operations require, and no other has one', () => {
  const documented = operations.map(({ name }) => name);
  expect(documented.toSorted()).toEqual(Object.keys(OPERATIONS).toSorted());
  for (const name of [
    'GET /api/v1/whoami',
    'GET /api/v1/propagation',
    'POST /api/v1/webhooks',
    'PUT /api/v1/principals/{id}',
  ])
    expect(documented).toContain(name);
});

test('each operation is allowed by the grants that include what it needs, and refused to all others, by both ways', async () => {
  expect(operations.length).toBeGreaterThan(50);
  const before = await contents(service.database);
  const wrong: unknown[] = [];
  for (const operation of operations.filter(({ method }) => method !== 'DELETE')) {
    const asking = granted.map(async ([what, headers, actions]) => {
      const answer = await both(operation, headers);
      const isAllowed = isEnough(operation, actions);
      const status = statusOf(answer);
      const isRefused = status === 403;
      if (isAllowed === isRefused || status === 401 || status >= 500) wrong.push([operation.name, what, status]);
      if (!isAllowed) expect(headerOf(answer, 'www-authenticate')).toContain(`scope="heksher:${operation.needs}"`);
    });
    await Promise.all(asking);
  }
  expect(wrong).toEqual([]);
  expect(await contents(service.database)).toEqual(before);
}, 240_000);

test('each deletion is refused to all whose grants do not include it, and changes nothing', async () => {
  const before = await contents(service.database);
  const deletions = operations.filter(({ method }) => method === 'DELETE');
  expect(deletions.length).toBeGreaterThan(8);
  for (const operation of deletions) {
    for (const [what, headers, actions] of granted) {
      if (isEnough(operation, actions)) continue;
      const given = headers.map((header) => header.replace('Authorization: Bearer hk_', 'X-API-Key: hk_'));
      const status = statusOf(await both(operation, given));
      expect([operation.name, what, status]).toEqual([operation.name, what, 403]);
    }
  }
  expect(await contents(service.database)).toEqual(before);
}, 120_000);

test('a public key evaluates and is told whose it is, by both ways, and is refused all other operations', async () => {
  const origin = 'https://app.example.com';
  const { key } = await create({ kind: 'public', grants: ['evaluate:cache_size'], origins: [origin], rate: '9999/s' });
  const headers = [`Authorization: Bearer ${key}`, `Origin: ${origin}`];
  const before = await contents(service.database);
  for (const operation of operations) {
    const fast = await ask(service.url, { method: operation.method, target: operation.path, headers, body: '{"odd":' });
    const slow = await ask(
      service.url,
      { method: operation.method, target: operation.path, headers, body: '{"odd":' },
      EXPRESS_WAY_OF_BODIES,
    );
    const isAllowed = operation.needs === 'evaluate' || operation.needs === undefined;
    const [status, other] = [statusOf(fast), statusOf(slow)];
    expect([operation.name, status === 403, other]).toEqual([operation.name, !isAllowed, status]);
    expect([operation.name, status < 500 && status !== 401]).toEqual([operation.name, true]);
  }
  expect(await contents(service.database)).toEqual(before);
}, 120_000);

test("the console's pages are the same for everybody, whatever credentials come with them", async () => {
  const asking = [[], ['Authorization: Bearer nothing'], ...granted.map(([, headers]) => headers)];
  for (const path of [
    '/console',
    '/console/',
    '/console/settings/cache_size',
    '/console/config.json',
    '/console/assets/none.js',
  ])
    for (const method of ['GET', 'HEAD', 'POST', 'DELETE']) {
      const answers: string[] = [];
      for (const headers of asking) {
        const { statusLine, body } = await ask(service.url, { method, target: path, headers });
        answers.push(JSON.stringify([statusLine, method === 'GET' && !statusLine.includes(' 404 ') && body]));
      }
      expect([method, path, new Set(answers).size]).toEqual([method, path, 1]);
      expect(answers[0]).toMatch(method === 'GET' || method === 'HEAD' ? / (200|404) / : / (404|405) /);
    }
});

test('nobody gets anywhere without credentials, or with bad ones, but to health and the documents', async () => {
  const { id, key: revoked } = await create({ grants: ['admin'] });
  await expectStatus(204, call('DELETE', `/api/v1/keys/${id}`));
  const soon = new Date(Date.now() + 150).toISOString();
  const { key: expired } = await create({ grants: ['admin'], expires_at: soon });
  await new Promise((resolve) => setTimeout(resolve, 200));
  const admin = keys.get('admin') ?? '';
  const { idToken } = await provider.login('ann');
  const gone = await provider.ofMachine('opaque-machine', { scope: 'heksher:admin' });
  await provider.revoke(gone, 'opaque-machine');
  const elsewhere = { scope: 'heksher:admin', resource: OTHER_AUDIENCE };
  const tampered = admin.slice(0, -1) + (admin.endsWith('a') ? 'b' : 'a');
  const credentials: readonly (readonly [status: number, headers: readonly string[]])[] = [
    [401, []],
    [401, ['Authorization: Basic YWRtaW46YWRtaW4=']],
    [401, [`Authorization: Bearer ${revoked}`]],
    [401, [`Authorization: Bearer ${expired}`]],
    [401, [`Authorization: Bearer ${makeKey().text}`]],
    [401, [`Authorization: Bearer ${tampered}`]],
    [401, ['Authorization: Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.']],
    [401, ['X-API-Key: admin']],
    [401, [`Authorization: Bearer ${idToken}`]],
    [401, [`Authorization: Bearer ${gone}`]],
    [401, [`Authorization: Bearer ${await provider.ofMachine('machine', elsewhere)}`]],
    [401, [`Authorization: Bearer ${await provider.ofMachine('opaque-machine', elsewhere)}`]],
    [401, [`X-API-Key: ${await provider.ofMachine('machine', { scope: 'heksher:admin' })}`]],
    [400, ['Authorization: Bearer']],
    [400, [`Authorization: Bearer ${admin} ${admin}`]],
    [400, [`Authorization: Bearer ${admin}`, `X-API-Key: ${admin}`]],
    [400, [`Authorization: Bearer ${admin}`, `Authorization: Bearer ${tampered}`]],
    [400, [`Authorization: Bearer ${tampered}`, `Authorization: Bearer ${admin}`]],
  ];
  const more = ['HEAD', 'OPTIONS', 'TRACE'].map((method) => ({
    name: method,
    method,
    path: '/api/v1/query',
    needs: 'read' as const,
  }));
  const odd = [
    '/api/v1/nothing',
    '/nothing',
    '/api/v1/Query',
    '/API/v1/query',
    '/api/v1//query',
    `/api/v1/query?access_token=${admin}`,
  ];
  const unknown = odd.map((path) => ({ name: path, method: 'GET', path, needs: 'read' as const }));
  for (const operation of [...operations, ...more, ...unknown]) {
    for (const [status, headers] of credentials) {
      const answer = await both(operation, headers);
      if (operation.needs === undefined && operation.path !== WHOAMI) expect([200, 404]).toContain(statusOf(answer));
      else {
        expect([operation.name, headers, statusOf(answer)]).toEqual([operation.name, headers, status]);
        expect(headerOf(answer, 'www-authenticate')).toMatch(/^Bearer realm="heksher"/);
        expect(answer.body).not.toContain(admin.slice(10));
      }
    }
  }
  expect((await service.call('GET', '/docs')).status).toBe(200);
}, 240_000);
