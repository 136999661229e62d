import { addFeatures, addRule, declare } from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';

const api = useService();
beforeEach(async () => {
  await api.empty();
  await addFeatures(api.call, 'account', 'user', 'theme', 'trust');
  await declare(api.call);
});

const rule = (extra: object = {}) => ({ setting: 'cache_size', feature_values: { user: 'john' }, value: 5, ...extra });
const UNKNOWN_IDS = ['999', '0', '-1', '2147483648', '99999999999999999999', '-9223372036854775809'];
const NO_IDS = ['john', '1.0', '1e3', '0x1', '1%20', '%00', 'null', '1_0', '١'];

describe('POST /api/v1/rules', () => {
  it.each([
    [5, '5'],
    [true, 'true'],
    [1.5, '1.5'],
  ])('takes the value %j of a feature for its text', async (given, text) => {
    expect((await api.post('/rules', rule({ feature_values: { user: given } }))).status).toBe(201);
    expect((await api.get('/rules/1')).body).toMatchObject({ feature_values: [['user', text]] });
  });

  it('names the rule that has the same conditions', async () => {
    await api.post('/rules', rule());
    const answer = await api.unchanged(() => api.post('/rules', rule(), { accept: 'application/json' }));
    expect(answer.body).toMatchObject({
      status: 409,
      code: 'already_exists',
      errors: [{ pointer: '/feature_values', rule_id: 1 }],
    });
  });

  it.each([
    [{ feature_values: { user: 'x', 'a/b': 1, 'c~': null } }, 422, ['/feature_values/a~1b', '/feature_values/c~0']],
    [{ feature_values: { user: 'a b', theme: '' } }, 422, ['/feature_values/user', '/feature_values/theme']],
    [{ feature_values: { user: 'x', team: 'y' } }, 400, ['/feature_values/team']],
    [{ value: 'big' }, 400, ['/value']],
    [{ metadata: { a: 1, 'b c': 1 } }, 422, ['/metadata/b c']],
    [{ setting: 'nothing' }, 422, ['/setting']],
  ])('points to what is wrong: %j', async (part, status, pointers) => {
    const answer = await api.unchanged(() => api.post('/rules', rule(part), { accept: 'application/json' }));
    const { errors } = answer.body as { errors: { pointer: string }[] };
    expect([answer.status, errors.map(({ pointer }) => pointer)]).toEqual([status, pointers]);
  });

  it('adds a rule and says where it is', async () => {
    const feature_values = { theme: 'dark', account: 'john@example.com' };
    const answer = await api.post('/rules', rule({ feature_values, metadata: { note: 'x' } }));
    expect(answer.status).toBe(201);
    expect(answer.text).toBe('{"rule_id":1}');
    expect(answer.headers.get('location')).toBe('/1');
    expect(answer.headers.get('content-location')).toBe('/api/v1/rules/1');
    expect((await api.call('GET', '/api/v1/rules/1')).body).toEqual({
      setting: 'cache_size',
      value: 5,
      feature_values: [
        ['account', 'john@example.com'],
        ['theme', 'dark'],
      ],
      metadata: { note: 'x' },
    });
    expect(await api.sql('select * from rules')).toEqual([{ id: 1, setting: 'cache_size', value: '5' }]);
    expect(await api.sql('select * from conditions order by context_feature')).toEqual([
      { rule: 1, context_feature: 'account', feature_value: 'john@example.com' },
      { rule: 1, context_feature: 'theme', feature_value: 'dark' },
    ]);
  });

  it('takes an alias for the setting, and the rule belongs to the setting', async () => {
    await api.put('/settings/cache_size/name', { name: 'size', version: '1.1' });
    const answer = await api.post('/rules', rule());
    expect(answer.status).toBe(201);
    expect((await api.get('/rules/1')).body).toMatchObject({ setting: 'size', metadata: {} });
  });

  it.each(['é', 'Ω1', '日本', '٣', 'a-b_c.d@e+f/g=h~i#j', 'x'.repeat(255), '𐐷'.repeat(255), '__proto__'])(
    'takes the value %s of a feature',
    async (user) => {
      const id = await addRule(api.call, 'cache_size', { user }, 5);
      expect((await api.get(`/rules/${id}`)).body).toMatchObject({ feature_values: [['user', user]] });
      const filter = encodeURIComponent(`user:(${user})`);
      const query = await api.get(`/query?context_filters=${filter}`);
      expect(query.body).toMatchObject({ settings: { cache_size: { rules: [{ rule_id: id }] } } });
    },
  );

  it.each([
    '',
    'a b',
    'a,b',
    'a:b',
    '(a)',
    '*',
    '"a"',
    "'",
    'a\n',
    'x'.repeat(256),
    '\0',
    '\ud800',
    null,
    ['john'],
    {},
  ])('answers 422 to the value %j of a feature', async (user) => {
    const answer = await api.unchanged(() => api.post('/rules', rule({ feature_values: { user } })));
    expect(answer.body).toMatchObject({ status: 422, errors: [{ field: 'feature_values' }] });
  });

  it.each([{}, [], null, 'user:john', { 'no name': 'x' }, { '': 'x' }, undefined])(
    'answers 422 to the feature_values %j',
    async (feature_values) => {
      const answer = await api.unchanged(() => api.post('/rules', rule({ feature_values })));
      expect(answer.body).toMatchObject({ status: 422, errors: [{ field: 'feature_values' }] });
    },
  );

  it.each(['nothing', 'no name', '', 5, null, undefined])('answers 422 to the setting %j', async (setting) => {
    const answer = await api.unchanged(() => api.post('/rules', rule({ setting })));
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ errors: [{}] });
  });

  it('answers 422 without a value', async () => {
    const answer = await api.unchanged(() => api.post('/rules', rule({ value: undefined })));
    expect(answer.body).toMatchObject({ status: 422, errors: [{ field: 'value' }] });
  });

  it.each([[], null, 'x', { 'a b': 1 }])('answers 422 to the metadata %j', async (metadata) => {
    const answer = await api.unchanged(() => api.post('/rules', rule({ metadata })));
    expect(answer.body).toMatchObject({ status: 422, errors: [{ field: 'metadata' }] });
  });

  it.each(['trust', 'rank'])('answers 400 to %s, which the setting is not configurable by', async (feature) => {
    const answer = await api.unchanged(() =>
      api.post('/rules', rule({ feature_values: { user: 'x', [feature]: 'x' } })),
    );
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(feature);
  });

  it.each([1.5, '5', true, null, [5], {}])('answers 400 to the value %j, which is no int', async (value) => {
    const answer = await api.unchanged(() => api.post('/rules', rule({ value })));
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('int');
  });

  it('answers 409 where a rule with exactly these conditions exists, in whatever order and with whatever value', async () => {
    await addRule(api.call, 'cache_size', { user: 'john', theme: 'dark' }, 5);
    const feature_values = { theme: 'dark', user: 'john' };
    const answer = await api.unchanged(() => api.post('/rules', rule({ feature_values, value: 6 })));
    expect(answer.status).toBe(409);
  });

  it('lets others with fewer, more or other conditions be, and other settings', async () => {
    await declare(api.call, { name: 'other' });
    const all: Record<string, string>[] = [
      { user: 'john' },
      { user: 'John' },
      { theme: 'john' },
      { user: 'john', theme: 'dark' },
    ];
    for (const setting of ['cache_size', 'other'])
      for (const values of all) await addRule(api.call, setting, values, 5);
    expect(await api.sql('select count(*)::int from rules')).toEqual([{ count: 8 }]);
  });
});

