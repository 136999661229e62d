import { addFeatures, addRule, declare } from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';

const api = useService();
beforeEach(async () => {
  await api.empty();
  await addFeatures(api.call, 'account', 'user', 'theme');
});

/** The list as the API gives it and as the table holds it: indices 0..n-1. */
async function expectFeatures(...names: readonly string[]): Promise<void> {
  expect((await api.get('/context_features')).body).toEqual({ context_features: names });
  const rows = await api.sql('select name, index from context_features order by index');
  expect(rows).toEqual(names.map((name, index) => ({ name, index })));
}

describe('GET /api/v1/context_features', () => {
  it('gives all in the order they were added', () => expectFeatures('account', 'user', 'theme'));

  it('gives an empty list where there are none', async () => {
    await api.empty();
    const answer = await api.get('/context_features');
    expect(answer).toMatchObject({ status: 200, text: '{"context_features":[]}' });
  });

  it('goes by index and not by name or age where another writer left holes', async () => {
    await api.sql(`update context_features set index = case name when 'theme' then 3 when 'user' then 17 else 40 end`);
    expect((await api.get('/context_features')).body).toEqual({ context_features: ['theme', 'user', 'account'] });
    expect((await api.get('/context_features/user')).body).toEqual({ index: 1 });
  });
});

describe('GET /api/v1/context_features/{name}', () => {
  it.each([...['account', 'user', 'theme'].entries()])('gives the place %i of %s', async (index, name) => {
    const answer = await api.get(`/context_features/${name}`);
    expect(answer).toMatchObject({ status: 200, body: { index } });
  });

  it('answers 404 with no text for an unknown one', async () => {
    expect(await api.get('/context_features/trust')).toMatchObject({ status: 404, text: '' });
  });

  it.each(['no%20name', 'not-real', '%00', '*', 'x'.repeat(300)])(
    'answers 404 to %s, which can be no name',
    async (name) => {
      for (const method of ['GET', 'DELETE']) {
        expect((await api.unchanged(() => api.call(method, `/api/v1/context_features/${name}`))).status).toBe(404);
      }
      const move = () => api.patch(`/context_features/${name}/index`, { to_after: 'user' });
      expect((await api.unchanged(move)).status).toBe(404);
    },
  );
});

describe('POST /api/v1/context_features', () => {
  const add = (name: unknown) => api.post('/context_features', { context_feature: name });

  it('adds one as the last', async () => {
    expect(await add('trust')).toMatchObject({ status: 204, text: '' });
    await expectFeatures('account', 'user', 'theme', 'trust');
  });

  it('adds one to an empty list at index 0', async () => {
    await api.empty();
    expect((await add('trust')).status).toBe(204);
    await expectFeatures('trust');
  });

  it('closes holes that another writer left', async () => {
    await api.sql('update context_features set index = index * 10 + 5');
    expect((await add('trust')).status).toBe(204);
    await expectFeatures('account', 'user', 'theme', 'trust');
  });

  it.each(['Trust_2', '007', '__proto__', 'constructor', 'x'.repeat(255)])('takes the name %s', async (name) => {
    expect((await add(name)).status).toBe(204);
    await expectFeatures('account', 'user', 'theme', name);
    expect((await api.get(`/context_features/${name}`)).body).toEqual({ index: 3 });
  });

  it('answers 409 to a name that is there, and says so', async () => {
    const answer = await api.unchanged(() => add('user'));
    expect(answer).toMatchObject({ status: 409, text: 'context feature already exists' });
  });

  it.each(['', 'a b', 'a.b', 'a-b', 'é', 'user\n', '\nuser', 'x'.repeat(256), 5, null, true, ['user'], {}, undefined])(
    'answers 422 to the name %j',
    async (name) => {
      const answer = await api.unchanged(() => add(name));
      expect(answer.status).toBe(422);
      expect(answer.body).toMatchObject({ errors: [{ field: 'context_feature' }] });
    },
  );
});

