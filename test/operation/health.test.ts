import { onServer } from '../support/database/database.js';
import { type Answer, addFeatures, declare } from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';

const api = useService({ HEKSHER_LOG_LEVEL: 'critical', HEKSHER_STALE_IF_ERROR_S: '0' });
beforeAll(async () => {
  await addFeatures(api.call, 'account', 'user', 'theme');
  await declare(api.call);
});

it('GET /api/health answers 200 with the version', async () => {
  const answer = await api.call('GET', '/api/health');
  expect(answer.status).toBe(200);
  expect(answer.body).toEqual({ version: expect.stringMatching(/^\d+\.\d+\.\d+/) as unknown });
});

it.each(['live', 'ready', 'startup'])('GET /api/health/%s answers 200', async (probe) => {
  const answer = await api.call('GET', `/api/health/${probe}`);
  expect(answer).toMatchObject({ status: 200, body: { status: 'ok' } });
});

it.each(['', '/live', '/ready', '/startup'])('GET /api/health%s is never cached', async (probe) => {
  expect((await api.call('GET', `/api/health${probe}`)).headers.get('cache-control')).toBe('no-store');
});

it('GET /api/health/nothing is a 404', async () => {
  expect((await api.call('GET', '/api/health/nothing')).status).toBe(404);
});

describe('while the database cannot be reached', () => {
  beforeAll(async () => {
    const { name } = api.database();
    await onServer(`alter database "${name}" with allow_connections false`);
    await onServer(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`);
  });
  afterAll(async () => {
    await onServer(`alter database "${api.database().name}" with allow_connections true`);
  });

  const REQUESTS: readonly [method: string, path: string, body: object | undefined][] = [
    ['GET', '/api/v1/context_features', undefined],
    ['POST', '/api/v1/context_features', { context_feature: 'trust' }],
    ['GET', '/api/v1/settings', undefined],
    ['GET', '/api/v1/settings/cache_size', undefined],
    ['PUT', '/api/v1/settings/cache_size/name', { name: 'size', version: '1.1' }],
    ['DELETE', '/api/v1/settings/cache_size', undefined],
    ['POST', '/api/v1/rules', { setting: 'cache_size', feature_values: { user: 'john' }, value: 5 }],
    ['GET', '/api/v1/rules/1', undefined],
    ['GET', '/api/v1/query', undefined],
  ];

  it.each(REQUESTS)(
    '%s %s answers 503 with Retry-After, and tells nothing of the inside',
    async (method, path, body) => {
      for (const accept of ['*/*', 'application/json']) {
        const answer = await api.call(method, path, { body, headers: { accept, 'x-request-id': 'outage-1' } });
        expect(answer.status).toBe(503);
        expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
        expect(answer.text).toContain('outage-1');
        expect(answer.text).not.toMatch(/select|insert|terminat|ECONN|127\.0\.0\.1|heksher_test|\.js/i);
      }
    },
  );

  it('what needs no database is answered as ever', async () => {
    expect((await api.get('/context_features/no%20name')).status).toBe(503);
    expect((await api.post('/context_features', { context_feature: 'no name' })).status).toBe(422);
    expect((await api.call('GET', '/nowhere')).status).toBe(404);
  });

  it('/ready is 503 at once, /live and /startup stay 200', async () => {
    const ready = await api.call('GET', '/api/health/ready');
    expect(ready).toMatchObject({ status: 503, body: { status: 'error' } });
    expect(ready.text).not.toMatch(/not currently accepting|heksher_test|terminat/);
    for (const probe of ['live', 'startup']) expect((await api.call('GET', `/api/health/${probe}`)).status).toBe(200);
  });

  it('/api/health becomes 500 with the version', async () => {
    const answer = await eventually('/api/health', 500);
    expect(answer.body).toEqual({ version: expect.any(String) as unknown });
  });

  it('when it is back, everything is answered again, without a restart', async () => {
    await onServer(`alter database "${api.database().name}" with allow_connections true`);
    await eventually('/api/v1/query', 200);
    expect((await api.get('/settings/cache_size')).status).toBe(200);
    expect((await api.post('/context_features', { context_feature: 'trust' })).status).toBe(204);
    expect((await api.call('GET', '/api/health/ready')).status).toBe(200);
    await eventually('/api/health', 200);
  });
});

/** The answer once it has this status: the database is looked at in the background, for `/api/health` every 5 s. */
async function eventually(path: string, status: number): Promise<Answer> {
  const deadline = Date.now() + 15_000;
  for (;;) {
    const answer = await api.call('GET', path);
    if (answer.status === status || Date.now() > deadline) {
      expect(answer.status).toBe(status);
      return answer;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
