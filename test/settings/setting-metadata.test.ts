import { addFeatures, declare } from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';

const api = useService();
const STORED = { owner: 'core', limits: { low: 1, high: [2, 3] } };
beforeEach(async () => {
  await api.empty();
  await addFeatures(api.call, 'account', 'user', 'theme');
  await declare(api.call, { metadata: STORED });
  await declare(api.call, { metadata: STORED, version: '1.5' });
  await declare(api.call, { name: 'other', metadata: { untouched: true } });
});

const PATH = '/settings/cache_size/metadata';

/** What the setting is left with, by the API's two ways and by SQL; the other setting keeps its own. */
async function expectMetadata(metadata: object, version: string): Promise<void> {
  expect((await api.get(PATH)).body).toEqual({ metadata });
  expect((await api.get('/settings/cache_size')).body).toMatchObject({ version });
  const rows = await api.sql<{ key: string; value: unknown }>(
    `select key, value from setting_metadata where setting <> 'other'`,
  );
  expect(Object.fromEntries(rows.map(({ key, value }) => [key, value]))).toEqual(metadata);
  expect((await api.get('/settings/other/metadata')).body).toEqual({ metadata: { untouched: true } });
}

const WRITES: readonly [method: 'post' | 'put' | 'delete', path: string, body: object, after: object][] = [
  ['post', '', { metadata: { owner: 'web', more: null } }, { ...STORED, owner: 'web', more: null }],
  ['post', '', { metadata: {} }, STORED],
  ['put', '', { metadata: { only: 0 } }, { only: 0 }],
  ['put', '', { metadata: {} }, {}],
  ['delete', '', {}, {}],
  ['put', '/owner', { value: false }, { ...STORED, owner: false }],
  ['put', '/new-key_1', { value: { a: [1.5] } }, { ...STORED, 'new-key_1': { a: [1.5] } }],
  ['put', '/owner', { value: null }, { ...STORED, owner: null }],
  ['delete', '/owner', {}, { limits: STORED.limits }],
];

describe.each(WRITES)('%s /api/v1/settings/{name}/metadata%s %j', (method, path, body, after) => {
  const write = (extra: object, target = PATH) => api[method](`${target}${path}`, { ...body, ...extra });

  it.each(['1.6', '2.0'])('is carried out at the higher version %s', async (version) => {
    expect(await write({ version })).toMatchObject({ status: 204, text: '' });
    await expectMetadata(after, version);
  });

  it.each(['1.5', '1.4', '0.9'])('answers 409 at the version %s, which is not higher', async (version) => {
    expect((await api.unchanged(() => write({ version }))).status).toBe(409);
  });

  it('answers 404 for an unknown setting', async () => {
    const answer = await api.unchanged(() => write({ version: '2.0' }, '/settings/nothing/metadata'));
    expect(answer.status).toBe(404);
    expect(answer.text).toContain('nothing');
  });

  it.each([undefined, null, 2, '2', '2.0.0'])('answers 422 to the version %j', async (version) => {
    const answer = await api.unchanged(() => write({ version }));
    expect(answer.body).toMatchObject({ status: 422, errors: [{ field: 'version' }] });
  });

  it('works by an alias', async () => {
    await api.put('/settings/cache_size/name', { name: 'size', version: '1.6' });
    expect((await write({ version: '1.7' })).status).toBe(204);
    await expectMetadata(after, '1.7');
  });
});

describe('GET /api/v1/settings/{name}/metadata', () => {
  it('gives all of it', async () => {
    expect(await api.get(PATH)).toMatchObject({ status: 200, body: { metadata: STORED } });
  });

  it('gives {} where there is none', async () => {
    await declare(api.call, { name: 'bare' });
    expect((await api.get('/settings/bare/metadata')).text).toBe('{"metadata":{}}');
  });

  it('answers 404 for an unknown setting', async () => {
    expect((await api.get('/settings/nothing/metadata')).status).toBe(404);
  });
});

describe.each(['post', 'put'] as const)('%s /api/v1/settings/{name}/metadata', (method) => {
  it.each([[], null, 'text', 5, { 'a b': 1 }, { 'a.b': 1 }, { '': 1 }, { ['x'.repeat(256)]: 1 }, { 'key\n': 1 }])(
    'answers 422 to the metadata %j',
    async (metadata) => {
      const answer = await api.unchanged(() => api[method](PATH, { metadata, version: '2.0' }));
      expect(answer.body).toMatchObject({ status: 422, errors: [{ field: 'metadata' }] });
    },
  );

  it('keeps keys that objects of JavaScript have a meaning for', async () => {
    const metadata = '{"__proto__":{"a":1},"constructor":2,"toString":null,"2":"two","1":"one"}';
    expect((await api[method](PATH, `{"metadata":${metadata},"version":"2.0"}`)).status).toBe(204);
    const keys = await api.sql(
      `select key, value from setting_metadata where setting = 'cache_size' and key not in ('owner', 'limits') order by key collate "C"`,
    );
    expect(keys).toEqual([
      { key: '1', value: 'one' },
      { key: '2', value: 'two' },
      { key: '__proto__', value: { a: 1 } },
      { key: 'constructor', value: 2 },
      { key: 'toString', value: null },
    ]);
    expect((await api.get(PATH)).text).toMatch(/"__proto__":\{"a": ?1\}/);
  });
});

describe('/api/v1/settings/{name}/metadata/{key}', () => {
  it('PUT answers 422 without a value', async () => {
    const answer = await api.unchanged(() => api.put(`${PATH}/owner`, { version: '2.0' }));
    expect(answer.body).toMatchObject({ status: 422, errors: [{ field: 'value' }] });
  });

  it.each(['a%20b', 'a.b', '%C3%A9', 'x'.repeat(256), 'key%0A'])('PUT answers 422 to the key %s', async (key) => {
    expect((await api.unchanged(() => api.put(`${PATH}/${key}`, { value: 1, version: '2.0' }))).status).toBe(422);
  });

  it.each(['__proto__', 'constructor', '-', 'x'.repeat(255)])('PUT and DELETE take the key %s', async (key) => {
    expect((await api.put(`${PATH}/${key}`, { value: { key }, version: '2.0' })).status).toBe(204);
    await expectMetadata(Object.fromEntries<unknown>([...Object.entries(STORED), [key, { key }]]), '2.0');
    expect((await api.delete(`${PATH}/${key}`, { version: '2.1' })).status).toBe(204);
    await expectMetadata(STORED, '2.1');
  });

  it('DELETE of a key that is not there leaves the others', async () => {
    expect((await api.delete(`${PATH}/missing`, { version: '2.0' })).status).toBe(204);
    await expectMetadata(STORED, '2.0');
  });
});