describe('DELETE /api/v1/context_features/{name}', () => {
  it.each([
    ['account', ['user', 'theme']],
    ['user', ['account', 'theme']],
    ['theme', ['account', 'user']],
  ])('takes %s away and closes the gap', async (name, rest) => {
    expect(await api.delete(`/context_features/${name}`)).toMatchObject({ status: 204, text: '' });
    await expectFeatures(...rest);
  });

  it('answers 404 for an unknown one', async () => {
    const answer = await api.unchanged(() => api.delete('/context_features/trust'));
    expect(answer).toMatchObject({ status: 404, text: '' });
  });

  it('answers 409 as long as any of two settings is configurable by it', async () => {
    await declare(api.call, { name: 'one', configurable_features: ['user'] });
    await declare(api.call, { name: 'two', configurable_features: ['user', 'theme'] });
    for (const setting of ['one', 'two']) {
      const answer = await api.unchanged(() => api.delete('/context_features/user'));
      expect(answer.status).toBe(409);
      expect(answer.text).toBe("context feature can't be deleted, there is at least one setting configured by it");
      await api.delete(`/settings/${setting}`);
    }
    expect((await api.delete('/context_features/user')).status).toBe(204);
    await expectFeatures('account', 'theme');
  });

  it('answers 409 where only a rule still has a condition on it', async () => {
    await declare(api.call);
    await addRule(api.call, 'cache_size', { user: 'john' }, 5);
    await api.sql(`delete from configurable where context_feature = 'user'`);
    expect((await api.unchanged(() => api.delete('/context_features/user'))).status).toBe(409);
  });
});

describe('PATCH /api/v1/context_features/{name}/index', () => {
  const move = (name: string, body: unknown) => api.patch(`/context_features/${name}/index`, body);

  it.each([
    ['theme', { to_before: 'account' }, ['theme', 'account', 'user']],
    ['theme', { to_before: 'user' }, ['account', 'theme', 'user']],
    ['account', { to_after: 'theme' }, ['user', 'theme', 'account']],
    ['account', { to_after: 'user' }, ['user', 'account', 'theme']],
    ['user', { to_after: 'theme', to_before: null }, ['account', 'theme', 'user']],
    ['user', { to_before: 'account', to_after: null }, ['user', 'account', 'theme']],
    ['user', { to_after: 'account' }, ['account', 'user', 'theme']],
    ['user', { to_before: 'theme' }, ['account', 'user', 'theme']],
    ['user', { to_after: 'user' }, ['account', 'user', 'theme']],
    ['user', { to_before: 'user' }, ['account', 'user', 'theme']],
  ])('moves %s by %j', async (name, body, expected) => {
    expect(await move(name, body)).toMatchObject({ status: 204, text: '' });
    await expectFeatures(...expected);
  });

  it.each([
    ['trust', { to_after: 'user' }],
    ['user', { to_after: 'trust' }],
    ['user', { to_before: 'trust' }],
    ['trust', { to_before: 'trust' }],
  ])('answers 404 where %s by %j names an unknown one', async (name, body) => {
    const answer = await api.unchanged(() => move(name, body));
    expect(answer).toMatchObject({ status: 404, text: '' });
  });

  it.each([
    {},
    { to_after: null },
    { to_after: 'account', to_before: 'theme' },
    { to_after: 5 },
    { to_before: ['theme'] },
  ])('answers 422 to %j', async (body) => {
    const answer = await api.unchanged(() => move('user', body));
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ errors: [{}] });
  });

  it('reorders the conditions of rules and the features of settings in answers', async () => {
    await declare(api.call);
    const id = await addRule(api.call, 'cache_size', { account: 'john', theme: 'dark' }, 5);
    await move('theme', { to_before: 'account' });
    const { body } = await api.get(`/rules/${id}`);
    expect(body).toMatchObject({
      feature_values: [
        ['theme', 'dark'],
        ['account', 'john'],
      ],
    });
    const setting = await api.get('/settings/cache_size');
    expect(setting.body).toMatchObject({ configurable_features: ['theme', 'account', 'user'] });
  });
});
