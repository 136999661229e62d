import { makeKey } from '../../apps/heksher/src/modules/access/api-key.js';
import { contents } from '../support/database/contents.js';
import { TestProvider } from '../support/access/provider.js';
import {
  addFeatures,
  type Answer,
  declare,
  expectStatus,
  startTestService,
  type TestService,
} from '../support/service/service.js';

const ADMIN = makeKey().text;
const PATH = '/api/v1/principals';

let provider: TestProvider;
let service: TestService;
let replica: TestService;
let strict: TestService;
beforeAll(async () => {
  provider = await TestProvider.start();
  const env = { ...provider.env, HEKSHER_ADMIN_KEY: ADMIN, HEKSHER_OAUTH_ROLE_CLAIM: 'realm_access.roles' };
  service = await startTestService(env);
  replica = await startTestService(env, service.database);
  strict = await startTestService({ ...env, HEKSHER_OAUTH_GRANTS: 'stored' }, service.database);
  const call: TestService['call'] = (method, path, options) => asAdmin(method, path, options?.body);
  await addFeatures(call, 'account', 'user', 'theme');
  for (const name of ['billing.rate', 'ui.color']) await declare(call, { name });
});
afterEach(async () => {
  const { principals } = (await asAdmin('GET', PATH)).body as { principals: { id: string }[] };
  for (const { id } of principals) await expectStatus(204, asAdmin('DELETE', `${PATH}/${id}`));
});
afterAll(async () => {
  for (const one of [strict, replica, service]) await one.stop();
  provider.stop();
});

