import { express } from '../../apps/heksher/src/in-process.js';
import { ask, comparable, EXPRESS_WAY_OF_BODIES, type Request } from '../support/http/both-ways.js';
import { addFeatures, addRule, declare } from '../support/service/service.js';
import { until } from '../support/service/until.js';
import { useService } from '../support/service/use-service.js';

/** How many requests have come to Express: without this nobody knows which way an answer came. */
let toExpress = 0;
const application: { handle?: (...parameters: unknown[]) => unknown } = express.application as object;
const { handle } = application;
application.handle = function countAndHandle(...parameters) {
  toExpress += 1;
  return handle?.apply(this, parameters);
};

const api = useService({ HEKSHER_DB_LOCK_TIMEOUT_MS: '3000' });
let id = 0;
beforeAll(async () => {
  await addFeatures(api.call, 'account', 'user', 'theme');
  await declare(api.call);
  id = await addRule(api.call, 'cache_size', { user: 'john' }, 5);
});

const write = (method: string, target: string, body: unknown, ...headers: readonly string[]): Request => ({
  method,
  target,
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const added = (user: string): object => ({ setting: 'cache_size', feature_values: { user }, value: 1 });

/** What differs between two writes that are carried out one after another: the revision, and the id of what is new. */
const alike = (answer: Awaited<ReturnType<typeof ask>>): unknown =>
  JSON.parse(
    JSON.stringify(comparable(answer))
      .replaceAll(/\d+-[0-9a-f]{8}\b/g, 'revision')
      .replaceAll(/rule_id\\":\d+/g, 'rule_id')
      .replaceAll(/\/\d+"/g, '/id"'),
  );

it('a plain write does not come to Express, and both ways answer alike and leave the same', async () => {
  const before = toExpress;
  const fast = await ask(api.url(), write('POST', '/api/v1/rules', added('fast')));
  const value = await ask(api.url(), write('PUT', `/api/v1/rules/${id}/value`, { value: 6 }));
  expect(toExpress).toBe(before);
  const slow = await ask(api.url(), write('POST', '/api/v1/rules', added('slow')), EXPRESS_WAY_OF_BODIES);
  const again = await ask(api.url(), write('PUT', `/api/v1/rules/${id}/value`, { value: 7 }), EXPRESS_WAY_OF_BODIES);
  expect(toExpress).toBe(before + 2);
  expect([fast.statusLine, value.statusLine]).toEqual(['HTTP/1.1 201 Created', 'HTTP/1.1 204 No Content']);
  expect(alike(slow)).toEqual(alike(fast));
  expect(alike(again)).toEqual(alike(value));
  const { body } = await api.call('GET', '/api/v1/query');
  const { rules } = (body as { settings: { cache_size: { rules: { context_features: unknown; value: unknown }[] } } })
    .settings.cache_size;
  expect(rules.map(({ context_features, value: now }) => [context_features, now])).toEqual([
    [[['user', 'john']], 7],
    [[['user', 'fast']], 1],
    [[['user', 'slow']], 1],
  ]);
});

it.each<[status: number, method: string, path: string, body: unknown, ...headers: string[]]>([
  [409, 'POST', '/api/v1/rules', added('john')],
  [409, 'POST', '/api/v1/rules', added('john'), 'Accept: application/json', 'X-Request-Id: me'],
  [422, 'POST', '/api/v1/rules', { setting: 'nothing', feature_values: { user: 'x' }, value: 1 }],
  [422, 'POST', '/api/v1/rules', { setting: 5, feature_values: {}, metadata: [] }],
  [400, 'POST', '/api/v1/rules', { setting: 'cache_size', feature_values: { user: 'x' }, value: 'big' }],
  [422, 'POST', '/api/v1/rules', '{'],
  [422, 'POST', '/api/v1/rules', '[]'],
  [422, 'POST', '/api/v1/rules', added('x'), 'Heksher-If-Revision: none'],
  [422, 'POST', '/api/v1/rules', added('x'), `Heksher-Message: ${'x'.repeat(501)}`],
  [412, 'PUT', '/api/v1/rules/1/value', { value: 6 }, 'If-Match: "other"'],
  [412, 'PUT', '/api/v1/rules/1/value', { value: 6 }, 'If-None-Match: *', 'Accept: application/json'],
  [400, 'PUT', '/api/v1/rules/1/value', { value: 'big' }],
  [404, 'PUT', '/api/v1/rules/9999/value', { value: 6 }],
  [404, 'PUT', '/api/v1/rules/9999999999/value', { value: 6 }, 'Accept: application/json'],
  [422, 'PUT', '/api/v1/rules/x/value', { value: 6 }],
  [422, 'PUT', '/api/v1/rules/1/value', {}],
  [404, 'PUT', '/api/v1/rules/1/valu', { value: 6 }],
  [405, 'PATCH', '/api/v1/rules/1/value', { value: 6 }],
  [403, 'POST', '/api/v1/rules', added('x'), 'Origin: http://evil.example', 'Sec-Fetch-Site: cross-site'],
])(
  'a refusal is the same by both ways, and changes nothing: %i %s %s %j',
  async (status, method, path, body, ...headers) => {
    const before = await api.call('GET', '/api/v1/query');
    const fast = await ask(api.url(), write(method, path, body, ...headers));
    const slow = await ask(api.url(), write(method, path, body, ...headers), EXPRESS_WAY_OF_BODIES);
    expect(fast.statusLine).toMatch(`HTTP/1.1 ${status} `);
    expect(comparable(slow)).toEqual(comparable(fast));
    expect((await api.call('GET', '/api/v1/query')).body).toEqual(before.body);
  },
);

it('a dry run is no plain write: it answers what would be decided, and writes nothing', async () => {
  const before = await api.call('GET', '/api/v1/query');
  const answer = await ask(api.url(), write('PUT', `/api/v1/rules/${id}/value?dry_run=true`, { value: 8 }));
  expect(answer.statusLine).toBe('HTTP/1.1 200 OK');
  expect(JSON.parse(answer.body)).toMatchObject({ dry_run: true });
  expect((await api.call('GET', '/api/v1/query')).body).toEqual(before.body);
});

/** Has the row that all writers queue for while `work` is under way. */
async function holdingWriters<T>(work: () => Promise<T>): Promise<T> {
  const client = await api.database().connect();
  try {
    await client.query('begin');
    await client.query('select from heksher_revision for update');
    return await work();
  } finally {
    await client.end();
  }
}

const valueOfRule = async (): Promise<unknown> =>
  ((await api.call('GET', `/api/v1/rules/${id}`)).body as { value: unknown }).value;
const changeTo = (value: number): Promise<{ statusLine: string }> =>
  ask(api.url(), write('PUT', `/api/v1/rules/${id}/value`, { value }));

it('a write whose statement waits for too long is 503 and changes nothing, and the next one is carried out', async () => {
  const refused = await holdingWriters(() => changeTo(12));
  expect(refused.statusLine).toBe('HTTP/1.1 503 Service Unavailable');
  expect(await valueOfRule()).toBe(7);
  expect((await changeTo(13)).statusLine).toBe('HTTP/1.1 204 No Content');
  expect(await valueOfRule()).toBe(13);
});

it('a write whose session is ended is 503 and changes nothing, and the next one is carried out', async () => {
  const refused = await holdingWriters(async () => {
    const answer = changeTo(14);
    await until('the write to wait, and its session to be ended', async () => {
      const ended = await api.sql(
        `select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock' and pid <> pg_backend_pid()`,
      );
      return ended.length > 0;
    });
    return answer;
  });
  expect(refused.statusLine).toBe('HTTP/1.1 503 Service Unavailable');
  expect(await valueOfRule()).toBe(13);
  expect((await changeTo(15)).statusLine).toBe('HTTP/1.1 204 No Content');
  expect(await valueOfRule()).toBe(15);
});

it('many writes at once are each a transaction of their own, and all are in the answer to the next query', async () => {
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, index) => ask(api.url(), write('POST', '/api/v1/rules', added(`many_${index}`)))),
  );
  expect(new Set(answers.map(({ statusLine }) => statusLine))).toEqual(new Set(['HTTP/1.1 201 Created']));
  expect(new Set(answers.map(({ body }) => body)).size).toBe(40);
  const [{ transactions } = { transactions: 0 }] = await api.sql<{ transactions: number }>(
    `select count(distinct c.tx)::integer as transactions from heksher_changes c where c."table" = 'conditions' and c.new ->> 'feature_value' like 'many%'`,
  );
  expect(transactions).toBe(40);
  expect(JSON.stringify((await api.call('GET', '/api/v1/query')).body).match(/many_/g)).toHaveLength(40);
});

it('a write that another writer was ahead of is decided again, and reason and request are in the history', async () => {
  await api.sql(`update rules set value = '99' where id = ${id}`);
  const headers = ['Heksher-Message: because', 'X-Request-Id: after-psql'];
  const answer = await ask(api.url(), write('PUT', `/api/v1/rules/${id}/value`, { value: 11 }, ...headers));
  expect(answer.statusLine).toBe('HTTP/1.1 204 No Content');
  const { body } = await api.call('GET', '/api/v1/history?limit=1');
  expect(body).toMatchObject({ entries: [{ message: 'because', request_id: 'after-psql' }] });
  expect((await api.call('GET', `/api/v1/rules/${id}`)).body).toMatchObject({ value: 11 });
});
