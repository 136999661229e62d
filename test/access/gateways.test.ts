import { makeKey } from '../../apps/heksher/src/modules/access/api-key.js';
import { createDatabase, type TestDatabase } from '../support/database/database.js';
import { type AnswerFrom, askFrom } from '../support/http/from-address.js';
import { ask, comparable, EXPRESS_WAY } from '../support/http/both-ways.js';
import { spawnService } from '../support/service/process.js';
import { startTestService, type TestService } from '../support/service/service.js';
import { until } from '../support/service/until.js';

/** Two addresses of this machine: one is the gateway's, the other anybody's. */
const GATEWAY = '127.0.0.2';
const ANYBODY = '127.0.0.3';

const ADMIN = makeKey().text;
const JSON_PLEASE = { Accept: 'application/json' };
const TRUSTING = { HEKSHER_TRUSTED_GATEWAYS: `${GATEWAY},10.0.0.0/8` };
const IDENTITY = {
  ...TRUSTING,
  HEKSHER_GATEWAY_SUBJECT_HEADER: 'X-Consumer-Username',
  HEKSHER_GATEWAY_SCOPES_HEADER: 'X-Consumer-Scopes',
};

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());

const running: TestService[] = [];
async function start(env: Readonly<Record<string, string>>): Promise<TestService> {
  const service = await startTestService(env, database);
  running.push(service);
  return service;
}
afterEach(async () => {
  for (const service of running.splice(0)) await service.stop();
});

const bodyOf = ({ text }: AnswerFrom): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>;

test('whoever is no gateway gets a 403 by either way, but to health, and the gateway everything', async () => {
  const { url } = await start(TRUSTING);
  for (const path of ['/api/v1/query', '/api/v1/settings', '/docs', '/openapi.json', '/', '/nothing']) {
    expect([path, (await askFrom(ANYBODY, url + path)).status]).toEqual([path, 403]);
    expect([path, (await askFrom(GATEWAY, url + path)).status]).toEqual([
      path,
      { '/': 302, '/nothing': 404 }[path] ?? 200,
    ]);
  }
  const written = { method: 'POST', headers: JSON_PLEASE, body: { context_feature: 'stranger' } };
  const refused = await askFrom(ANYBODY, `${url}/api/v1/context_features`, written);
  expect(bodyOf(refused)).toMatchObject({
    status: 403,
    code: 'not_allowed',
    detail: expect.stringContaining(ANYBODY) as unknown,
  });
  expect(await database.sql('select * from context_features')).toEqual([]);
  const ofrep = await askFrom(ANYBODY, `${url}/ofrep/v1/evaluate/flags/x`, { method: 'POST', body: {} });
  expect([ofrep.status, bodyOf(ofrep)['errorCode']]).toEqual([403, 'GENERAL']);
  for (const probe of ['', '/live', '/ready', '/startup'])
    expect((await askFrom(ANYBODY, `${url}/api/health${probe}`)).status).toBe(200);
  // This test itself connects from an address that is no gateway's, with what would get it in if it were believed.
  const request = { target: '/api/v1/query', headers: [`X-Forwarded-For: ${GATEWAY}`, `Forwarded: for=${GATEWAY}`] };
  const [fast, slow] = [await ask(url, request), await ask(url, request, EXPRESS_WAY)];
  expect(fast.statusLine).toContain('403');
  expect(comparable(fast)).toEqual(comparable(slow));
});

test('a line of the log has the address of the client, as the one header says it that is read', async () => {
  const child = spawnService({
    ...TRUSTING,
    HEKSHER_DB_CONNECTION_STRING: database.connectionString,
    HEKSHER_LOG_LEVEL: 'debug',
    HEKSHER_FORWARDED: 'forwarded',
  });
  const { url } = await child.ready;
  const headers = { Forwarded: 'for=6.6.6.6, for="[2001:db8::1]:4711", for=10.0.0.7', 'X-Forwarded-For': '6.6.6.6' };
  await askFrom(GATEWAY, `${url}/api/v1/query`, { headers: { ...headers, 'X-Request-Id': 'passed-on' } });
  await askFrom(GATEWAY, `${url}/api/v1/query`, { headers: { 'X-Request-Id': 'its-own' } });
  await askFrom(ANYBODY, `${url}/api/v1/query`, { headers: { ...headers, 'X-Request-Id': 'stranger' } });
  const clientIn = (id: string): unknown => {
    const line = child
      .output()
      .split('\n')
      .find((one) => one.includes('"message":"request"') && one.includes(`"${id}"`));
    return line === undefined ? undefined : (JSON.parse(line) as { client: unknown }).client;
  };
  await until('the last line', () => Promise.resolve(clientIn('stranger') !== undefined));
  expect([clientIn('passed-on'), clientIn('its-own'), clientIn('stranger')]).toEqual(['2001:db8::1', GATEWAY, ANYBODY]);
  child.child.kill('SIGTERM');
  await child.exited;
});

