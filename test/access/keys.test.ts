import { Agent, request } from 'node:http';
import { makeKey } from '../../apps/heksher/src/modules/access/api-key.js';
import { createDatabase } from '../support/database/database.js';
import { spawnService } from '../support/service/process.js';
import {
  addFeatures,
  type Answer,
  declare,
  expectStatus,
  startTestService,
  type TestService,
} from '../support/service/service.js';

const ADMIN = makeKey().text;
const ENV = {
  HEKSHER_AUTH: 'on',
  HEKSHER_ADMIN_KEY: ADMIN,
  // A busy machine is no outage, in which keys hold that were revoked.
  HEKSHER_READ_TIMEOUT_MS: '60000',
};

let service: TestService;
beforeAll(async () => {
  service = await startTestService(ENV);
});
afterAll(() => service.stop());

const by = (key: string) => ({ Authorization: `Bearer ${key}`, Accept: 'application/json' });
const asAdmin = (method: string, path: string, body?: unknown): Promise<Answer> =>
  service.call(method, path, { body, headers: by(ADMIN) });

async function create(body: object): Promise<Readonly<{ id: string; key: string }>> {
  const answer = await expectStatus(201, asAdmin('POST', '/api/v1/keys', body));
  return answer.body as { id: string; key: string };
}

test('a key is shown once, taken from either header, and refused by the next request after it was revoked', async () => {
  const { id, key } = await create({ subject: 'reader', grants: ['read'] });
  expect((await service.call('GET', '/api/v1/query', { headers: by(key) })).status).toBe(200);
  expect((await service.call('GET', '/api/v1/query', { headers: { 'X-API-Key': key } })).status).toBe(200);
  const shown = await asAdmin('GET', `/api/v1/keys/${id}`);
  expect(shown.text).not.toContain(key);
  expect(shown.body).toMatchObject({ id, subject: 'reader', kind: 'machine', grants: ['read'], revoked_at: null });
  expect((await asAdmin('GET', '/api/v1/keys')).body).toEqual({
    keys: expect.arrayContaining([shown.body]) as unknown,
  });
  await expectStatus(204, asAdmin('DELETE', `/api/v1/keys/${id}`));
  const refused = await service.call('GET', '/api/v1/query', { headers: by(key) });
  expect(refused.status).toBe(401);
  expect(refused.headers.get('www-authenticate')).toBe(
    'Bearer realm="heksher", error="invalid_token", error_description="the key is not known, or was revoked"',
  );
  const { revoked_at } = (await asAdmin('GET', `/api/v1/keys/${id}`)).body as { revoked_at: string };
  await expectStatus(204, asAdmin('DELETE', `/api/v1/keys/${id}`));
  expect((await asAdmin('GET', `/api/v1/keys/${id}`)).body).toMatchObject({ revoked_at });
});

test('an unknown key is a 404, and a malformed body a 422 that names each part', async () => {
  for (const id of ['nobody', '%00', '%F0%9F%98%80'])
    for (const method of ['GET', 'DELETE'])
      expect([id, (await asAdmin(method, `/api/v1/keys/${id}`)).status]).toEqual([id, 404]);
  const odd = {
    subject: '',
    kind: 'robot',
    grants: ['read', 'fly', 5],
    pinned: { 'a b': 'x' },
    expires_at: '2001-01-01T00:00:00Z',
    more: 1,
  };
  const { status, body } = await asAdmin('POST', '/api/v1/keys', odd);
  expect(status).toBe(422);
  const { errors } = body as { errors: { pointer: string }[] };
  expect(errors.map(({ pointer }) => pointer).sort()).toEqual([
    '/expires_at',
    '/grants/1',
    '/grants/2',
    '/kind',
    '/more',
    '/pinned/a b',
    '/subject',
  ]);
  expect((await asAdmin('POST', '/api/v1/keys', { subject: 'x' })).status).toBe(422);
  expect((await asAdmin('GET', '/api/v1/keys?limit=5')).status).toBe(422);
});

