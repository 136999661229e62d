import { HeksherClient, setting } from '@heksher/client';
import { addFeatures, addRollout, addRule, declare } from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';

const api = useService({ HEKSHER_TARGETING_FEATURE: 'user' });
beforeEach(async () => {
  await api.empty();
  await addFeatures(api.call, 'account', 'user', 'theme');
  await declare(api.call);
});

const PATH = '/settings/cache_size/override';
const evaluated = async (context: object): Promise<unknown> =>
  ((await api.post('/evaluate', { context, settings: ['cache_size'] })).body as { settings: { cache_size: unknown } })
    .settings.cache_size;

it('is made, read, replaced and taken away', async () => {
  expect((await api.get(PATH)).status).toBe(404);
  const made = await api.put(PATH, { value: 90, metadata: { ticket: 1 } });
  expect(made.status).toBe(201);
  const { rule_id } = made.body as { rule_id: number };
  expect(made.headers.get('content-location')).toBe(`/api/v1/rules/${rule_id}`);
  expect((await api.get(PATH)).body).toEqual({ value: 90, metadata: { ticket: 1 }, rule_id });

  expect(await api.put(PATH, { value: 91 })).toMatchObject({ status: 204, text: '' });
  expect((await api.get(PATH)).body).toEqual({ value: 91, metadata: {}, rule_id });
  expect((await api.get(`/rules/${rule_id}`)).body).toMatchObject({ feature_values: [], value: 91 });

  expect(await api.delete(PATH)).toMatchObject({ status: 204, text: '' });
  expect((await api.get(PATH)).status).toBe(404);
  expect(await api.sql('select * from rules')).toEqual([]);
  expect((await api.delete(PATH, undefined, { Accept: 'application/json' })).body).toMatchObject({
    status: 404,
    code: 'override_not_found',
  });
});

it('comes after every rule and rollout and before the default, for all who read', async () => {
  const guest = await addRule(api.call, 'cache_size', { user: 'guest' }, 5);
  const rollout = await addRollout(api.call, 'cache_size', { value: 7, feature: 'account' });
  await api.post(`/rollouts/${rollout}/members`, { add: ['acme'] });
  const { rule_id } = (await api.put(PATH, { value: 90 })).body as { rule_id: number };

  expect(await evaluated({ user: 'guest' })).toMatchObject({ value: 5, rule_id: guest });
  expect(await evaluated({ account: 'acme' })).toMatchObject({ value: 7, rollout_id: rollout });
  expect(await evaluated({ user: 'jim' })).toMatchObject({ value: 90, rule_id });
  expect(await evaluated({})).toMatchObject({ value: 90, rule_id });

  expect((await api.get('/query?context_filters=')).body).toMatchObject({
    settings: { cache_size: { rules: [{ value: 90, context_features: [], rule_id }], default_value: 60 } },
  });
  const flag = await api.call('POST', '/ofrep/v1/evaluate/flags/cache_size', {
    body: { context: { targetingKey: 'jim' } },
  });
  expect(flag.body).toMatchObject({ value: 90 });
  const { body } = await api.post('/evaluate', { context: {}, settings: ['cache_size'], explain: true });
  expect(body).toMatchObject({
    settings: { cache_size: { value: 90, why: `rule ${rule_id} decides: it has no conditions` } },
  });
  expect((await api.get('/settings/cache_size/lint')).body).toMatchObject({ findings: [] });

  const size = setting('cache_size', {
    type: 'int',
    configurableFeatures: ['account', 'user', 'theme'],
    defaultValue: 60,
  });
  const client = await HeksherClient.start({ url: api.url(), settings: [size], onMissingFeature: 'resolve' });
  expect([size.get({ user: 'jim' }), size.get({ user: 'guest' })]).toEqual([90, 5]);
  await client.close();
});