test('whom the gateway names may do what the scopes say that it gives, and is the actor in the change log', async () => {
  const { url } = await start({ ...IDENTITY, HEKSHER_AUTH: 'on', HEKSHER_ADMIN_KEY: ADMIN });
  const as = (subject: string, scopes: string) => ({
    ...JSON_PLEASE,
    'X-Consumer-Username': subject,
    'X-Consumer-Scopes': scopes,
  });
  const add = (name: string, headers: Readonly<Record<string, string | string[]>>) =>
    askFrom(GATEWAY, `${url}/api/v1/context_features`, { method: 'POST', headers, body: { context_feature: name } });
  // Headers are bytes: those of UTF-8.
  const name = Buffer.from('Jörg').toString('latin1');
  expect((await add('by_name', as(name, 'openid heksher:write, heksher:read'))).status).toBe(204);
  const [last] = await database.sql(
    `select c.actor from heksher_changes c where c.op = 'insert' order by c.id desc limit 1`,
  );
  expect(last).toEqual({ actor: 'Jörg' });

  const reader = await add('refused', as('reader', 'heksher:read'));
  expect([reader.status, reader.headers['www-authenticate']]).toEqual([
    403,
    'Bearer realm="heksher", error="insufficient_scope", scope="heksher:write"',
  ]);
  expect((await askFrom(GATEWAY, `${url}/api/v1/query`, { headers: as('reader', 'heksher:read') })).status).toBe(200);
  expect((await askFrom(GATEWAY, `${url}/api/v1/query`, { headers: as('nobody', '') })).status).toBe(403);
  expect(
    (await askFrom(GATEWAY, `${url}/api/v1/query`, { headers: { 'X-Consumer-Scopes': 'heksher:read' } })).status,
  ).toBe(401);
  expect((await askFrom(GATEWAY, `${url}/api/v1/query`, { headers: as('', 'heksher:read') })).status).toBe(401);
  const twice = { ...JSON_PLEASE, 'X-Consumer-Username': ['a', 'b'], 'X-Consumer-Scopes': 'heksher:write' };
  const both = { ...as('a', 'heksher:write'), Authorization: `Bearer ${ADMIN}` };
  const basic = { ...as('a', 'heksher:write'), Authorization: 'Basic YTpi' };
  const scopes = { ...as('a', ''), 'X-Consumer-Scopes': ['heksher:read', 'heksher:write'] };
  for (const headers of [twice, both, basic, scopes, as('x'.repeat(256), 'heksher:write')]) {
    const answer = await add('refused', headers);
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([
      400,
      expect.stringMatching(/^Bearer realm="heksher", error="invalid_request"/),
    ]);
  }
  // Its own key still does, and what a stranger says of itself does not.
  expect((await askFrom(GATEWAY, `${url}/api/v1/keys`, { headers: { 'X-API-Key': ADMIN } })).status).toBe(200);
  const stranger = await askFrom(ANYBODY, `${url}/api/v1/query`, { headers: as('a', 'heksher:admin') });
  expect(stranger.status).toBe(403);
  expect(await database.sql(`select c.name from context_features c`)).toEqual([{ name: 'by_name' }]);
});

test('where access is not controlled, whom the gateway names is the actor, and may do everything', async () => {
  const { url } = await start(IDENTITY);
  const headers = { 'X-Consumer-Username': 'ana' };
  const options = { method: 'POST', headers, body: { context_feature: 'by_ana' } };
  expect((await askFrom(GATEWAY, `${url}/api/v1/context_features`, options)).status).toBe(204);
  const [last] = await database.sql(
    `select c.actor from heksher_changes c where c.op = 'insert' order by c.id desc limit 1`,
  );
  expect(last).toEqual({ actor: 'ana' });
});

test('where the gateway gives no scopes, all whom it names are granted the same', async () => {
  const { url } = await start({
    ...TRUSTING,
    HEKSHER_AUTH: 'on',
    HEKSHER_GATEWAY_SUBJECT_HEADER: 'X-User',
    HEKSHER_GATEWAY_GRANTS: 'read',
  });
  const headers = { 'X-User': 'ana', 'X-Consumer-Scopes': 'heksher:write' };
  expect((await askFrom(GATEWAY, `${url}/api/v1/query`, { headers })).status).toBe(200);
  const write = { method: 'POST', headers, body: { context_feature: 'x' } };
  expect((await askFrom(GATEWAY, `${url}/api/v1/context_features`, write)).status).toBe(403);
});
