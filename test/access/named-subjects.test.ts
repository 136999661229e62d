import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeKey } from '../../apps/heksher/src/modules/access/api-key.js';
import { openStream } from '../support/feed/event-reader.js';
import { Certificates, noOpenssl } from '../support/http/certificates.js';
import { describeUnless } from '../support/rollouts/redis.js';
import { type Answer, addFeatures, addRule, type Call, declare } from '../support/service/service.js';
import { expectStatus, startTestService, type TestService } from '../support/service/service.js';

const ADMIN = makeKey().text;
const QUERY = '/api/v1/query';
const ENV = {
  HEKSHER_AUTH: 'on',
  HEKSHER_ADMIN_KEY: ADMIN,
  HEKSHER_TRUSTED_GATEWAYS: '127.0.0.1',
  HEKSHER_GATEWAY_SUBJECT_HEADER: 'X-User',
  HEKSHER_GATEWAY_GRANTS: 'read',
  HEKSHER_GATEWAY_CLIENT_CERT: 'true',
  HEKSHER_TLS_CLIENT_GRANTS: 'read',
};

/** Two replicas of one database. */
let one: TestService;
let other: TestService;
let asAdmin: Call;

beforeAll(async () => {
  one = await startTestService(ENV);
  other = await startTestService(ENV, one.database);
  asAdmin = (method, path, options) => one.call(method, path, { ...options, headers: { 'X-API-Key': ADMIN } });
  await addFeatures(asAdmin, 'account', 'user', 'theme');
  await declare(asAdmin);
  await addRule(asAdmin, 'cache_size', { account: 'jim' }, 7);
});
afterAll(async () => {
  await other.stop();
  await one.stop();
});
afterEach(() => one.database.sql('delete from heksher_principals'));

async function store(body: object): Promise<string> {
  const answer = await expectStatus(201, asAdmin('POST', '/api/v1/principals', { body: { kind: 'subject', ...body } }));
  return (answer.body as { id: string }).id;
}

const named = (subject: string) => ({ headers: { 'X-User': subject } });
const add = (service: TestService, name: string, subject: string): Promise<Answer> =>
  service.call('POST', '/api/v1/context_features', { ...named(subject), body: { context_feature: name } });

test('a stream of whom a gateway names ends when nothing is granted any more, and tells nothing of what comes then', async () => {
  const stream = await openStream(`${one.url}/api/v1/changes`, named('fay').headers);
  await store({ issuer: 'gateway', name: 'fay', grants: [] });
  await expectStatus(204, asAdmin('POST', '/api/v1/context_features', { body: { context_feature: 'hidden' } }));
  expect(await stream.ended).toBe('end');
  expect(JSON.stringify(stream.changes())).not.toContain('hidden');
  await expectStatus(403, one.call('GET', '/api/v1/changes', named('fay')));
});

test('what is stored of whom a gateway names counts in place of what everybody is granted whom it names', async () => {
  await expectStatus(403, add(one, 'refused', 'ana'));
  await store({ issuer: 'gateway', name: 'ana', grants: ['write'] });
  // Also on a replica that has not heard of it: what it refuses it looks at again.
  await expectStatus(204, add(other, 'by_ana', 'ana'));
  await expectStatus(403, add(other, 'refused', 'ben'));
  await expectStatus(200, other.call('GET', QUERY, named('ben')));
  const [last] = await one.database.sql(
    `select c.actor from heksher_changes c where c."table" = 'context_features' order by c.id desc limit 1`,
  );
  expect(last).toEqual({ actor: 'ana' });
});

test('whoever is shut out is refused by the next request on every replica, and is back when nothing is stored', async () => {
  const id = await store({ issuer: 'gateway', name: 'ana', grants: ['read'] });
  const ask = (service: TestService): Promise<number> =>
    service.call('GET', QUERY, named('ana')).then(({ status }) => status);
  expect([await ask(one), await ask(other)]).toEqual([200, 200]);
  await expectStatus(200, asAdmin('PUT', `/api/v1/principals/${id}`, { body: { grants: [] } }));
  const after = await Promise.all(Array.from({ length: 200 }, (_, index) => ask(index % 2 === 0 ? one : other)));
  expect(new Set(after)).toEqual(new Set([403]));
  await expectStatus(204, asAdmin('DELETE', `/api/v1/principals/${id}`));
  expect([await ask(other), await ask(one)]).toEqual([200, 200]);
});

test('what is stored of them may pin context features, which they cannot be talked out of', async () => {
  await store({ issuer: 'gateway', name: 'jim', grants: ['evaluate'], pinned: { account: 'jim' } });
  const body = { context: { account: 'ben' }, settings: ['cache_size'] };
  const answer = await expectStatus(200, other.call('POST', '/api/v1/evaluate', { ...named('jim'), body }));
  expect(answer.body).toMatchObject({ settings: { cache_size: { value: 7 } } });
  await expectStatus(403, other.call('GET', QUERY, named('jim')));
});

test('of a gateway or of certificates subjects alone are stored, and an issuer of tokens is another', async () => {
  for (const issuer of ['gateway', 'certificate'])
    for (const kind of ['client', 'role']) {
      const body = { kind, issuer, name: 'ana', grants: ['read'] };
      const refused = await expectStatus(422, asAdmin('POST', '/api/v1/principals', { body }));
      expect(refused.body).toMatchObject({ errors: [{ field: 'kind', code: 'exclusive' }] });
    }
  await store({ issuer: 'certificate', name: 'ana', grants: ['write'] });
  await store({ issuer: 'https://gateway', name: 'ana', grants: ['write'] });
  await expectStatus(403, add(one, 'refused', 'ana'));
});

describeUnless(noOpenssl)('with a certificate', () => {
  let folder: string;
  let header: Readonly<Record<string, string>>;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'heksher-named-'));
    const made = new Certificates(folder);
    const { cert } = await made.signed(await made.authority('authority'), 'billing', 'DNS:billing.example.org');
    header = { 'Client-Cert': `:${new X509Certificate(cert).raw.toString('base64')}:` };
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('what is stored of its subject counts, from the next request on, on every replica', async () => {
    const ask = (): Promise<readonly number[]> =>
      Promise.all(
        Array.from({ length: 20 }, async (_, index) => {
          const service = index % 2 === 0 ? one : other;
          return (await service.call('GET', QUERY, { headers: header })).status;
        }),
      );
    expect(new Set(await ask())).toEqual(new Set([200]));
    const id = await store({ issuer: 'certificate', name: 'billing.example.org', grants: [] });
    expect(new Set(await ask())).toEqual(new Set([403]));
    await expectStatus(200, asAdmin('PUT', `/api/v1/principals/${id}`, { body: { grants: ['write'] } }));
    const body = { context_feature: 'by_certificate' };
    await expectStatus(204, other.call('POST', '/api/v1/context_features', { headers: header, body }));
  });
});