test('the change log names who wrote, and nothing in the database has a key or its hash but one table', async () => {
  const { id, key } = await create({ subject: 'Jörg "the" writer', grants: ['write'] });
  const headers = by(key);
  await expectStatus(
    204,
    service.call('POST', '/api/v1/context_features', { body: { context_feature: 'who' }, headers }),
  );
  const rows = await service.database.sql<{ actor: string; table: string; all: string }>(
    `select c.actor, c."table", c::text as all from heksher_changes c where c.op = 'insert' order by c.id`,
  );
  expect(rows.at(-1)).toMatchObject({ actor: 'Jörg "the" writer', table: 'context_features' });
  expect(rows.some(({ table, all }) => table === 'heksher_keys' && all.includes(id))).toBe(true);
  const [verifier] = await service.database.sql<{ hex: string }>(
    `select encode(v.verifier, 'hex') as hex from heksher_key_verifiers v where v.selector = '${id}'`,
  );
  expect(verifier?.hex).toHaveLength(64);
  const tables = await service.database.sql<{ name: string }>(
    `select tablename as name from pg_tables where schemaname = current_schema() and tablename <> 'heksher_key_verifiers'`,
  );
  expect(tables.length).toBeGreaterThan(15);
  for (const { name } of tables) {
    const texts = await service.database.sql<{ row: string }>(`select t::text as row from ${name} t`);
    const all = texts.map(({ row }) => row).join('\n');
    expect([name, all.includes(key.slice(28)), all.includes(verifier?.hex ?? '')]).toEqual([name, false, false]);
  }
});

test('to use a key makes no revision, and is noted when the service stops at the latest', async () => {
  const database = await createDatabase();
  const other = await startTestService(ENV, database);
  const revision = async (): Promise<unknown> => database.sql('select seq from heksher_revision');
  const before = await revision();
  await expectStatus(200, other.call('GET', '/api/v1/query', { headers: by(ADMIN) }));
  await other.stop();
  expect(await revision()).toEqual(before);
  expect(await database.sql('select last_used_at is not null as noted from heksher_key_uses')).toEqual([
    { noted: true },
  ]);
  await database.drop();
});

test('of ten thousand requests to two replicas that begin after a key was revoked over one, none is served', async () => {
  const other = await startTestService(ENV, service.database);
  let revokedAt = Infinity;
  const { id, key } = await create({ subject: 'racer', grants: ['read'] });
  const late = new Map<string, number>();
  let [early, count] = [0, 0];
  const agent = new Agent({ keepAlive: true });
  /** The status, and whether that is of a time before. */
  const ask = (url: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const asked = request(url, { agent, headers: by(key) }, (response) => {
        const isStale = response.headers['heksher-stale'] !== undefined;
        response.resume().once('end', () => resolve(`${response.statusCode}${isStale ? ' stale' : ''}`));
      });
      asked.once('error', reject).end();
    });
  const racer = async (url: string): Promise<void> => {
    while (count < 10_000) {
      const beganAt = performance.now();
      const status = await ask(url);
      if (beganAt > revokedAt) {
        late.set(status, (late.get(status) ?? 0) + 1);
        count += 1;
      } else if (status === '200') early += 1;
    }
  };
  const paths = ['/api/v1/query', '/api/v1/query?settings=', '/api/v1/settings', '/api/v1/context_features'];
  const urls = [service.url, other.url].flatMap((url) => paths.flatMap((path) => Array<string>(8).fill(url + path)));
  const racing = Promise.all(urls.map(racer));
  while (early < 100) await new Promise((resolve) => setTimeout(resolve, 5));
  await expectStatus(204, asAdmin('DELETE', `/api/v1/keys/${id}`));
  revokedAt = performance.now();
  await racing;
  expect([...late.keys()]).toEqual(['401']);
  expect(late.get('401')).toBeGreaterThanOrEqual(10_000);
  agent.destroy();
  await other.stop();
}, 240_000);

test('a key that another replica has just made is taken at once', async () => {
  const other = await startTestService(ENV, service.database);
  for (let count = 0; count < 20; count += 1) {
    const { key } = await create({ subject: 'new', grants: ['read'] });
    expect((await other.call('GET', '/api/v1/query', { headers: by(key) })).status).toBe(200);
  }
  await other.stop();
});

