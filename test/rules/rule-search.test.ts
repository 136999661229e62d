import { addFeatures, addRule, declare } from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';

const api = useService();
beforeEach(async () => {
  await api.empty();
  await addFeatures(api.call, 'account', 'user', 'theme');
  await declare(api.call);
});

describe('GET /api/v1/rules/search', () => {
  const search = (feature_values: string, setting = 'cache_size') =>
    api.get(`/rules/search?${new URLSearchParams({ setting, feature_values }).toString()}`);

  beforeEach(async () => {
    await addRule(api.call, 'cache_size', { user: 'john' }, 1);
    await addRule(api.call, 'cache_size', { user: 'john', theme: 'dark' }, 2);
    await addRule(api.call, 'cache_size', { account: 'john@x.org', user: 'jim' }, 3);
  });

  it.each([
    ['user:john', 1],
    ['user:john,theme:dark', 2],
    ['theme:dark,user:john', 2],
    ['user:jim,account:john@x.org', 3],
  ])('%s finds exactly rule %i', async (values, rule_id) => {
    const answer = await search(values);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ rule_id });
  });

  it.each(['theme:dark', 'user:jim', 'user:John', 'user:john,theme:dark,account:x', 'rank:x', 'user:john,rank:x'])(
    '%s finds none: 404 with no text',
    async (values) => expect(await search(values)).toMatchObject({ status: 404, text: '' }),
  );

  it.each([
    '',
    'user',
    'user:',
    ':john',
    'user:john,',
    ',',
    'user:(john)',
    'user:*',
    'user:jo hn',
    'user:a:b',
    'us er:a',
    'user:john,user:john',
    'user:john,user:jim',
    ' user:john',
  ])('%j is malformed: 422', async (values) => {
    const answer = await search(values);
    expect(answer.body).toMatchObject({ status: 422, errors: [{ field: 'feature_values' }] });
  });

  it('finds by an alias', async () => {
    await api.put('/settings/cache_size/name', { name: 'size', version: '1.1' });
    expect((await search('user:john', 'cache_size')).body).toEqual({ rule_id: 1 });
    expect((await search('user:john', 'size')).body).toEqual({ rule_id: 1 });
  });

  it('answers 404 for an unknown setting, 422 for what can be no name', async () => {
    expect((await search('user:john', 'nothing')).status).toBe(404);
    expect((await search('user:john', 'no name')).status).toBe(422);
  });

  it.each([
    ['', ['setting', 'feature_values']],
    ['?setting=cache_size', ['feature_values']],
    ['?feature_values=user:john', ['setting']],
    ['?setting=cache_size&setting=a&feature_values=user:john', ['setting']],
  ])('answers 422 to the query %j', async (query, fields) => {
    const answer = await api.get(`/rules/search${query}`);
    expect(answer.body).toMatchObject({ status: 422, errors: fields.map((field) => ({ field })) });
  });
});