describe('GET and DELETE /api/v1/rules/{id}', () => {
  it('DELETE takes the rule with its conditions and metadata, and no other', async () => {
    const gone = await addRule(api.call, 'cache_size', { user: 'john' }, 1, { note: 1 });
    const stays = await addRule(api.call, 'cache_size', { user: 'jim' }, 2, { note: 2 });
    expect(await api.delete(`/rules/${gone}`)).toMatchObject({ status: 204, text: '' });
    expect((await api.get(`/rules/${gone}`)).status).toBe(404);
    expect(await api.sql('select rule from conditions union all select rule from rule_metadata')).toEqual([
      { rule: stays },
      { rule: stays },
    ]);
    expect((await api.unchanged(() => api.delete(`/rules/${gone}`))).status).toBe(404);
  });

  it('an id is not given again', async () => {
    const id = await addRule(api.call, 'cache_size', { user: 'john' }, 1);
    await api.delete(`/rules/${id}`);
    expect(await addRule(api.call, 'cache_size', { user: 'john' }, 1)).toBeGreaterThan(id);
  });

  it.each(['get', 'delete'] as const)('%s answers 404 with no text for an integer that is no rule', async (method) => {
    for (const id of UNKNOWN_IDS) {
      expect(await api.unchanged(() => api[method](`/rules/${id}`))).toMatchObject({ status: 404, text: '' });
    }
  });

  it.each(['get', 'delete'] as const)('%s answers 422 for what is no integer', async (method) => {
    for (const id of NO_IDS) expect((await api.unchanged(() => api[method](`/rules/${id}`))).status).toBe(422);
  });
});

describe.each([
  ['put', '/value'],
  ['patch', ''],
] as const)('%s /api/v1/rules/{id}%s', (method, path) => {
  const change = (id: string | number, body: unknown) => api[method](`/rules/${id}${path}`, body);

  it('changes the value and nothing else', async () => {
    const id = await addRule(api.call, 'cache_size', { user: 'john' }, 1, { note: 'x' });
    expect(await change(id, { value: 0 })).toMatchObject({ status: 204, text: '' });
    expect((await api.get(`/rules/${id}`)).body).toEqual({
      setting: 'cache_size',
      value: 0,
      feature_values: [['user', 'john']],
      metadata: { note: 'x' },
    });
    expect(await api.sql('select value from rules')).toEqual([{ value: '0' }]);
  });

  it.each([1.5, '5', true, null])('answers 400 to %j, which is no int', async (value) => {
    const id = await addRule(api.call, 'cache_size', { user: 'john' }, 1);
    expect((await api.unchanged(() => change(id, { value }))).status).toBe(400);
  });

  it('answers 422 without a value', async () => {
    const id = await addRule(api.call, 'cache_size', { user: 'john' }, 1);
    const answer = await api.unchanged(() => change(id, { other: 5 }));
    expect(answer.body).toMatchObject({ status: 422, errors: [{ field: 'value' }] });
  });

  it('answers 404 for an integer that is no rule, 422 for what is no integer', async () => {
    for (const id of UNKNOWN_IDS) expect(await change(id, { value: 5 })).toMatchObject({ status: 404, text: '' });
    for (const id of NO_IDS) expect((await change(id, { value: 5 })).status).toBe(422);
  });
});
