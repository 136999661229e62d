import { addFeatures, addRule, declare } from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';

const api = useService();
let id: number;
beforeEach(async () => {
  await api.empty();
  await addFeatures(api.call, 'account', 'user', 'theme', 'foreign');
  await declare(api.call);
  id = await addRule(api.call, 'cache_size', { user: 'jim', theme: 'dark' }, 5, { ticket: 1 });
});

const read = async (): Promise<unknown> => (await api.get(`/rules/${id}`)).body;

describe('PUT /api/v1/rules/{id}', () => {
  it.each([
    [
      'conditions, value and metadata',
      { feature_values: { account: 'acme', user: 'ann' }, value: 6, metadata: { a: 1 } },
      {
        feature_values: [
          ['account', 'acme'],
          ['user', 'ann'],
        ],
        value: 6,
        metadata: { a: 1 },
      },
    ],
    ['the conditions alone', { feature_values: { user: 'jim' } }, { feature_values: [['user', 'jim']] }],
    ['the value alone', { value: 6 }, { value: 6 }],
    ['the metadata alone', { metadata: {} }, { metadata: {} }],
    ['nothing, with the same again', { feature_values: { user: 'jim', theme: 'dark' }, value: 5 }, {}],
  ])('changes %s and leaves the rest', async (_what, body, changed) => {
    const before = (await read()) as object;
    expect(await api.put(`/rules/${id}`, body)).toMatchObject({ status: 204, text: '' });
    const after = { ...before, ...changed } as { value: number; feature_values: unknown };
    expect(await read()).toEqual(after);
    expect((await api.get('/query')).body).toMatchObject({
      settings: {
        cache_size: { rules: [{ rule_id: id, value: after.value, context_features: after.feature_values }] },
      },
    });
  });

  it('to the conditions of another rule answers 409 with its id and changes nothing', async () => {
    const other = await addRule(api.call, 'cache_size', { user: 'ann' }, 5);
    const body = { feature_values: { user: 'ann' }, value: 6 };
    const answer = await api.unchanged(() => api.put(`/rules/${id}`, body, { Accept: 'application/json' }));
    expect(answer).toMatchObject({ status: 409, body: { errors: [{ code: 'already_exists', rule_id: other }] } });
  });

  it.each([
    ['a value of another type', { feature_values: { user: 'ann' }, value: 'x' }, 400, '/value'],
    ['a foreign feature', { feature_values: { foreign: 'x' }, value: 6 }, 400, '/feature_values/foreign'],
    ['no conditions', { feature_values: {}, value: 6 }, 422, '/feature_values'],
    ['an unknown member', { valeu: 6, metadata: {} }, 422, '/valeu'],
    ['another setting', { setting: 'cache_size', value: 6 }, 422, '/setting'],
    ['metadata null', { metadata: null }, 422, '/metadata'],
    ['nothing to change', {}, 422, ''],
  ])('answers %s where it is and changes nothing', async (_what, body, status, pointer) => {
    const answer = await api.unchanged(() => api.put(`/rules/${id}`, body, { Accept: 'application/json' }));
    expect(answer).toMatchObject({ status, body: { errors: [{ pointer }] } });
  });

  it('answers 404 to a rule that is none, 422 to a parameter', async () => {
    expect((await api.put('/rules/999999', { value: 1 })).status).toBe(404);
    expect((await api.unchanged(() => api.put(`/rules/${id}?odd=true`, { value: 1 }))).status).toBe(422);
  });

  it('lets one of 20 rules have the conditions that all of them want', async () => {
    const ids = await Promise.all(
      Array.from({ length: 20 }, (_, user) => addRule(api.call, 'cache_size', { user: `u${user}` }, user)),
    );
    const answers = await Promise.all(ids.map((rule) => api.put(`/rules/${rule}`, { feature_values: { theme: 'x' } })));
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(19);
    expect(await api.sql(`select count(*)::int from conditions where feature_value = 'x'`)).toEqual([{ count: 1 }]);
  });
});