const asAdmin = (
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> => service.call(method, path, { body, headers: { Authorization: `Bearer ${ADMIN}`, ...headers } });

const query = (token: string, at: TestService = service): Promise<Answer> =>
  at.call('GET', '/api/v1/query', { headers: { Authorization: `Bearer ${token}`, Accept: 'application/json' } });

/** The settings that whoever has this token may read; or the status. */
async function seen(token: string, at: TestService = service): Promise<readonly string[] | number> {
  const { status, body } = await query(token, at);
  return status === 200 ? Object.keys((body as { settings: object }).settings) : status;
}

type Stored = Readonly<{ id: string }>;

async function store(kind: string, name: string, grants: readonly string[], more: object = {}): Promise<string> {
  const body = { kind, issuer: provider.url, name, grants, ...more };
  return ((await expectStatus(201, asAdmin('POST', PATH, body))).body as Stored).id;
}

const BOTH = ['billing.rate', 'ui.color'];

describe('the resource', () => {
  test('is stored, shown, listed, replaced but for its name, and deleted', async () => {
    const body = {
      kind: 'role',
      issuer: provider.url,
      name: 'team',
      grants: ['read', 'read', 'write:billing.*'],
      note: 'x',
    };
    const made = await expectStatus(201, asAdmin('POST', PATH, body));
    const { id } = made.body as Stored;
    expect(made.headers.get('location')).toBe(`${PATH}/${id}`);
    const time = expect.stringMatching(/^\d{4}-.*Z$/) as unknown;
    const shown = { ...body, id, grants: ['read', 'write:billing.*'], pinned: {}, created_at: time, updated_at: time };
    expect(made.body).toEqual(shown);
    expect((await asAdmin('GET', `${PATH}/${id}`)).body).toEqual(made.body);
    expect((await asAdmin('GET', PATH)).body).toEqual({ principals: [made.body] });
    const replaced = await expectStatus(200, asAdmin('PUT', `${PATH}/${id}`, { grants: [] }));
    expect(replaced.body).toEqual({ ...shown, grants: [], note: '' });
    expect((await asAdmin('GET', `${PATH}/${id}`)).body).toEqual(replaced.body);
    await expectStatus(204, asAdmin('DELETE', `${PATH}/${id}`));
    for (const method of ['GET', 'DELETE']) await expectStatus(404, asAdmin(method, `${PATH}/${id}`));
    await expectStatus(404, asAdmin('PUT', `${PATH}/${id}`, { grants: [] }));
    expect((await asAdmin('GET', PATH)).body).toEqual({ principals: [] });
    const log = await service.database.sql(
      `select op, actor from heksher_changes where "table" = 'heksher_principals' and op <> 'statement' order by id desc limit 3`,
    );
    expect(log).toEqual(['delete', 'update', 'insert'].map((op) => ({ op, actor: 'admin' })));
  });

  test('is not found by a text that no id can be', async () => {
    for (const id of ['nobody', '%00', 'a%00b']) {
      for (const method of ['GET', 'DELETE']) await expectStatus(404, asAdmin(method, `${PATH}/${id}`));
      await expectStatus(404, asAdmin('PUT', `${PATH}/${id}`, { grants: [] }));
    }
  });

  test('is written on conditions, by its tag', async () => {
    const id = await store('role', 'team', ['read']);
    const { headers } = await asAdmin('GET', `${PATH}/${id}`);
    const etag = headers.get('etag') ?? '';
    const late = { 'If-Match': '"of-another-time"' };
    await expectStatus(412, asAdmin('PUT', `${PATH}/${id}`, { grants: [] }, late));
    await expectStatus(412, asAdmin('DELETE', `${PATH}/${id}`, undefined, late));
    await expectStatus(200, asAdmin('PUT', `${PATH}/${id}`, { grants: ['write'] }, { 'If-Match': etag }));
  });

  test('of the same kind, issuer and name is there once: a 409 names it', async () => {
    const id = await store('role', 'team', ['read']);
    const before = await contents(service.database);
    const body = { kind: 'role', issuer: provider.url, name: 'team', grants: ['admin'] };
    const refused = await expectStatus(409, asAdmin('POST', PATH, body, { Accept: 'application/problem+json' }));
    expect(refused.body).toMatchObject({ errors: [{ code: 'already_exists', principal_id: id }] });
    expect(await contents(service.database)).toEqual(before);
    await store('client', 'team', ['read']);
    await expectStatus(201, asAdmin('POST', PATH, { ...body, issuer: 'https://elsewhere.example.com' }));
  });

  test('that is malformed is a 422 that names each part, and changes nothing', async () => {
    const id = await store('role', 'team', ['read']);
    const before = await contents(service.database);
    const odd = {
      kind: 'robot',
      issuer: '',
      name: 'a\nb',
      grants: ['fly', 5],
      pinned: { 'a b': 'x' },
      note: 5,
      more: 1,
    };
    const { body } = await expectStatus(422, asAdmin('POST', PATH, odd));
    const pointers = (body as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer).sort();
    expect(pointers).toEqual(['/grants/0', '/grants/1', '/issuer', '/kind', '/more', '/name', '/note', '/pinned/a b']);
    const sound = { kind: 'role', issuer: provider.url, name: 'x', grants: ['evaluate'] };
    for (const more of [
      { pinned: { account: 'jim' } },
      { kind: 'subject', grants: ['read'], pinned: { account: 'jim' } },
      { grants: undefined },
    ])
      await expectStatus(422, asAdmin('POST', PATH, { ...sound, ...more }));
    await expectStatus(422, asAdmin('PUT', `${PATH}/${id}`, { grants: ['evaluate'], pinned: { account: 'jim' } }));
    await expectStatus(422, asAdmin('PUT', `${PATH}/${id}`, { grants: ['read'], name: 'other' }));
    await expectStatus(422, asAdmin('GET', `${PATH}?limit=5`));
    const subject = { ...sound, kind: 'subject' };
    for (const issuer of [
      'Gateway',
      'certificates',
      'gateway ',
      ' https://a.example.com',
      'a.example.com',
      'http://a.example.com',
    ]) {
      const refused = await expectStatus(422, asAdmin('POST', PATH, { ...subject, issuer }));
      expect(refused.body).toMatchObject({
        errors: [
          { pointer: '/issuer', message: expect.stringMatching(/gateway, certificate, or .*given/s) as unknown },
        ],
      });
    }
    for (const name of [' ana', 'ana ', '\u00a0ana', ' ']) {
      const refused = await expectStatus(422, asAdmin('POST', PATH, { ...subject, name }));
      expect(refused.body).toMatchObject({
        errors: [{ pointer: '/name', message: expect.stringContaining('without spaces') as unknown }],
      });
      await expectStatus(422, asAdmin('POST', '/api/v1/keys', { subject: name, grants: ['read'] }));
    }
    expect(await contents(service.database)).toEqual(before);
  });

  test('is not written where access is not controlled, so that nobody can leave one for later', async () => {
    const id = await store('role', 'team', ['read']);
    const open = await startTestService({}, service.database);
    const body = { kind: 'role', issuer: provider.url, name: 'x', grants: ['admin'] };
    await expectStatus(400, open.call('POST', PATH, { body }));
    await expectStatus(400, open.call('PUT', `${PATH}/${id}`, { body: { grants: ['admin'] } }));
    await expectStatus(400, open.call('DELETE', `${PATH}/${id}`));
    expect((await open.call('GET', `${PATH}/${id}`)).body).toMatchObject({ grants: ['read'] });
    await open.stop();
  });
});

describe('what a token may do', () => {
  test.each(['machine', 'opaque-machine'] as const)(
    'is what is stored of it and what its scopes say, for a %s, on every replica from the next request on',
    async (client) => {
      const [all, narrow] = [
        await provider.ofMachine(client),
        await provider.ofMachine(client, { scope: 'heksher:read:billing.*' }),
      ];
      const others = await provider.ofMachine('console');
      expect([await seen(all), await seen(narrow), await seen(all, strict)]).toEqual([BOTH, ['billing.rate'], 403]);
      const id = await store('client', client, ['read:ui.*']);
      for (const at of [replica, strict, service]) {
        expect([await seen(all, at), await seen(narrow, at)]).toEqual([['ui.color'], 403]);
      }
      expect([await seen(others), await seen(others, strict)]).toEqual([BOTH, 403]);
      await expectStatus(200, asAdmin('PUT', `${PATH}/${id}`, { grants: ['admin'] }));
      for (const at of [strict, replica, service]) {
        expect([await seen(all, at), await seen(narrow, at)]).toEqual([BOTH, ['billing.rate']]);
        const headers = { Authorization: `Bearer ${all}` };
        expect((await at.call('GET', PATH, { headers })).status).toBe(403);
      }
      await expectStatus(200, asAdmin('PUT', `${PATH}/${id}`, { grants: [] }));
      for (const at of [replica, strict, service]) expect(await seen(all, at)).toBe(403);
      await expectStatus(204, asAdmin('DELETE', `${PATH}/${id}`));
      for (const at of [replica, service]) expect(await seen(all, at)).toEqual(BOTH);
      expect(await seen(all, strict)).toBe(403);
    },
  );

  test('is what is stored alone where it has no scope of ours', async () => {
    const token = await provider.ofMachine('machine', { scope: 'other:thing' });
    expect(await seen(token)).toBe(403);
    await store('client', 'machine', ['read:ui.*']);
    expect([await seen(token), await seen(token, strict)]).toEqual([['ui.color'], ['ui.color']]);
  });

  test('is that of its roles together, unless its subject is stored; a client says nothing about its users', async () => {
    provider.claims.set('ann', { realm_access: { roles: ['billing', 'nobody', 'ui'] } });
    provider.claims.set('bob', { realm_access: { roles: 'ui' } });
    provider.claims.set('eve', { realm_access: { roles: [{ name: 'ui' }, 5] }, roles: ['ui'] });
    const [ann, bob, eve] = await Promise.all(
      ['ann', 'bob', 'eve'].map(async (who) => (await provider.login(who)).accessToken),
    );
    await store('role', 'billing', ['read:billing.*']);
    await store('role', 'ui', ['read:ui.*', 'write:ui.*']);
    await store('client', 'console', ['admin']);
    for (const at of [service, strict]) {
      expect([await seen(ann ?? '', at), await seen(bob ?? '', at)]).toEqual([BOTH, ['ui.color']]);
    }
    expect([await seen(eve ?? ''), await seen(eve ?? '', strict)]).toEqual([BOTH, 403]);
    await store('subject', 'ann', ['read:billing.*']);
    expect(await seen(ann ?? '', replica)).toEqual(['billing.rate']);
    provider.claims.clear();
  });

  test('of another issuer says nothing', async () => {
    await store('client', 'machine', ['read'], { issuer: 'https://elsewhere.example.com' });
    expect(await seen(await provider.ofMachine('machine'), strict)).toBe(403);
  });

  test('lets it write what it is granted, and nothing else', async () => {
    const token = await provider.ofMachine('machine', { scope: 'heksher:admin' });
    await store('client', 'machine', ['write:ui.*']);
    const headers = { Authorization: `Bearer ${token}` };
    const rule = { feature_values: { user: 'x' }, value: 1 };
    await expectStatus(201, replica.call('POST', '/api/v1/rules', { body: { ...rule, setting: 'ui.color' }, headers }));
    const before = await contents(service.database);
    for (const [path, body] of [
      ['/api/v1/rules', { ...rule, setting: 'billing.rate' }],
      [PATH, { kind: 'client', issuer: provider.url, name: 'machine', grants: ['admin'] }],
      ['/api/v1/context_features', { context_feature: 'more' }],
    ] as const)
      await expectStatus(403, replica.call('POST', path, { body, headers }));
    expect(await contents(service.database)).toEqual(before);
  });
});
