import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { ask, EXPRESS_WAY, type Request } from '../support/http/both-ways.js';
import { REPOSITORY } from '../support/repository.js';
import { useService } from '../support/service/use-service.js';
import { addFeatures, addRule, declare, startTestService } from '../support/service/service.js';
import { type Sample, samplesIn, valueOf as sumOf } from '../support/service/samples.js';
import { until } from '../support/service/until.js';

const api = useService({ HEKSHER_METRICS_PORT: '0' });

async function metricsText(): Promise<string> {
  const response = await fetch(api.metricsUrl());
  expect([response.status, response.headers.get('content-type')]).toEqual([
    200,
    'text/plain; version=0.0.4; charset=utf-8',
  ]);
  return response.text();
}

const valueOf = (name: string, labels: Readonly<Record<string, string>> = {}) => sumOf(api.metricsUrl(), name, labels);

const COUNT = 'http_server_request_duration_seconds_count';

/** By method, route and status. */
async function requests(): Promise<Readonly<Record<string, number>>> {
  const found = samplesIn(await metricsText()).filter(({ name }) => name === COUNT);
  return Object.fromEntries(
    found.map(
      ({ labels: { http_request_method: method, http_route: route, http_response_status_code: status }, value }) => {
        return [`${method} ${route} ${status}`, value];
      },
    ),
  );
}

it('counts each request once, by whichever way it is answered', async () => {
  await addFeatures(api.call, 'account', 'user', 'theme');
  await declare(api.call);
  await addRule(api.call, 'cache_size', { user: 'guest' }, 10);
  const before = await requests();
  const sent: Record<string, number> = {};
  const send = async (times: number, key: string, asked: Request, ...way: readonly string[]): Promise<void> => {
    for (let time = 0; time < times; time += 1) await ask(api.url(), asked, ...way);
    sent[key] = (sent[key] ?? 0) + times;
  };
  const { headers } = await fetch(`${api.url()}/api/v1/query?settings=cache_size`);
  sent['GET /api/v1/query 200'] = 1;
  const tag = headers.get('etag') ?? '';
  await send(5, 'GET /api/v1/query 200', { target: '/api/v1/query?settings=cache_size' });
  await send(4, 'GET /api/v1/query 200', { target: '/api/v1/query?settings=cache_size' }, EXPRESS_WAY);
  await send(3, 'GET /api/v1/query 304', {
    target: '/api/v1/query?settings=cache_size',
    headers: [`If-None-Match: ${tag}`],
  });
  await send(2, 'GET /api/v1/query 404', { target: '/api/v1/query?settings=none' });
  await send(3, 'POST /api/v1/evaluate 200', {
    method: 'POST',
    target: '/api/v1/evaluate',
    body: '{"context":{"user":"guest"}}',
  });
  await send(2, 'GET /api/v1/rules/{id} 200', { target: '/api/v1/rules/1' });
  await send(2, 'GET /api/v1/rules/{id} 404', { target: '/api/v1/rules/77' });
  await send(2, 'PUT /api/v1/rules/{id}/value 422', {
    method: 'PUT',
    target: '/api/v1/rules/1/value',
    body: '{"odd":1}',
  });
  // Whatever is below it, and whether it is built here.
  const { status } = await fetch(`${api.url()}/console`);
  sent[`GET /console ${status}`] = 1;
  for (const path of ['/', '/settings/cache_size', '/settings/a.b/rules/7'])
    await send(1, `GET /console ${status}`, { target: `/console${path}` });
  await send(3, 'GET _other 404', { target: '/nothing/here' });
  await send(2, 'GET _other 404', { target: '/nothing/else' });
  await send(2, '_OTHER _other 404', { method: 'PROPFIND', target: '/nothing/else' });
  const total = Object.values(sent).reduce((sum, count) => sum + count, 0);
  // The last answers are counted when their connections are done with them.
  const after = await until('all are counted', async () => {
    const now = await requests();
    const sum = (counts: Readonly<Record<string, number>>): number =>
      Object.values(counts).reduce((all, count) => all + count, 0);
    return sum(now) - sum(before) >= total ? now : undefined;
  });
  const news = Object.entries(after).map(([key, count]) => [key, count - (before[key] ?? 0)] as const);
  expect(Object.fromEntries(news.filter(([, count]) => count > 0))).toEqual(sent);
});

