import { addFeatures, addRule, declare } from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';

const api = useService();
beforeEach(async () => {
  await api.empty();
  await addFeatures(api.call, 'account', 'user', 'theme', 'trust');
  await declare(api.call, { metadata: { owner: 'core' } });
  await declare(api.call, { version: '1.5', metadata: { owner: 'core' } });
});

const setting = async (name = 'cache_size') => (await api.get(`/settings/${name}`)).body;

/** Each of the three attributes: its path, a body that keeps it as it is and one that any higher version allows. */
const ATTRIBUTES: readonly [attribute: string, same: object, other: object][] = [
  ['type', { type: 'int' }, { type: 'Enum[60]' }],
  ['name', { name: 'cache_size' }, { name: 'size' }],
  [
    'configurable_features',
    { configurable_features: ['theme', 'user', 'account'] },
    { configurable_features: ['user'] },
  ],
];

describe.each(ATTRIBUTES)('PUT /api/v1/settings/{name}/%s', (attribute, same, other) => {
  const change = (body: object, name = 'cache_size') => api.put(`/settings/${name}/${attribute}`, body);

  it('as it is, at the same version: 204 and nothing changes', async () => {
    const answer = await api.unchanged(() => change({ ...same, version: '1.5' }));
    expect(answer).toMatchObject({ status: 204, text: '' });
  });

  it.each(['1.6', '2.0', '1.10'])('as it is, at the version %s: 204 and only the version moves', async (version) => {
    const before = await setting();
    expect((await change({ ...same, version })).status).toBe(204);
    expect(await setting()).toEqual({ ...(before as object), version });
  });

  it.each(['1.4', '0.9', '1.0'])('as it is, at the older version %s: 409', async (version) => {
    expect((await api.unchanged(() => change({ ...same, version }))).status).toBe(409);
  });

  // A name may change at the same version, as it may in Heksher 0.5.
  const tooLow = attribute === 'name' ? ['1.4', '0.9'] : ['1.4', '1.5', '0.9'];
  it.each(tooLow)('changed at the version %s, which is not higher: 409', async (version) => {
    expect((await api.unchanged(() => change({ ...other, version }))).status).toBe(409);
  });

  it('changed at a higher version: 204, with the attribute and the version moved', async () => {
    const before = await setting();
    expect(await change({ ...other, version: '2.0' })).toMatchObject({ status: 204, text: '' });
    const aliases = attribute === 'name' ? ['cache_size'] : [];
    expect(await setting()).toEqual({ ...(before as object), ...other, aliases, version: '2.0' });
  });

  it('works by an alias', async () => {
    await api.put('/settings/cache_size/name', { name: 'new_name', version: '1.6' });
    expect((await change({ ...other, version: '2.0' })).status).toBe(204);
    expect(await setting()).toMatchObject({ ...other, version: '2.0' });
  });

  it('answers 404 for an unknown setting', async () => {
    expect((await api.unchanged(() => change({ ...other, version: '2.0' }, 'nothing'))).status).toBe(404);
  });

  it.each([
    { version: undefined },
    { version: '2' },
    { version: 2 },
    { version: null },
    { [attribute]: undefined },
    { [attribute]: 5 },
    { [attribute]: null },
  ])('answers 422 to %j', async (broken) => {
    const answer = await api.unchanged(() => change({ ...other, version: '2.0', ...broken }));
    expect(answer.body).toMatchObject({ status: 422, errors: [{ field: Object.keys(broken)[0] }] });
  });
});

describe('PUT /api/v1/settings/{name}/type', () => {
  const change = (type: string, version: string) => api.put('/settings/cache_size/type', { type, version });

  it('takes another spelling of the same type for the same', async () => {
    await change('Enum[1,60]', '2.0');
    const answer = await api.unchanged(() => change('Enum [ 60, 1.0, 1 ]', '2.0'));
    expect(answer.status).toBe(204);
  });

  it('goes to a supertype only at a major step', async () => {
    const answer = await api.unchanged(() => change('float', '1.6'));
    expect(answer.status).toBe(409);
    expect(answer.body).toEqual({
      conflicts: [expect.stringContaining('major') as unknown],
      errors: [expect.objectContaining({ code: 'needs_major_version', pointer: '/version' })],
    });
    expect((await change('float', '2.0')).status).toBe(204);
    expect((await change('int', '2.1')).status).toBe(204);
    expect(await setting()).toMatchObject({ type: 'int', version: '2.1' });
  });

  it('names the default value and every rule that do not fit, at whatever step', async () => {
    const kept = await addRule(api.call, 'cache_size', { account: 'jim' }, 1);
    const unfit = await addRule(api.call, 'cache_size', { user: 'john', theme: 'dark' }, 100);
    const answer = await api.unchanged(() => change('Enum[1,2]', '2.0'));
    expect(answer.status).toBe(409);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    const { conflicts, errors } = answer.body as { conflicts: string[]; errors: unknown[] };
    expect(conflicts).toHaveLength(2);
    expect(errors[1]).toMatchObject({ code: 'wrong_type', pointer: '/type', rule_id: unfit, message: conflicts[1] });
    expect(conflicts[0]).toMatch(/default value.*60/);
    expect(conflicts[1]).toMatch(new RegExp(`^rule ${unfit} \\(.*100`));
    expect(conflicts.join()).not.toContain(`rule ${kept} `);
  });

  it('counts the rules that do not fit, however many there are', async () => {
    await api.sql(`
      with added as (insert into rules (setting, value) select 'cache_size', n::text from generate_series(1, 4001) n returning id, value)
      insert into conditions (rule, context_feature, feature_value) select id, 'user', 'user_' || value from added`);
    const answer = await api.unchanged(() => change('Enum[60,4001]', '2.0'));
    expect(answer.status).toBe(409);
    const { conflicts } = answer.body as { conflicts: string[] };
    expect(conflicts[0]).toMatch(/^rule \d+ \(user\) has the value 1,/);
    expect(JSON.stringify(answer.body)).toContain(String(4001 - 2 - 20));
    await api.sql(`update rules set value = '60' where value <> '4001'`);
    expect((await change('Enum[60,4001]', '2.0')).status).toBe(204);
  });

  it('is not limited by what fits all the same', async () => {
    await addRule(api.call, 'cache_size', { account: 'jim' }, 100);
    expect((await change('Enum[100,60]', '2.0')).status).toBe(204);
    expect(await setting()).toMatchObject({ type: 'Enum[100,60]' });
  });

  it.each(['integer', 'Sequence<int', ''])('answers 422 to the type %j', async (type) => {
    expect((await api.unchanged(() => change(type, '2.0'))).status).toBe(422);
  });
});

