import { makeKey } from '../../apps/heksher/src/modules/access/api-key.js';
import { eventsOf, openStream } from '../support/feed/event-reader.js';
import { samplesOf, valueOf } from '../support/service/samples.js';
import {
  addFeatures,
  addRule,
  declare,
  expectStatus,
  startTestService,
  type TestService,
} from '../support/service/service.js';
import { until } from '../support/service/until.js';
import { Receiver, SENDING } from '../support/webhooks/receiver.js';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ ...SENDING, HEKSHER_METRICS_PORT: '0', HEKSHER_METRICS_BY_SETTING: 'true' });
  await addFeatures(service.call, 'account', 'user', 'theme');
  await declare(service.call);
  await addRule(service.call, 'cache_size', { user: 'guest' }, 10);
});
afterAll(() => service.stop());

type Labels = Readonly<Record<string, string>>;

const metricsUrl = (of = service): string => of.metricsUrl ?? '';
const value = (name: string, labels: Labels = {}) => valueOf(metricsUrl(), name, labels);
const call = (method: string, path: string, body?: object) => service.call(method, path, { body });

/** How much counters grow meanwhile. */
async function growth(counted: readonly (readonly [string, Labels])[], work: () => Promise<unknown>) {
  const read = () => Promise.all(counted.map(([name, labels]) => value(name, labels)));
  const before = await read();
  await work();
  return (await read()).map((now, index) => now - (before[index] ?? 0));
}

test('evaluations are counted by what asks for them and by their reasons, and by settings where that is asked for', async () => {
  const of = (api: string, reason: string) => ['heksher_evaluations_total', { api, reason }] as const;
  const counted = [
    of('evaluate', 'targeting_match'),
    of('evaluate', 'default'),
    of('ofrep', 'targeting_match'),
    of('ofrep', 'error'),
    of('ofrep_bulk', 'default'),
    ['heksher_setting_evaluations_total', { setting: 'cache_size' }] as const,
  ];
  const grown = await growth(counted, async () => {
    const contexts = [{ user: 'guest' }, { user: 'ann' }, { user: 'bob' }];
    await expectStatus(200, call('POST', '/api/v1/evaluate', { contexts, settings: ['cache_size'] }));
    await expectStatus(200, call('POST', '/ofrep/v1/evaluate/flags/cache_size', { context: { user: 'guest' } }));
    await expectStatus(404, call('POST', '/ofrep/v1/evaluate/flags/none', { context: {} }));
    await expectStatus(200, call('POST', '/ofrep/v1/evaluate/flags', { context: { user: 'eve' } }));
  });
  expect(grown).toEqual([1, 2, 1, 1, 1, 5]);
});

test('answers that are kept are told from those that are made', async () => {
  const of = (outcome: string) => ['heksher_answer_cache_requests_total', { cache: 'query', outcome }] as const;
  const grown = await growth([of('miss'), of('hit')], async () => {
    for (let count = 0; count < 5; count += 1) await call('GET', '/api/v1/query?settings=cache_size&context_filters=*');
  });
  // An answer is kept when it is asked for the second time.
  expect(grown).toEqual([2, 3]);
  expect(await value('heksher_answer_cache_bytes', { cache: 'query' })).toBeGreaterThan(0);
});

test('writes are counted by what they are of', async () => {
  const of = (resource: string, op: string, outcome: string) =>
    ['heksher_writes_total', { resource, op, outcome }] as const;
  const counted = [
    of('rules', 'create', 'done'),
    of('rules', 'create', 'refused'),
    of('rules', 'update', 'done'),
    of('rules', 'delete', 'done'),
    of('settings', 'declare', 'done'),
    ['heksher_write_wait_seconds_count', {}] as const,
    ['db_client_operation_duration_seconds_count', { db_operation_name: 'SELECT' }] as const,
  ];
  const grown = await growth(counted, async () => {
    const rule = { setting: 'cache_size', feature_values: { user: 'counted' }, value: 1 };
    const { body } = await expectStatus(201, call('POST', '/api/v1/rules', rule));
    const { rule_id: id } = body as { rule_id: number };
    await expectStatus(409, call('POST', '/api/v1/rules', rule));
    await expectStatus(204, call('PUT', `/api/v1/rules/${id}/value`, { value: 2 }));
    await expectStatus(204, call('DELETE', `/api/v1/rules/${id}`));
    await declare(service.call, { name: 'counted' });
  });
  expect(grown.slice(0, 5)).toEqual([1, 1, 1, 1, 1]);
  expect(grown[5]).toBeGreaterThanOrEqual(4);
  expect(grown[6]).toBeGreaterThanOrEqual(4);
  expect(await value('db_client_connection_max')).toBeGreaterThan(1);
});

