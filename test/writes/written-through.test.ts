import fc from 'fast-check';
import { addFeatures, type Call, declare, startTestService, type TestService } from '../support/service/service.js';

/*
 * A write is decided on the ruleset in memory, which then goes along with it, where that is sure to be what the database
 * holds. Another process reads what the database holds.
 */
let first: TestService;
let second: TestService;
beforeAll(async () => {
  first = await startTestService();
  second = await startTestService({ HEKSHER_DB_CONNECTION_STRING: first.database.connectionString }, first.database);
});
afterAll(async () => {
  await second.stop();
  await first.stop();
});

const FEATURES = ['account', 'user', 'theme'];
const SETTINGS = ['a', 'b', 'c'];

type Write = Readonly<{ method: string; path: string; body?: Readonly<Record<string, unknown>> }>;

const setting = fc.constantFrom(...SETTINGS, 'renamed');
const conditions = fc
  .dictionary(fc.constantFrom(...FEATURES), fc.constantFrom('john', 'jim'), { minKeys: 1 })
  .map((values) => ({ ...values }));
const value = fc.integer({ min: 0, max: 9 });
const id = fc.integer({ min: 1, max: 12 });
const metadata = fc.constantFrom({}, { note: 1.5 }, { note: { b: 1, a: [2] }, other: 'x' });

/** Some are refused, which changes nothing anywhere. */
const write: fc.Arbitrary<Write> = fc.oneof(
  fc.record({ setting, feature_values: conditions, value, metadata }).map((body) => post('/rules', body)),
  fc.record({ setting, feature_values: conditions, value }).map((body) => post('/rules', body)),
  fc.tuple(id, value).map(([rule, to]) => put(`/rules/${rule}/value`, { value: to })),
  fc.tuple(id, conditions).map(([rule, feature_values]) => put(`/rules/${rule}`, { feature_values })),
  fc.tuple(id, metadata).map(([rule, given]) => put(`/rules/${rule}/metadata`, { metadata: given })),
  id.map((rule) => ({ method: 'DELETE', path: `/api/v1/rules/${rule}` })),
  fc.tuple(setting, value).map(([name, to]) => put(`/settings/${name}/override`, { value: to })),
  setting.map((name) => ({ method: 'DELETE', path: `/api/v1/settings/${name}/override` })),
  fc
    .record({ setting, feature_values: fc.constantFrom({}, { theme: 'dark' }), percentage: value, value })
    .map((body) => post('/rollouts', { ...body, feature: 'user', members: ['john'] })),
  fc
    .tuple(id, value)
    .map(([rollout, percentage]) => ({ ...put(`/rollouts/${rollout}`, { percentage }), method: 'PATCH' })),
  fc.tuple(id, value).map(([rollout, unit]) => post(`/rollouts/${rollout}/members`, { add: [`u${unit}`] })),
  fc
    .tuple(setting, fc.constantFrom('renamed', 'a'), value)
    .map(([name, to, minor]) => put(`/settings/${name}/name`, { name: to, version: `1.${minor}` })),
  fc
    .tuple(setting, value, metadata)
    .map(([name, to, given]) =>
      post('/settings/declare', { ...declared(name), default_value: to, version: `1.${to}`, metadata: given }),
    ),
  setting.map((name) => ({ method: 'DELETE', path: `/api/v1/settings/${name}` })),
  fc
    .tuple(fc.constantFrom(...FEATURES), fc.constantFrom(...FEATURES))
    .map(([name, to_after]) => ({ ...put(`/context_features/${name}/index`, { to_after }), method: 'PATCH' })),
);

function post(path: string, body: Write['body'] = {}): Write {
  return { method: 'POST', path: `/api/v1${path}`, body };
}

function put(path: string, body: Write['body'] = {}): Write {
  return { method: 'PUT', path: `/api/v1${path}`, body };
}

function declared(name: string): Readonly<Record<string, unknown>> {
  return { name, type: 'int', default_value: 0, configurable_features: FEATURES };
}

const READS = [
  '/api/v1/query?include_metadata=true&include_rollouts=true',
  '/api/v1/query?context_filters=user:(john),theme:*',
  '/api/v1/settings?limit=100&include=findings',
  '/api/v1/rules?limit=100',
  '/api/v1/rollouts?limit=100',
];

async function expectSame(writes: readonly Write[]): Promise<void> {
  for (const path of READS) {
    const [one, other] = await Promise.all([first.call('GET', path), second.call('GET', path)]);
    expect([one.status, JSON.stringify(writes), one.text]).toEqual([200, JSON.stringify(writes), other.text]);
    expect(one.headers.get('etag')).toBe(other.headers.get('etag'));
  }
}

async function begin(call: Call): Promise<void> {
  await first.database.sql('truncate context_features, settings restart identity cascade');
  await addFeatures(call, ...FEATURES);
  for (const name of SETTINGS) await declare(call, declared(name));
}

test('what a process serves after its own writes is what another reads from the database', async () => {
  let accepted = 0;
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(write, { minLength: 15, maxLength: 40 }), async (writes) => {
      await begin(first.call);
      for (const { method, path, body } of writes) {
        const answer = await first.call(method, path, { ...(body !== undefined && { body }) });
        expect(answer.status).toBeLessThan(500);
        if (answer.status < 300) accepted += 1;
        else refused += 1;
        await expectSame(writes);
      }
    }),
    { numRuns: 6 },
  );
  expect(accepted).toBeGreaterThan(10);
  expect(refused).toBeGreaterThan(5);
}, 240_000);

test('writes through two processes at once are each decided on all that went before', async () => {
  await begin(first.call);
  const rule = post('/rules', { setting: 'a', feature_values: { user: 'john' }, value: 0 });
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, index) => {
      const { call } = index % 2 === 0 ? first : second;
      return call(rule.method, rule.path, { body: { ...rule.body, value: index } });
    }),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(39).fill(409)]);
  await expectSame([rule]);
  expect(await first.database.sql('select id from rules')).toHaveLength(1);
});

test('a write that other writers are in the way of is decided again, on what they left', async () => {
  await begin(first.call);
  const client = await first.database.connect();
  try {
    for (let round = 0; round < 30; round += 1) {
      const answers = Promise.all([
        first.call('PUT', '/api/v1/settings/a/override', { body: { value: round } }),
        client.query(`update settings set default_value = '${round}' where name = 'b'`),
        second.call('PUT', '/api/v1/settings/c/override', { body: { value: round } }),
      ]);
      const [one, , other] = await answers;
      expect([one.status, other.status]).toEqual(round === 0 ? [201, 201] : [204, 204]);
      await expectSame([]);
    }
  } finally {
    await client.end();
  }
  const { body } = await first.call('GET', '/api/v1/query?context_filters=');
  expect(body).toMatchObject({
    settings: { a: { rules: [{ value: 29 }] }, b: { default_value: 29 }, c: { rules: [{ value: 29 }] } },
  });
});