describe('PUT /api/v1/settings/{name}/name', () => {
  const rename = (name: string, to: string, version: string) =>
    api.put(`/settings/${name}/name`, { name: to, version });

  it('keeps the old name as an alias, and the rules, features and metadata', async () => {
    const id = await addRule(api.call, 'cache_size', { user: 'john' }, 5, { note: 'x' });
    expect((await rename('cache_size', 'size', '1.6')).status).toBe(204);
    expect(await setting('size')).toMatchObject({ name: 'size', aliases: ['cache_size'], metadata: { owner: 'core' } });
    expect((await api.get(`/rules/${id}`)).body).toMatchObject({ setting: 'size', metadata: { note: 'x' } });
    expect(await api.sql('select * from setting_aliases')).toEqual([{ setting: 'size', alias: 'cache_size' }]);
  });

  it('takes an equal version, and no lower one', async () => {
    expect((await api.unchanged(() => rename('cache_size', 'size', '1.4'))).status).toBe(409);
    expect((await rename('cache_size', 'size', '1.5')).status).toBe(204);
    expect(await setting('size')).toMatchObject({ name: 'size', aliases: ['cache_size'], version: '1.5' });
  });

  it('back to a former name makes that canonical and the other an alias', async () => {
    await rename('cache_size', 'size', '1.6');
    expect((await rename('size', 'cache_size', '1.7')).status).toBe(204);
    expect(await setting('size')).toMatchObject({ name: 'cache_size', aliases: ['size'], version: '1.7' });
  });

  it.each(['taken', 'formerly_taken'])('answers 409 to %s, a name of another setting', async (name) => {
    await declare(api.call, { name: 'formerly_taken' });
    await rename('formerly_taken', 'taken', '1.1');
    expect((await api.unchanged(() => rename('cache_size', name, '1.6'))).status).toBe(409);
  });

  it.each(['a b', '', '.', '..', 'x'.repeat(256), 'size\n'])('answers 422 to the name %j', async (name) => {
    const answer = await api.unchanged(() => rename('cache_size', name, '1.6'));
    expect(answer.body).toMatchObject({ status: 422, errors: [{ field: 'name' }] });
  });
});

describe('PUT /api/v1/settings/{name}/configurable_features', () => {
  const change = (configurable_features: unknown, version: string) =>
    api.put('/settings/cache_size/configurable_features', { configurable_features, version });

  it('adds only at a major step', async () => {
    expect((await api.unchanged(() => change(['account', 'user', 'theme', 'trust'], '1.6'))).status).toBe(409);
    expect((await change(['trust', 'theme', 'user', 'account'], '2.0')).status).toBe(204);
    expect(await setting()).toMatchObject({ configurable_features: ['account', 'user', 'theme', 'trust'] });
  });

  it('takes away at a minor step what no rule uses', async () => {
    const id = await addRule(api.call, 'cache_size', { user: 'john' }, 5);
    expect((await change(['user'], '1.6')).status).toBe(204);
    expect(await setting()).toMatchObject({ configurable_features: ['user'], version: '1.6' });
    expect((await api.get(`/rules/${id}`)).status).toBe(200);
  });

  it.each(['1.6', '2.0'])('at the version %s keeps what a rule uses: 409', async (version) => {
    await addRule(api.call, 'cache_size', { user: 'john' }, 5);
    const answer = await api.unchanged(() => change(['account', 'theme'], version));
    expect(answer.status).toBe(409);
    expect(answer.text).toContain('user');
  });

  it('answers 404 that names an unknown feature', async () => {
    const answer = await api.unchanged(() => change(['user', 'rank'], '2.0'));
    expect(answer.status).toBe(404);
    expect(answer.text).toContain('rank');
  });

  it.each([[[]], [['user', 'user']], ['user'], [['no name']], [{}]])('answers 422 to %j', async (features) => {
    const answer = await api.unchanged(() => change(features, '2.0'));
    expect(answer.body).toMatchObject({ status: 422, errors: [{ field: 'configurable_features' }] });
  });
});
