import { addFeatures, addRollout, addRule, declare, expectStatus } from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';

const api = useService();
beforeEach(async () => {
  await api.empty();
  await addFeatures(api.call, 'account', 'user', 'theme');
  await declare(api.call);
  await declare(api.call, { name: 'color', type: 'str', default_value: 'red' });
  await addRule(api.call, 'cache_size', { account: 'jim' }, 50);
});

const evaluate = async (body: object): Promise<unknown> => (await expectStatus(200, api.post('/evaluate', body))).body;

it('each of several contexts is answered as it is alone, in their order', async () => {
  const contexts = [{ account: 'jim' }, {}, { account: 'john', user: 5 }];
  for (const rest of [{}, { settings: ['cache_size'], explain: true }, { only: 'non_default' }]) {
    const alone = await Promise.all(contexts.map((context) => evaluate({ context, ...rest })));
    expect(await evaluate({ contexts, ...rest })).toEqual({ evaluations: alone });
  }
});

it('only non-default leaves out what has its default', async () => {
  const settings = { cache_size: { value: 50, reason: 'RULE', rule_id: 1 } };
  expect(await evaluate({ context: { account: 'jim' }, only: 'non_default' })).toEqual({ settings });
  expect(await evaluate({ context: {}, only: 'non_default' })).toEqual({ settings: {} });
});

it('a ramp goes by the time that is given', async () => {
  const ramp = { start: '2100-01-01T00:00:00Z', end: '2100-01-02T00:00:00Z', from: 0, to: 100 };
  await addRollout(api.call, 'color', { ramp, value: 'blue' });
  const reasonAt = async (at?: string) => {
    const body = await evaluate({ context: { user: 'ann' }, settings: ['color'], ...(at !== undefined && { at }) });
    return (body as { settings: { color: { value: string } } }).settings.color.value;
  };
  expect(await reasonAt()).toBe('red');
  expect(await reasonAt('2100-01-01T01:00:00+01:00')).toBe('red');
  expect(await reasonAt('2100-01-02T00:00:00Z')).toBe('blue');
});

it.each([
  [{ context: {}, contexts: [{}] }, '/contexts', 'exclusive'],
  [{ contexts: [] }, '/contexts', 'malformed'],
  [{ contexts: {} }, '/contexts', 'malformed'],
  [{ contexts: Array(101).fill({}) }, '/contexts', 'too_many'],
  [{ contexts: [{}, 5] }, '/contexts/1', 'malformed'],
  [{ contexts: [{}, { usr: 'a' }] }, '/contexts/1/usr', 'context_feature_not_found'],
  [{ contexts: [{ user: null }] }, '/contexts/0/user', 'malformed'],
  [{ context: {}, at: 'soon' }, '/at', 'malformed'],
  [{ context: {}, at: 5 }, '/at', 'malformed'],
  [{ context: {}, only: 'default' }, '/only', 'malformed'],
  [{}, '/context', 'missing'],
])('%j is a 422 at %s', async (body, pointer, code) => {
  const answer = await api.unchanged(() => api.post('/evaluate', body));
  expect(answer.body).toMatchObject({ status: 422, errors: [{ pointer, code }] });
});

it('a hundred contexts of more than a thousand settings are too many', async () => {
  await api.sql(`insert into settings (name, type, default_value, version)
                 select 's' || n, 'int', '1', '1.0' from generate_series(1, 1000) n`);
  const answer = await api.post('/evaluate', { contexts: Array(100).fill({}) });
  expect(answer.body).toMatchObject({ status: 422, errors: [{ pointer: '/contexts', code: 'too_many' }] });
  expect((await api.post('/evaluate', { contexts: Array(99).fill({}), only: 'non_default' })).status).toBe(200);
});
