import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createDatabase, type TestDatabase } from '../support/database/database.js';
import { ask, EXPRESS_WAY } from '../support/http/both-ways.js';
import { type ServiceProcess, spawnService } from '../support/service/process.js';
import { addFeatures, addRule, type Call, declare, expectStatus } from '../support/service/service.js';
import { until } from '../support/service/until.js';
import { Collector, type ExportedSpan } from '../support/tracing/collector.js';
import { Receiver, SENDING, verified } from '../support/webhooks/receiver.js';

const SERVER = 2;
const CLIENT = 3;

let database: TestDatabase;
let collector: Collector;
let service: ServiceProcess;
let url: string;
let call: Call;

/** The service in a process of its own, since the SDK reads the environment of the process. */
function spawnTraced(env: Readonly<Record<string, string>> = {}): ServiceProcess {
  return spawnService({
    ...SENDING,
    HEKSHER_DB_CONNECTION_STRING: database.connectionString,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_HEADERS: 'x-team=settings%20team',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
    OTEL_BSP_SCHEDULE_DELAY: '50',
    HEKSHER_TRACE_RATIO: '0',
    HEKSHER_LOG_LEVEL: 'debug',
    ...env,
  });
}

beforeAll(async () => {
  database = await createDatabase();
  collector = await Collector.start();
  service = spawnTraced();
  ({ url, call } = await service.ready);
  await addFeatures(call, 'account', 'user', 'theme');
  await declare(call);
  await addRule(call, 'cache_size', { user: 'guest' }, 10);
});
afterAll(async () => {
  service.child.kill('SIGTERM');
  await service.exited;
  await collector.stop();
  await database.drop();
});

type Context = Readonly<{ traceId: string; spanId: string; header: string }>;

/** The context of a client that samples, or does not. */
function context(isSampled = true): Context {
  const [traceId, spanId] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')];
  return { traceId, spanId, header: `00-${traceId}-${spanId}-0${isSampled ? 1 : 0}` };
}

const ofTrace = ({ traceId }: Pick<Context, 'traceId'>) => collector.spans.filter((span) => span.traceId === traceId);

async function serverSpan(sent: Context): Promise<ExportedSpan> {
  return until('the span of the request is exported', () => {
    return Promise.resolve(ofTrace(sent).find(({ kind }) => kind === SERVER));
  });
}

/** The check that this request shared. */
async function checkOf({ spanId }: ExportedSpan): Promise<ExportedSpan> {
  return until('the span of its check is exported', () =>
    Promise.resolve(
      collector.spans.find(
        ({ name, links }) => name === 'heksher.revision.check' && links.some((link) => link.spanId === spanId),
      ),
    ),
  );
}

test.each([
  ['without Express', []],
  ['through Express', [EXPRESS_WAY]],
])('a sampled query %s has a span, and its check has one that is linked to it', async (_way, way) => {
  const sent = context();
  const target = '/api/v1/query?settings=cache_size';
  await ask(url, { target, headers: [`traceparent: ${sent.header}`, 'X-Request-Id: traced-1'] }, ...way);
  const span = await serverSpan(sent);
  expect(span).toMatchObject({
    parentSpanId: sent.spanId,
    name: 'GET /api/v1/query',
    attributes: {
      'http.request.method': 'GET',
      'http.route': '/api/v1/query',
      'http.response.status_code': 200,
      'url.path': '/api/v1/query',
      'heksher.request_id': 'traced-1',
    },
    hasFailed: false,
    resource: { 'service.name': 'heksher', 'deployment.environment.name': 'test' },
  });
  const check = await checkOf(span);
  expect(check.traceId).not.toBe(sent.traceId);
  const query = await until('the statement of the check is exported', () =>
    Promise.resolve(collector.spans.find(({ parentSpanId }) => parentSpanId === check.spanId)),
  );
  expect(query).toMatchObject({
    name: 'db.query',
    kind: CLIENT,
    attributes: { 'db.system.name': 'postgresql', 'db.query.summary': 'SELECT heksher_revision' },
  });
});

test('requests that are sampled and share a check are linked from one span', async () => {
  const sent = Array.from({ length: 40 }, () => context());
  await Promise.all(
    sent.map(({ header }) => fetch(`${url}/api/v1/query?settings=cache_size`, { headers: { traceparent: header } })),
  );
  const spans = await Promise.all(sent.map(serverSpan));
  const checks = await Promise.all(spans.map(checkOf));
  expect(new Set(checks.map(({ spanId }) => spanId)).size).toBeLessThan(sent.length);
  for (const { links, attributes } of checks)
    expect(Number(attributes['heksher.readers'])).toBeGreaterThanOrEqual(links.length);
});