test('streams are counted while they are open, with what is sent and why they end', async () => {
  const stream = await openStream(`${service.url}/api/v1/changes`);
  expect(stream.status).toBe(200);
  await until('it is counted', async () => (await value('heksher_streams', { kind: 'events' })) === 1);
  const sent = await value('heksher_stream_events_total');
  await addRule(service.call, 'cache_size', { user: 'streamed' }, 12);
  await eventsOf(stream, 1);
  expect(await value('heksher_stream_events_total')).toBe(sent + 1);
  const left = await value('heksher_streams_closed_total', { reason: 'client' });
  stream.close();
  await until('it is closed', async () => (await value('heksher_streams', { kind: 'events' })) === 0);
  expect(await value('heksher_streams_closed_total', { reason: 'client' })).toBe(left + 1);
});

test('the log and the webhooks behind it are told of', async () => {
  const receiver = await new Receiver((_received, response) => void response.writeHead(500).end()).start();
  try {
    const made = await expectStatus(201, call('POST', '/api/v1/webhooks', { url: `${receiver.url}/slow` }));
    const { id: endpoint } = made.body as { id: string };
    await addRule(service.call, 'cache_size', { user: 'hooked' }, 13);
    await until('it lags', async () => (await value('heksher_webhook_lag_seconds', { endpoint })) > 0);
    await until(
      'a failure is counted',
      async () => (await value('heksher_webhook_deliveries_total', { outcome: 'failed' })) > 0,
    );
    receiver.answering = (_received, response) => void response.writeHead(204).end();
    await until('it has caught up', async () => {
      const lags = await samplesOf(metricsUrl(), 'heksher_webhook_lag_seconds', { endpoint });
      return lags[0]?.value === 0;
    });
    expect(await value('heksher_webhook_deliveries_total', { outcome: 'delivered' })).toBe(1);
    const [log] = await service.database.sql<{ count: string }>('select count(*) from heksher_changes');
    await until('the log is read', async () => (await value('heksher_changes_entries')) >= Number(log?.count));
    expect(await value('heksher_changes_oldest_seconds')).toBeGreaterThan(0);
    expect(await value('heksher_changes_kept_seconds')).toBe(30 * 86_400);
  } finally {
    await receiver.stop();
  }
});

test('who is let in is counted by what says who asks, and where that was known from', async () => {
  const key = makeKey().text;
  const controlled = await startTestService({
    HEKSHER_METRICS_PORT: '0',
    HEKSHER_AUTH: 'on',
    HEKSHER_ADMIN_KEY: key,
    HEKSHER_OAUTH_ISSUER: 'http://127.0.0.1:9',
    HEKSHER_OAUTH_AUDIENCE: 'https://settings.example.com',
  });
  try {
    const ask = async (headers: Readonly<Record<string, string>>) =>
      (await fetch(`${controlled.url}/api/v1/query`, { headers })).status;
    const bearer = (credential: string) => ({ Authorization: `Bearer ${credential}` });
    expect(await ask(bearer(key))).toBe(200);
    expect(await ask(bearer(key))).toBe(200);
    expect(await ask(bearer(makeKey().text))).toBe(401);
    expect(await ask(bearer('no-token'))).toBe(401);
    expect(await ask({})).toBe(401);
    const auth = (method: string, outcome: string) =>
      valueOf(metricsUrl(controlled), 'heksher_auth_total', { method, outcome });
    expect(await auth('key', 'accepted')).toBe(2);
    expect(await auth('key', 'refused')).toBe(1);
    expect(await auth('token', 'refused')).toBe(1);
    // Without a key one is let in as nobody, and may then do nothing.
    expect((await auth('none', 'refused')) + (await auth('none', 'accepted'))).toBe(1);
    const tier = (name: string) => valueOf(metricsUrl(controlled), 'heksher_auth_cache_total', { tier: name });
    expect((await tier('connection')) + (await tier('memory'))).toBe(2);
    expect(await tier('database')).toBe(1);
    const ages = await samplesOf(metricsUrl(controlled), 'heksher_jwks_age_seconds');
    expect(ages.map(({ labels }) => labels)).toEqual([{ issuer: 'http://127.0.0.1:9' }]);
  } finally {
    await controlled.stop();
  }
});