test('where access is not controlled, keys are not asked for, and none can be made over HTTP', async () => {
  const open = await startTestService();
  await addFeatures(open.call, 'account', 'user', 'theme');
  await declare(open.call);
  expect((await open.call('GET', '/api/v1/query', { headers: by('nonsense') })).status).toBe(200);
  const body = { subject: 'x', grants: ['admin'] };
  expect((await open.call('POST', '/api/v1/keys', { body })).status).toBe(400);
  expect((await open.call('GET', '/api/v1/keys')).body).toEqual({ keys: [] });
  await open.stop();
});

test('what is public is served to everybody, and nothing else', async () => {
  const open = await startTestService({ ...ENV, HEKSHER_AUTH_PUBLIC: 'evaluate' });
  expect((await open.call('POST', '/api/v1/evaluate', { body: { context: {} } })).status).toBe(200);
  expect((await open.call('POST', '/ofrep/v1/evaluate/flags', { body: {} })).status).toBe(200);
  expect((await open.call('GET', '/api/v1/query', { headers: { Accept: 'application/json' } })).status).toBe(401);
  expect((await fetch(`${open.url}/docs`)).status).toBe(401);
  expect((await open.call('GET', '/api/health/live')).status).toBe(200);
  await open.stop();
});

test('the command makes a key, lists it and revokes it, prints nothing else, and no line of a log has a key', async () => {
  const database = await createDatabase();
  const env = {
    HEKSHER_DB_CONNECTION_STRING: database.connectionString,
    HEKSHER_AUTH: 'on',
    HEKSHER_LOG_LEVEL: 'debug',
  };
  const run = async (...args: readonly string[]): Promise<readonly [code: unknown, output: string]> => {
    const command = spawnService(env, ['keys', ...args]);
    return [await command.exited, command.output().trimEnd()];
  };
  const [code, key] = await run('create', '--subject', 'ops', '--grant', 'admin', '--expires', '90d');
  expect([code, key]).toEqual([0, expect.stringMatching(/^hk_s_[\w-]{22}_[\w-]{49}$/)]);
  const running = spawnService(env);
  const { call } = await running.ready;
  await expectStatus(200, call('GET', `/api/v1/query?access_token=${key}`, { headers: by(key) }));
  await expectStatus(401, call('GET', `/api/v1/query?access_token=${key}`));
  await expectStatus(400, call('GET', '/api/v1/query', { headers: { ...by(key), 'X-API-Key': key } }));
  await expectStatus(422, call('GET', '/api/v1/query?include_metadata=odd', { headers: by(key) }));
  const [, listed] = await run('list');
  const { id } = JSON.parse(listed) as { id: string };
  expect(await run('revoke', id)).toEqual([0, '']);
  await expectStatus(401, call('GET', '/api/v1/query', { headers: by(key) }));
  running.child.kill('SIGTERM');
  await running.exited;
  expect(running.output()).toContain('"message":"request"');
  expect(running.output()).not.toContain(key.slice(28));
  const ofX = ['create', '--subject', 'x', '--grant'];
  const odd: readonly (readonly [said: string, ...args: readonly string[]])[] = [
    ['grant', ...ofX, 'fly'],
    ['--subject', 'create', '--subject', ' x', '--grant', 'read'],
    ['--expires', ...ofX, 'read', '--expires', '2001-01-01T00:00:00Z'],
    ['--expires', ...ofX, 'read', '--expires', '0d'],
    ['--pin', ...ofX, 'evaluate', '--pin', 'a-b=c'],
    ['the value of', ...ofX, 'evaluate', '--pin', 'a= c'],
    ['--description', ...ofX, 'read', '--description', 'x'.repeat(1_001)],
    ['nobody', 'revoke', 'nobody'],
    ['usage', 'fly'],
  ];
  for (const [said, ...args] of odd) expect(await run(...args)).toEqual([1, expect.stringContaining(said)]);
  expect(await run('generate')).toEqual([0, expect.stringMatching(/^hk_s_/)]);
  await database.drop();
}, 240_000);