test('one trace goes from a write to the webhook that it causes', async () => {
  const receiver = await new Receiver().start();
  try {
    const body = { url: `${receiver.url}/traced` };
    const { secret } = (await expectStatus(201, call('POST', '/api/v1/webhooks', { body }))).body as { secret: string };
    const sent = context();
    const rule = { setting: 'cache_size', feature_values: { user: 'ann' }, value: 11 };
    const headers = { traceparent: sent.header, tracestate: 'shop=1, rest=x' };
    await expectStatus(201, call('POST', '/api/v1/rules', { body: rule, headers }));
    const received = await until('the webhook has come', () => Promise.resolve(receiver.received[0]));
    const span = await serverSpan(sent);
    const delivery = await until('the delivery is exported', () =>
      Promise.resolve(ofTrace(sent).find(({ name }) => name === 'POST')),
    );
    const write = ofTrace(sent).find(({ name }) => name === 'db.query');
    expect(write).toMatchObject({
      parentSpanId: span.spanId,
      attributes: { 'db.query.summary': 'SELECT heksher_write' },
    });
    expect(delivery).toMatchObject({ parentSpanId: span.spanId, kind: CLIENT, traceState: 'shop=1,rest=x' });
    expect(verified(secret, received)).toMatchObject({
      traceparent: `00-${sent.traceId}-${span.spanId}-01`,
      tracestate: 'shop=1,rest=x',
    });
    expect(received.headers['tracestate']).toBe('shop=1,rest=x');
    expect(received.headers['traceparent']).toBe(`00-${sent.traceId}-${delivery.spanId}-01`);
  } finally {
    await receiver.stop();
    await database.sql('delete from heksher_webhooks');
  }
});

test('what is written in several statements is in the trace too, and the feed names it', async () => {
  const sent = context();
  const revision = await revisionNow();
  const headers = { traceparent: sent.header, tracestate: 'shop=2', 'Heksher-If-Revision': revision };
  const body = { setting: 'cache_size', feature_values: { user: 'bob' }, value: 12 };
  await expectStatus(201, call('POST', '/api/v1/rules', { body, headers }));
  const span = await serverSpan(sent);
  const summaries = ofTrace(sent).map(({ attributes }) => attributes['db.query.summary']);
  expect(summaries).toEqual(expect.arrayContaining(['SELECT heksher_revision', 'SELECT heksher_write']));
  const rows = await database.sql('select distinct traceparent, tracestate from heksher_changes where seq > $1', [
    revision.split('-')[0],
  ]);
  expect(rows).toEqual([{ traceparent: `00-${sent.traceId}-${span.spanId}-01`, tracestate: 'shop=2' }]);
});

async function revisionNow(): Promise<string> {
  const answer = await call('POST', '/api/v1/rules', {
    body: { setting: 'cache_size', feature_values: { user: `u${randomBytes(4).toString('hex')}` }, value: 1 },
  });
  return answer.headers.get('heksher-revision') ?? '';
}

test('the context of a client that does not sample is handed on as it is, without a span', async () => {
  const sent = context(false);
  const body = { setting: 'cache_size', feature_values: { user: 'eve' }, value: 13 };
  const headers = { traceparent: sent.header, tracestate: 'shop=3' };
  await expectStatus(201, call('POST', '/api/v1/rules', { body, headers }));
  const [first, last] = await endsOfFeed();
  expect(last).toMatchObject({ traceparent: sent.header, tracestate: 'shop=3' });
  for (const name of ['traceparent', 'tracestate']) expect(first).not.toHaveProperty(name);
  await flushed();
  expect(ofTrace(sent)).toEqual([]);
});

async function endsOfFeed(): Promise<readonly [unknown, unknown]> {
  const { body } = await call('GET', '/api/v1/changes?after=0&limit=1000');
  const { changes } = body as { changes: readonly unknown[] };
  return [changes[0], changes.at(-1)];
}

test.each([
  ['no traceparent', { tracestate: 'shop=4' }],
  ['a traceparent that is none', { traceparent: 'none', tracestate: 'shop=4' }],
])('the state of a trace is nothing where there is %s', async (_what, headers) => {
  const body = { setting: 'cache_size', feature_values: { user: `u${randomBytes(4).toString('hex')}` }, value: 14 };
  await expectStatus(201, call('POST', '/api/v1/rules', { body, headers }));
  const [, last] = await endsOfFeed();
  expect(last).not.toHaveProperty('tracestate');
});

/** What was exported before a span that began later has come. */
async function flushed(): Promise<void> {
  const later = context();
  await fetch(`${url}/api/v1/query`, { headers: { traceparent: later.header } });
  await serverSpan(later);
}

