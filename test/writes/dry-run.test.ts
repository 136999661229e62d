import { useService } from '../support/service/use-service.js';
import { addFeatures, addRollout, addRule, declare } from '../support/service/service.js';

const api = useService({ HEKSHER_CONTEXT_SAMPLE: '10' });
beforeEach(() => api.empty());

async function begin(): Promise<number> {
  await addFeatures(api.call, 'account', 'user', 'theme');
  await declare(api.call);
  return addRule(api.call, 'cache_size', { user: 'guest' }, 10);
}

async function state(): Promise<unknown> {
  const [revision] = await api.sql('select seq, token from heksher_revision');
  return revision;
}

test('a dry run says which contexts get another value, and writes nothing', async () => {
  const rule = await begin();
  const before = await state();
  const answer = await api.call('PUT', `/api/v1/rules/${rule}/value?dry_run=true`, { body: { value: 20 } });
  expect(answer.status).toBe(200);
  expect(answer.body).toMatchObject({
    dry_run: true,
    affected: {
      settings: [
        {
          setting: 'cache_size',
          cells: [
            {
              when: { user: { is: 'guest' } },
              from: { value: 10, by: { kind: 'rule', rule_id: rule } },
              to: { value: 20, by: { kind: 'rule', rule_id: rule } },
            },
          ],
        },
      ],
    },
  });
  expect(await state()).toEqual(before);
});

test('of the contexts that were asked about lately it counts those that get another value', async () => {
  const rule = await begin();
  for (const user of ['guest', 'john']) await api.call('POST', '/api/v1/evaluate', { body: { context: { user } } });
  const answer = await api.call('DELETE', `/api/v1/rules/${rule}?dry_run=1`);
  expect(answer.status).toBe(200);
  expect(answer.body).toMatchObject({
    affected: {
      recent_contexts: {
        seen: 2,
        changed: 1,
        examples: [{ context: { user: 'guest' }, setting: 'cache_size', from: { value: 10 }, to: { value: 60 } }],
      },
    },
  });
});

test.each([
  ['POST', '/api/v1/rules', { setting: 'cache_size', feature_values: { theme: 'dark' }, value: 1 }],
  ['PUT', '/api/v1/settings/cache_size/override', { value: 5 }],
  ['PUT', '/api/v1/settings/cache_size/type', { type: 'float', version: '2.0' }],
  ['PUT', '/api/v1/settings/cache_size/name', { name: 'cache', version: '1.1' }],
  ['POST', '/api/v1/settings/declare', { name: 'new', type: 'int', default_value: 1, configurable_features: ['user'] }],
  ['DELETE', '/api/v1/settings/cache_size', undefined],
  ['POST', '/api/v1/rollouts', { setting: 'cache_size', feature: 'user', percentage: 5, value: 1, members: ['a'] }],
  ['PATCH', '/api/v1/rollouts/ID', { percentage: 50 }],
  ['POST', '/api/v1/context_features', { context_feature: 'trust' }],
  ['PATCH', '/api/v1/context_features/theme/index', { to_before: 'account' }],
])('%s %s can be tried out', async (method, path, body) => {
  await begin();
  const rollout = await addRollout(api.call, 'cache_size', {
    percentage: 10,
    value: 3,
    feature_values: { account: 'jim' },
  });
  const before = await state();
  const answer = await api.call(method, `${path.replace('ID', String(rollout))}?dry_run=yes`, {
    ...(body !== undefined && { body }),
  });
  expect([answer.status, answer.text]).toEqual([200, expect.stringContaining('"dry_run":true')]);
  expect(await state()).toEqual(before);
});

test('what would be refused is refused', async () => {
  const rule = await begin();
  const before = await state();
  const put = (query: string, value: unknown) =>
    api.call('PUT', `/api/v1/rules/${rule}/value${query}`, { body: { value } });
  expect((await put('?dry_run=true', 'x')).status).toBe(400);
  expect((await api.call('DELETE', '/api/v1/rules/999?dry_run=true')).status).toBe(404);
  const type = { type: 'bool', version: '2.0' };
  const conflict = await api.call('PUT', '/api/v1/settings/cache_size/type?dry_run=true', { body: type });
  expect(conflict.status).toBe(409);
  const headers = { 'if-match': '"other"' };
  const failed = await api.call('DELETE', `/api/v1/rules/${rule}?dry_run=true`, { headers });
  expect(failed.status).toBe(412);
  for (const query of ['?dry_run=maybe', '?dry_run=', '?dry_run=true&dry_run=false']) {
    const answer = await put(query, 20);
    expect([query, answer.status]).toEqual([query, 422]);
    expect(answer.text).toContain('dry_run');
  }
  expect(await state()).toEqual(before);
});

test('members cannot be tried out one route at a time, and are not changed by asking for it', async () => {
  await begin();
  const rollout = await addRollout(api.call, 'cache_size', { percentage: 10, value: 3 });
  const before = await state();
  const answer = await api.call('POST', `/api/v1/rollouts/${rollout}/members?dry_run=true`, { body: { add: ['x'] } });
  expect([answer.status, answer.text]).toEqual([422, expect.stringContaining('dry_run')]);
  expect(await state()).toEqual(before);
});

test('dry_run=false writes', async () => {
  const rule = await begin();
  expect((await api.call('PUT', `/api/v1/rules/${rule}/value?dry_run=false`, { body: { value: 20 } })).status).toBe(
    204,
  );
  expect((await api.call('GET', `/api/v1/rules/${rule}`)).body).toMatchObject({ value: 20 });
});
