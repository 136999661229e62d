import { addFeatures, addRule, declare } from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';

const api = useService();
beforeEach(async () => {
  await api.empty();
  await addFeatures(api.call, 'account', 'user', 'theme');
  await declare(api.call, { metadata: { owner: 'core', 'a-b': [1] } });
});

describe('GET /api/v1/settings', () => {
  beforeEach(async () => {
    await declare(api.call, {
      name: 'b.other',
      type: 'str',
      default_value: 'x',
      configurable_features: ['theme', 'user'],
    });
    await declare(api.call, { name: 'Zebra', type: 'bool', default_value: false, configurable_features: ['user'] });
    await api.put('/settings/b.other/name', { name: 'other', version: '1.1' });
  });

  const short = [
    { name: 'Zebra', type: 'bool', default_value: false, version: '1.0' },
    { name: 'cache_size', type: 'int', default_value: 60, version: '1.0' },
    { name: 'other', type: 'str', default_value: 'x', version: '1.1' },
  ];
  const additional = [
    { configurable_features: ['user'], metadata: {}, aliases: [] },
    { configurable_features: ['account', 'user', 'theme'], metadata: { owner: 'core', 'a-b': [1] }, aliases: [] },
    { configurable_features: ['user', 'theme'], metadata: {}, aliases: ['b.other'] },
  ];
  const full = short.map((setting, index) => ({ ...setting, ...additional[index] }));

  it.each([
    '',
    '?include_additional_data=false',
    '?include_additional_data=0',
    '?include_additional_data=No',
    '?include_additional_data=oFF',
    '?include_additional_data=F',
    '?include_additional_data=n',
    '?other=1',
  ])('%j lists name, type, default and version, sorted by name', async (query) => {
    const answer = await api.get(`/settings${query}`);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ settings: short });
  });

  it.each(['true', 'True', 'TRUE', '1', 'yes', 'YES', 'on', 'On', 't', 'T', 'y', 'Y'])(
    'include_additional_data=%s adds the rest',
    async (yes) => {
      const answer = await api.get(`/settings?include_additional_data=${yes}`);
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({ settings: full });
    },
  );

  it.each(['', 'maybe', '2', 'ye', 'tr', 'None', 'true%20', 'true&include_additional_data=true'])(
    'include_additional_data=%s answers 422',
    async (other) => {
      const answer = await api.get(`/settings?include_additional_data=${other}`);
      expect(answer.body).toMatchObject({ status: 422, errors: [{ field: 'include_additional_data' }] });
    },
  );

  it('is an empty list where there are none', async () => {
    await api.empty();
    expect((await api.get('/settings')).text).toBe('{"settings":[]}');
  });
});

describe('GET /api/v1/settings/{name}', () => {
  it('gives everything, by any of its names, aliases sorted', async () => {
    await api.put('/settings/cache_size/name', { name: 'b', version: '1.1' });
    await api.put('/settings/cache_size/name', { name: 'a', version: '1.2' });
    for (const name of ['a', 'b', 'cache_size']) {
      const answer = await api.get(`/settings/${name}`);
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({
        name: 'a',
        configurable_features: ['account', 'user', 'theme'],
        type: 'int',
        default_value: 60,
        metadata: { owner: 'core', 'a-b': [1] },
        aliases: ['b', 'cache_size'],
        version: '1.2',
      });
    }
  });

  it('answers 404 that names an unknown one', async () => {
    const answer = await api.get('/settings/nothing');
    expect(answer.status).toBe(404);
    expect(answer.text).toContain('nothing');
  });

  it('is exact about case', async () => {
    expect((await api.get('/settings/Cache_size')).status).toBe(404);
  });

  it.each(['no%20name', 'a-b', '%C3%A9', 'name%0A', '%00', 'x'.repeat(256)])(
    '%s, which can be no name, is a 404 by every method',
    async (name) => {
      const version = '9.0';
      for (const [method, path, body] of [
        ['GET', ''],
        ['DELETE', ''],
        ['GET', '/metadata'],
        ['POST', '/metadata', { metadata: {}, version }],
        ['DELETE', '/metadata', { version }],
        ['PUT', '/metadata/key', { value: 1, version }],
        ['PUT', '/type', { type: 'int', version }],
        ['PUT', '/name', { name: 'other', version }],
        ['PUT', '/configurable_features', { configurable_features: ['user'], version }],
      ] as const) {
        const answer = await api.unchanged(() => api.call(method, `/api/v1/settings/${name}${path}`, { body }));
        expect({ method, path, status: answer.status }).toEqual({ method, path, status: 404 });
      }
    },
  );

  it('what cannot be decoded is a 422', async () => {
    expect((await api.get('/settings/%ED%A0%80')).status).toBe(422);
  });
});

describe('DELETE /api/v1/settings/{name}', () => {
  it.each(['cache_size', 'size'])('by the name %s takes rules, metadata and aliases with it', async (name) => {
    await declare(api.call, { name: 'other', metadata: { stays: true } });
    const rule = await addRule(api.call, 'cache_size', { user: 'john' }, 5, { note: 'x' });
    const stays = await addRule(api.call, 'other', { user: 'john' }, 6);
    await api.put('/settings/cache_size/name', { name: 'size', version: '1.1' });

    expect(await api.delete(`/settings/${name}`)).toMatchObject({ status: 204, text: '' });

    for (const gone of ['cache_size', 'size']) expect((await api.get(`/settings/${gone}`)).status).toBe(404);
    expect((await api.get(`/rules/${rule}`)).status).toBe(404);
    expect((await api.get(`/rules/${stays}`)).status).toBe(200);
    const left = await api.sql(`
      select (select count(*)::int from setting_aliases) as aliases, (select count(*)::int from rule_metadata) as rule_metadata,
             (select count(*)::int from configurable where setting <> 'other') as configurable,
             (select array_agg(setting) from setting_metadata) as setting_metadata,
             (select array_agg(rule) from conditions) as conditions`);
    expect(left).toEqual([
      { aliases: 0, rule_metadata: 0, configurable: 0, setting_metadata: ['other'], conditions: [stays] },
    ]);
  });

  it('lets the name be declared again, from 1.0', async () => {
    await api.delete('/settings/cache_size');
    expect((await declare(api.call, { type: 'str', default_value: '' })).body).toEqual({ outcome: 'created' });
    expect((await api.get('/settings/cache_size')).body).toMatchObject({ type: 'str', metadata: {} });
  });

  it('answers 404 for an unknown one', async () => {
    expect((await api.unchanged(() => api.delete('/settings/nothing'))).status).toBe(404);
  });
});
