import { ACTIONS } from '../../apps/heksher/src/access/grants.js';
import { makeKey } from '../../apps/heksher/src/modules/access/api-key.js';
import { type Call, expectStatus, startTestService, type TestService } from '../support/service/service.js';

const ADMIN = makeKey().text;
const ORIGIN = 'https://app.example.com';
const by = (key: string) => ({ Authorization: `Bearer ${key}` });
const grants = (patterns: readonly string[], actions: readonly string[]) =>
  Object.fromEntries(ACTIONS.map((action) => [action, actions.includes(action) ? patterns : []]));

async function using(env: Readonly<Record<string, string>>, test: (service: TestService) => Promise<void>) {
  const service = await startTestService(env);
  try {
    await test(service);
  } finally {
    await service.stop();
  }
}

async function makeGranted(call: Call, of: readonly string[], more: object = {}): Promise<{ id: string; key: string }> {
  const body = { subject: 'ana', kind: 'user', grants: of, ...more };
  return (await expectStatus(201, call('POST', '/api/v1/keys', { headers: by(ADMIN), body }))).body as never;
}

test('whoever is known is told who that is and what is granted, with what the grants include', () =>
  using({ HEKSHER_AUTH: 'on', HEKSHER_ADMIN_KEY: ADMIN }, async ({ call }) => {
    const expires_at = '2099-01-01T00:00:00.000Z';
    const { id, key } = await makeGranted(call, ['propose:billing.*', 'approve:billing.*'], { expires_at });
    const { body } = await expectStatus(200, call('GET', '/api/v1/whoami', { headers: by(key) }));
    expect(body).toEqual({
      subject: 'ana',
      kind: 'user',
      proof: 'key',
      is_controlled: true,
      grants: grants(['billing.*'], ['evaluate', 'read', 'propose', 'approve']),
      expires_at,
    });
    await expectStatus(401, call('GET', '/api/v1/whoami'));
    await expectStatus(422, call('GET', '/api/v1/whoami?who=ben', { headers: by(key) }));
    await expectStatus(204, call('DELETE', `/api/v1/keys/${id}`, { headers: by(ADMIN) }));
    await expectStatus(401, call('GET', '/api/v1/whoami', { headers: by(key) }));
    const page = { kind: 'public', origins: [ORIGIN] };
    const { key: shown } = await makeGranted(call, ['evaluate:ui.*'], page);
    const own = await expectStatus(200, call('GET', '/api/v1/whoami', { headers: { ...by(shown), Origin: ORIGIN } }));
    expect(own.body).toEqual({
      ...{ subject: 'ana', kind: 'public', proof: 'key', is_controlled: true, expires_at: null },
      grants: grants(['ui.*'], ['evaluate']),
    });
    expect(own.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    for (const headers of [by(shown), { ...by(shown), Origin: 'https://evil.test' }])
      await expectStatus(403, call('GET', '/api/v1/whoami', { headers }));
  }));

test('where everybody may read, nobody in particular may read', () =>
  using({ HEKSHER_AUTH: 'on', HEKSHER_AUTH_PUBLIC: 'read,docs' }, async ({ call }) => {
    const { body } = await expectStatus(200, call('GET', '/api/v1/whoami'));
    expect(body).toMatchObject({ kind: 'anyone', proof: 'none', grants: grants(['*'], ['evaluate', 'read']) });
  }));

test('where access is not controlled everything is granted, in the name that a gateway gives', () =>
  using(
    { HEKSHER_TRUSTED_GATEWAYS: '127.0.0.0/8,::1/128', HEKSHER_GATEWAY_SUBJECT_HEADER: 'X-Forwarded-User' },
    async ({ call }) => {
      const nobody = await expectStatus(200, call('GET', '/api/v1/whoami'));
      expect(nobody.body).toMatchObject({ subject: null, is_controlled: false, grants: grants(['*'], ACTIONS) });
      const named = await expectStatus(200, call('GET', '/api/v1/whoami', { headers: { 'X-Forwarded-User': 'ana' } }));
      expect(named.body).toMatchObject({ subject: 'ana', kind: 'anyone', proof: 'none' });
    },
  ));