it('leaves the declaration alone: code goes on declaring its default', async () => {
  await api.put(PATH, { value: 90 });
  expect((await declare(api.call)).body).toEqual({ outcome: 'uptodate' });
  expect((await declare(api.call, { version: '1.1', default_value: 61 })).body).toMatchObject({ outcome: 'upgraded' });
  expect((await api.get(PATH)).body).toMatchObject({ value: 90 });
  expect((await api.get('/settings/cache_size')).body).toMatchObject({ default_value: 61 });
});

it('holds on to the type of its setting, and goes along with a rename and by an alias', async () => {
  const { rule_id } = (await api.put(PATH, { value: 90 })).body as { rule_id: number };
  const refused = await api.unchanged(() => api.put('/settings/cache_size/type', { type: 'Enum[60]', version: '2.0' }));
  expect(refused).toMatchObject({ status: 409, body: { errors: [{ rule_id }] } });
  expect(refused.text).toContain('for everyone');
  await api.put('/settings/cache_size/name', { name: 'size', version: '1.1' });
  expect((await api.put(PATH, { value: 91 })).status).toBe(204);
  expect((await api.get('/settings/size/override')).body).toMatchObject({ value: 91, rule_id });
});

it('takes every rule without conditions away, as another writer may have made more than one', async () => {
  await api.sql(`insert into rules (setting, value) values ('cache_size', '1'), ('cache_size', '2')`);
  expect((await api.get(PATH)).body).toMatchObject({ value: 1 });
  expect((await api.delete(PATH)).status).toBe(204);
  expect(await evaluated({})).toMatchObject({ value: 60 });
});

it.each([
  ['a value of another type', { value: 'big' }, 400, 'value'],
  ['no value', { metadata: {} }, 422, 'value'],
  ['an unknown member', { value: 1, until: 'tomorrow' }, 422, 'until'],
  ['odd metadata', { value: 1, metadata: { 'a b': 1 } }, 422, 'metadata'],
])('answers %s by its name and changes nothing', async (_what, body, status, field) => {
  const answer = await api.unchanged(() => api.put(PATH, body, { Accept: 'application/json' }));
  expect(answer).toMatchObject({ status, body: { errors: [{ field }] } });
});

it('an unknown parameter and an unknown setting are refused', async () => {
  expect((await api.unchanged(() => api.put(`${PATH}?note=1`, { value: 1 }))).status).toBe(422);
  for (const ask of [api.get, api.delete]) expect((await ask('/settings/none/override')).status).toBe(404);
  expect((await api.put('/settings/none/override', { value: 1 })).status).toBe(404);
  expect((await api.put('/settings/none/override', { value: 1 }, { 'If-Match': '*' })).status).toBe(404);
});

it('v1 goes on refusing a rule without conditions', async () => {
  const body = { setting: 'cache_size', feature_values: {}, value: 1 };
  expect((await api.unchanged(() => api.post('/rules', body))).status).toBe(422);
});

it('of 40 who set it at once one makes it, and all are one rule', async () => {
  const answers = await Promise.all(Array.from({ length: 40 }, (_, value) => api.put(PATH, { value })));
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 204)).toHaveLength(39);
  expect(await api.sql('select count(*)::int from rules')).toEqual([{ count: 1 }]);
});

it('with If-None-Match: * it is made or left alone, with If-Match changed or left alone', async () => {
  expect((await api.unchanged(() => api.put(PATH, { value: 1 }, { 'If-Match': '*' }))).status).toBe(412);
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, value) => api.put(PATH, { value }, { 'If-None-Match': '*' })),
  );
  const winner = answers.findIndex(({ status }) => status === 201);
  expect(answers.filter(({ status }) => status === 412)).toHaveLength(19);
  const { body, headers } = await api.get(PATH);
  expect(body).toMatchObject({ value: winner });
  const tag = headers.get('etag') ?? '';
  expect((await api.put(PATH, { value: 50 }, { 'If-Match': tag })).status).toBe(204);
  const late = await api.unchanged(() => api.delete(PATH, undefined, { 'If-Match': tag, Accept: 'application/json' }));
  expect(late).toMatchObject({ status: 412, body: { current: { value: 50 } } });
});
