import { addFeatures, addRule, declare } from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';

const api = useService();
const STORED = { owner: 'core', limits: { low: 1, high: [2, 3] } };
let id: number;
let other: number;
beforeEach(async () => {
  await api.empty();
  await addFeatures(api.call, 'account', 'user', 'theme');
  await declare(api.call);
  id = await addRule(api.call, 'cache_size', { user: 'john' }, 5, STORED);
  other = await addRule(api.call, 'cache_size', { user: 'jim' }, 6, { untouched: true });
});

const path = (rule: number | string = id) => `/rules/${rule}/metadata`;

/** What the rule is left with, by the API's three ways and by SQL; the other rule keeps its own. */
async function expectMetadata(metadata: object): Promise<void> {
  expect((await api.get(path())).body).toEqual({ metadata });
  expect((await api.get(`/rules/${id}`)).body).toMatchObject({ value: 5, metadata });
  expect((await api.get('/query?include_metadata=true')).body).toMatchObject({
    settings: {
      cache_size: {
        rules: [
          { rule_id: id, metadata },
          { rule_id: other, metadata: { untouched: true } },
        ],
      },
    },
  });
  const rows = await api.sql<{ key: string; value: unknown }>('select key, value from rule_metadata where rule = $1', [
    id,
  ]);
  expect(Object.fromEntries(rows.map(({ key, value }) => [key, value]))).toEqual(metadata);
}

const WRITES: readonly [method: 'post' | 'put' | 'delete', path: string, body: object | undefined, after: object][] = [
  ['post', '', { metadata: { owner: 'web', more: null } }, { ...STORED, owner: 'web', more: null }],
  ['post', '', { metadata: {} }, STORED],
  ['put', '', { metadata: { only: 0 } }, { only: 0 }],
  ['put', '', { metadata: {} }, {}],
  ['delete', '', undefined, {}],
  ['put', '/owner', { value: false }, { ...STORED, owner: false }],
  ['put', '/new-key_1', { value: { a: [1.5] } }, { ...STORED, 'new-key_1': { a: [1.5] } }],
  ['delete', '/owner', undefined, { limits: STORED.limits }],
  ['delete', '/missing', undefined, STORED],
];

describe.each(WRITES)('%s /api/v1/rules/{id}/metadata%s %j', (method, key, body, after) => {
  it('is carried out, and the setting keeps its version', async () => {
    expect(await api[method](path() + key, body)).toMatchObject({ status: 204, text: '' });
    await expectMetadata(after);
    expect((await api.get('/settings/cache_size')).body).toMatchObject({ version: '1.0' });
  });

  it('answers 404 with no text for an integer that is no rule', async () => {
    for (const rule of ['999', '0', '-1', '99999999999999999999']) {
      const answer = await api.unchanged(() => api[method](path(rule) + key, body));
      expect(answer).toMatchObject({ status: 404, text: '' });
    }
  });

  it('answers 422 for what is no integer', async () => {
    for (const rule of ['john', '1.0', '%00']) {
      expect((await api.unchanged(() => api[method](path(rule) + key, body))).status).toBe(422);
    }
  });
});

describe('GET /api/v1/rules/{id}/metadata', () => {
  it('gives {} where there is none', async () => {
    const bare = await addRule(api.call, 'cache_size', { user: 'joe' }, 7);
    expect((await api.get(path(bare))).text).toBe('{"metadata":{}}');
  });

  it('answers 404 with no text for an unknown rule, 422 for what is no integer', async () => {
    expect(await api.get(path(999))).toMatchObject({ status: 404, text: '' });
    expect((await api.get(path('john'))).status).toBe(422);
  });
});

it.each(['post', 'put'] as const)('%s answers 422 to metadata that is no object with fair keys', async (method) => {
  for (const metadata of [[], null, 'text', { 'a b': 1 }, { '': 1 }, { ['x'.repeat(256)]: 1 }]) {
    const answer = await api.unchanged(() => api[method](path(), { metadata }));
    expect(answer.body).toMatchObject({ status: 422, errors: [{ field: 'metadata' }] });
  }
});

it.each(['__proto__', 'constructor', 'x'.repeat(255)])('the key %s is a key like any other', async (key) => {
  expect((await api.put(`${path()}/${key}`, { value: { key } })).status).toBe(204);
  await expectMetadata(Object.fromEntries<unknown>([...Object.entries(STORED), [key, { key }]]));
  expect((await api.delete(`${path()}/${key}`)).status).toBe(204);
  await expectMetadata(STORED);
});

it('PUT of a key answers 422 without a value, and to what can be no key', async () => {
  expect((await api.unchanged(() => api.put(`${path()}/owner`, {}))).body).toMatchObject({
    errors: [{ field: 'value' }],
  });
  for (const key of ['a%20b', 'a.b', 'x'.repeat(256)]) {
    expect((await api.unchanged(() => api.put(`${path()}/${key}`, { value: 1 }))).status).toBe(422);
  }
});
