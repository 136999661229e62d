import { addFeatures, addRollout, addRule, declare } from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';

const api = useService();
let byUser: number;
let byAccount: number;
beforeEach(async () => {
  await api.empty();
  await addFeatures(api.call, 'account', 'user', 'theme', 'trust');
  await declare(api.call, { type: 'float', configurable_features: ['account', 'user', 'theme', 'trust'] });
  byUser = await addRollout(api.call, 'cache_size', { value: 1.5, feature_values: { theme: 'dark' } });
  const variants = [
    { name: 'a', value: 1, weight: 1 },
    { name: 'b', value: 2.5, weight: 1 },
  ];
  byAccount = await addRollout(api.call, 'cache_size', { feature: 'account', variants });
});

const FEATURES = ['account', 'user', 'theme', 'trust'];
const without = (...removed: readonly string[]) => FEATURES.filter((feature) => !removed.includes(feature));
const now = (change: object) => ({ type: 'float', configurable_features: FEATURES, ...change });

describe('a declaration', () => {
  it.each<[string, readonly string[], () => string]>([
    ['the feature of a rollout', ['user'], () => `['user'] are still in use by rollouts [${byUser}]`],
    ['a feature in its conditions', ['theme'], () => `['theme'] are still in use by rollouts [${byUser}]`],
    [
      'those of several',
      ['account', 'trust', 'user'],
      () => `['account', 'user'] are still in use by rollouts [${byUser}, ${byAccount}]`,
    ],
  ])('that takes away %s is refused, and names the rollouts', async (_, removed, message) => {
    const configurable_features = without(...removed);
    const mismatch = { level: 'mismatch', message: `configurable features ${message()}` };
    const higher = await api.unchanged(() => declare(api.call, now({ configurable_features, version: '2.0' })));
    expect(higher).toMatchObject({ status: 409, body: { outcome: 'rejected', differences: [mismatch] } });
    const same = await api.unchanged(() => declare(api.call, now({ configurable_features })));
    expect(same).toMatchObject({ status: 409, body: { outcome: 'mismatch', differences: [mismatch] } });
  });

  it('names rules and rollouts apart', async () => {
    const rule = await addRule(api.call, 'cache_size', { user: 'john' }, 5.5);
    const change = { configurable_features: without('user'), type: 'int', version: '2.0' };
    const { body } = await api.unchanged(() => declare(api.call, now(change)));
    expect(body).toMatchObject({
      differences: [
        { message: `configurable features ['user'] are still in use by rules [${rule}]` },
        { message: `configurable features ['user'] are still in use by rollouts [${byUser}]` },
        { message: `setting type incompatible with values for rules: [${rule}]` },
        { message: `setting type incompatible with values for rollouts: [${byUser}, ${byAccount}]` },
      ],
    });
  });

  it('that takes away what no rollout goes by is carried out', async () => {
    const change = { configurable_features: without('trust'), version: '1.1' };
    expect((await declare(api.call, now(change))).body).toMatchObject({ outcome: 'upgraded' });
  });

  it('of a type that a value or one of the variants does not fit is refused, and one that all fit is not', async () => {
    const mismatch = (ids: string) => ({
      level: 'mismatch',
      message: `setting type incompatible with values for rollouts: ${ids}`,
    });
    const toInt = () => declare(api.call, now({ type: 'int', version: '2.0' }));
    expect((await api.unchanged(toInt)).body).toMatchObject({ differences: [mismatch(`[${byUser}, ${byAccount}]`)] });
    await api.patch(`/rollouts/${byUser}`, { value: 2 });
    expect((await api.unchanged(toInt)).body).toMatchObject({ differences: [mismatch(`[${byAccount}]`)] });
    await api.patch(`/rollouts/${byAccount}`, { variants: [{ name: 'b', value: 3.0, weight: 1 }] });
    expect((await toInt()).body).toMatchObject({ outcome: 'upgraded' });
    const answer = await api.unchanged(() => api.patch(`/rollouts/${byUser}`, { value: 2.5 }));
    expect(answer.status).toBe(400);
  });

  it('that renames takes the rollouts along, and their salts stay', async () => {
    const change = { name: 'size', alias: 'cache_size', version: '1.1' };
    expect((await declare(api.call, now(change))).body).toMatchObject({ outcome: 'upgraded' });
    const { body } = await api.get('/rollouts?setting=cache_size');
    expect(body).toMatchObject({ rollouts: [{ setting: 'size', salt: 'cache_size' }, { setting: 'size' }] });
  });
});

describe('PUT /api/v1/settings/{name}/configurable_features', () => {
  it.each(['user', 'theme', 'account'])(
    'answers 409 where %s is in use by a rollout, and names it',
    async (feature) => {
      const body = { configurable_features: without(feature), version: '2.0' };
      const answer = await api.unchanged(() => api.put('/settings/cache_size/configurable_features', body));
      const id = feature === 'account' ? byAccount : byUser;
      expect(answer).toMatchObject({
        status: 409,
        text: `the configurable feature ${feature} is in use by rollout ${id}`,
      });
    },
  );

  it('takes away what is in use no more', async () => {
    await api.delete(`/rollouts/${byAccount}`);
    const body = { configurable_features: without('account'), version: '1.1' };
    expect((await api.put('/settings/cache_size/configurable_features', body)).status).toBe(204);
  });
});

it('PUT /api/v1/settings/{name}/type names each value of a rollout that does not fit', async () => {
  const answer = await api.unchanged(() => api.put('/settings/cache_size/type', { type: 'int', version: '2.0' }));
  expect(answer).toMatchObject({
    status: 409,
    body: {
      conflicts: [
        `rollout ${byUser} (user, theme) has the value 1.5, not of the type int`,
        `rollout ${byAccount} (account) has the value 2.5, not of the type int`,
      ],
    },
  });
});

it('a context feature that a rollout goes by cannot be deleted, even where the setting is no more configurable by it', async () => {
  for (const feature of ['user', 'theme']) {
    await api.sql('delete from configurable where context_feature = $1', [feature]);
    const answer = await api.unchanged(() => api.delete(`/context_features/${feature}`));
    expect([feature, answer.status]).toEqual([feature, 409]);
  }
});

it('deleting a setting deletes its rollouts with all that is theirs, and those of no other', async () => {
  await declare(api.call, { name: 'other' });
  const stays = await addRollout(api.call, 'other', {
    value: 1,
    metadata: { a: 1 },
    feature_values: { theme: 'dark' },
  });
  for (const id of [byUser, stays]) await api.post(`/rollouts/${id}/members`, { add: ['jim'] });
  expect((await api.delete('/settings/cache_size')).status).toBe(204);
  expect((await api.get(`/rollouts/${byUser}`)).status).toBe(404);
  for (const table of ['rollout_conditions', 'rollout_members', 'rollout_metadata']) {
    expect(await api.sql(`select rollout from ${table}`)).toEqual([{ rollout: stays }]);
  }
});

it('rollouts of variants that another writer broke are served, fit no other type, and can be replaced', async () => {
  await api.sql(`update rollouts set variants = '[{"name": "a"}]' where id = $1`, [byAccount]);
  expect(
    (await api.unchanged(() => declare(api.call, now({ type: 'str', default_value: '', version: '2.0' })))).body,
  ).toMatchObject({
    differences: [{}, { message: `setting type incompatible with values for rollouts: [${byUser}, ${byAccount}]` }],
  });
  expect((await api.patch(`/rollouts/${byAccount}`, { value: 1 })).status).toBe(204);
});