it('tells what is in memory, how current it is, and what became of writes', async () => {
  const done = await valueOf('heksher_writes_total', { outcome: 'done' });
  const refused = await valueOf('heksher_writes_total', { outcome: 'refused' });
  const id = await addRule(api.call, 'cache_size', { user: 'ann' }, 11);
  expect((await api.post('/rules', { setting: 'cache_size', feature_values: { user: 'ann' }, value: 1 })).status).toBe(
    409,
  );
  expect(await valueOf('heksher_writes_total', { outcome: 'done' })).toBe(done + 1);
  expect(await valueOf('heksher_writes_total', { outcome: 'refused' })).toBe(refused + 1);
  const [row] = await api.sql<{ seq: string }>('select seq from heksher_revision');
  await api.get('/query');
  expect(await valueOf('heksher_revision')).toBe(Number(row?.seq));
  expect(await valueOf('heksher_ruleset_items', { kind: 'rules' })).toBe(2);
  expect(await valueOf('heksher_stale_seconds')).toBe(0);
  expect(await valueOf('heksher_revision_checks_total', { outcome: 'answered' })).toBeGreaterThan(0);
  expect(await valueOf('db_client_connections')).toBeGreaterThan(0);
  expect((await api.delete(`/rules/${id}`)).status).toBe(204);
});

it('buckets are cumulative and end with all', async () => {
  const samples = samplesIn(await metricsText());
  const buckets = samples.filter(({ name }) => name === 'http_server_request_duration_seconds_bucket');
  const series = new Map<string, Sample[]>();
  for (const sample of buckets) {
    const key = JSON.stringify({ ...sample.labels, le: '' });
    series.set(key, [...(series.get(key) ?? []), sample]);
  }
  expect(series.size).toBeGreaterThan(5);
  for (const [labels, list] of series) {
    const values = list.map(({ value }) => value);
    expect([labels, values]).toEqual([labels, [...values].sort((a, b) => a - b)]);
    expect(list.at(-1)?.labels['le']).toBe('+Inf');
  }
});

it('serves nothing but metrics on that port, and no metrics on the other', async () => {
  const { origin } = new URL(api.metricsUrl());
  expect((await fetch(`${origin}/api/v1/query`)).status).toBe(404);
  expect((await fetch(`${origin}/metrics`, { method: 'POST' })).status).toBe(405);
  expect((await fetch(`${api.url()}/metrics`)).status).toBe(404);
});

it('a service that is not asked to serve metrics does not', async () => {
  const service = await startTestService();
  try {
    expect(service.metricsUrl).toBeUndefined();
  } finally {
    await service.stop();
  }
});

it('Prometheus finds nothing wrong with them', async () => {
  const { error, status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
    input: await metricsText(),
    encoding: 'utf8',
  });
  if (error !== undefined) {
    console.warn(`SKIPPED: promtool is not installed (${error.message}), so that it did not check the metrics`);
    return;
  }
  expect([status, stdout, stderr]).toEqual([0, '', '']);
});

it('each alert fires where it should, and not elsewhere', () => {
  const folder = `${REPOSITORY}deploy/prometheus`;
  for (const args of [
    ['check', 'rules', '../helm/heksher/rules.yaml'],
    ['test', 'rules', 'rules.test.yaml'],
  ]) {
    const { error, status, stdout, stderr } = spawnSync('promtool', args, { cwd: folder, encoding: 'utf8' });
    if (error !== undefined) {
      console.warn(`SKIPPED: promtool is not installed (${error.message}), so that the alerts were not tried`);
      return;
    }
    expect([args, status, stdout.includes('FAILED') ? stdout : '', stderr]).toEqual([args, 0, '', '']);
  }
  const tested = readFileSync(`${folder}/rules.test.yaml`, 'utf8');
  for (const [, name] of readFileSync(`${folder}/../helm/heksher/rules.yaml`, 'utf8').matchAll(/alert: (\w+)/g))
    expect(tested).toContain(`alertname="${name}"`);
});