test('single evaluations are events of their spans', async () => {
  const [flag, evaluation, unknown] = [context(), context(), context()];
  const post = (path: string, { header }: Context, body: object) =>
    call('POST', path, { body, headers: { traceparent: header } });
  await expectStatus(200, post('/ofrep/v1/evaluate/flags/cache_size', flag, { context: { user: 'guest' } }));
  const asked = { context: { user: 'nobody' }, settings: ['cache_size'] };
  await expectStatus(200, post('/api/v1/evaluate', evaluation, asked));
  await expectStatus(404, post('/ofrep/v1/evaluate/flags/none', unknown, { context: {} }));
  const attributes = { 'feature_flag.key': 'cache_size', 'feature_flag.provider.name': 'heksher' };
  expect((await serverSpan(flag)).events).toEqual([
    {
      name: 'feature_flag.evaluation',
      attributes: expect.objectContaining({
        ...attributes,
        'feature_flag.result.reason': 'targeting_match',
        'feature_flag.result.variant': 'rule-1',
        'feature_flag.version': expect.stringMatching(/^\d+$/) as string,
      }) as object,
    },
  ]);
  expect((await serverSpan(evaluation)).events).toMatchObject([
    {
      attributes: { ...attributes, 'feature_flag.result.reason': 'default', 'feature_flag.result.variant': 'default' },
    },
  ]);
  expect((await serverSpan(unknown)).events).toMatchObject([{ attributes: { 'error.type': 'flag_not_found' } }]);
});

test('lines of the log name the span of a request that is sampled', async () => {
  const sent = context();
  await fetch(`${url}/api/v1/settings`, { headers: { traceparent: sent.header } });
  const span = await serverSpan(sent);
  const line = await until('the line is printed', () =>
    Promise.resolve(
      service
        .output()
        .split('\n')
        .find((text) => text.includes(sent.traceId)),
    ),
  );
  expect(JSON.parse(line)).toMatchObject({ message: 'request', trace_id: sent.traceId, span_id: span.spanId });
});

test('a client that leaves before its answer ends its span', async () => {
  const sent = context();
  const { port } = new URL(url);
  const socket = connect(Number(port), '127.0.0.1');
  const head = ['POST /api/v1/evaluate HTTP/1.1', 'Host: localhost', 'Content-Length: 9', 'Expect: 100-continue'];
  socket.write(`${[...head, `traceparent: ${sent.header}`].join('\r\n')}\r\n\r\n`);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1.1 100 /);
  socket.destroy();
  expect((await serverSpan(sent)).attributes).toMatchObject({ 'http.response.status_code': 499 });
});

test('headers of the exporter are sent, and the spans of the last moment are not lost', async () => {
  const own = spawnTraced({
    OTEL_BSP_SCHEDULE_DELAY: '600000',
    OTEL_SERVICE_NAME: 'settings',
    HEKSHER_TRACE_RATIO: '1',
  });
  const { url: at } = await own.ready;
  await fetch(`${at}/api/v1/query`);
  own.child.kill('SIGTERM');
  expect(await own.exited).toBe(0);
  const spans = collector.spans.filter(({ resource }) => resource['service.name'] === 'settings');
  expect(spans.filter(({ kind }) => kind === SERVER).map(({ name }) => name)).toContain('GET /api/v1/query');
  expect(collector.requests.at(-1)).toMatchObject({ path: '/v1/traces', headers: { 'x-team': 'settings team' } });
});

test('the ratio samples evenly, and a collector that is away costs a warning', async () => {
  const own = spawnTraced({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', HEKSHER_TRACE_RATIO: '0.5' });
  const { url: at } = await own.ready;
  for (let count = 0; count < 20; count += 1) expect((await fetch(`${at}/api/v1/settings`)).status).toBe(200);
  await until('the warning is printed', () =>
    Promise.resolve(own.output().includes('traces cannot be exported, and are dropped') || undefined),
  );
  const traced = own
    .output()
    .split('\n')
    .filter((text) => text.includes('"message":"request"') && text.includes('trace_id'));
  expect(traced).toHaveLength(10);
  own.child.kill('SIGTERM');
  expect(await own.exited).toBe(0);
});

test.each([
  ['OTEL_SDK_DISABLED', 'true'],
  ['OTEL_TRACES_EXPORTER', 'none'],
])('with %s=%s there are no traces', async (name, value) => {
  const own = spawnTraced({ [name]: value, HEKSHER_TRACE_RATIO: '1' });
  const { url: at } = await own.ready;
  const before = collector.requests.length;
  expect((await fetch(`${at}/api/v1/query`)).status).toBe(200);
  own.child.kill('SIGTERM');
  expect(await own.exited).toBe(0);
  expect(own.output()).not.toContain('trace_id');
  expect(collector.requests.length - before).toBe(0);
});
