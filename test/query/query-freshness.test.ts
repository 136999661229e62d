import { createDatabase } from '../support/database/database.js';
import { addFeatures, addRule, declare, startTestService } from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';

const api = useService();
let etag: string;
beforeEach(async () => {
  await api.empty();
  await addFeatures(api.call, 'account', 'user', 'theme');
  await declare(api.call);
  await addRule(api.call, 'cache_size', { user: 'john' }, 5, { note: 'x' });
  etag = (await api.get('/query')).headers.get('etag') ?? 'none';
});

describe('the ETag of a query', () => {
  it('is strong, and on every 200', async () => {
    expect(etag).toMatch(/^"[\x21\x23-\x7e]+"$/);
    for (const query of ['?settings=', '?context_filters=', '?include_metadata=1', '?context_filters=user:(nobody)']) {
      expect((await api.get(`/query${query}`)).headers.get('etag')).toMatch(/^"[\x21\x23-\x7e]+"$/);
    }
  });

  it('is not on errors', async () => {
    expect((await api.get('/query?settings=nothing')).headers.has('etag')).toBe(false);
  });

  it('stays while nothing changes, and after a change and back', async () => {
    expect((await api.get('/query')).headers.get('etag')).toBe(etag);
    await api.put('/rules/1/value', { value: 6 });
    const changed = (await api.get('/query')).headers.get('etag');
    expect(changed).not.toBe(etag);
    await api.put('/rules/1/value', { value: 5 });
    expect((await api.get('/query')).headers.get('etag')).toBe(etag);
  });

  it('differs with and without metadata, and follows the metadata', async () => {
    const withMetadata = (await api.get('/query?include_metadata=true')).headers.get('etag');
    expect(withMetadata).not.toBe(etag);
    await api.put('/rules/1/metadata', { metadata: {} });
    expect((await api.get('/query?include_metadata=true')).headers.get('etag')).not.toBe(withMetadata);
  });

  it('is the same in another process on the same state, which a restart is too', async () => {
    const another = await startTestService({}, api.database());
    try {
      expect((await another.call('GET', '/api/v1/query')).headers.get('etag')).toBe(etag);
    } finally {
      await another.stop();
    }
  });

  it('is the same for the same state in another database', async () => {
    const database = await createDatabase();
    const another = await startTestService({}, database);
    try {
      await addFeatures(another.call, 'account', 'user', 'theme');
      await declare(another.call);
      await addRule(another.call, 'cache_size', { user: 'john' }, 5);
      expect((await another.call('GET', '/api/v1/query')).headers.get('etag')).toBe(etag);
    } finally {
      await another.stop();
      await database.drop();
    }
  });
});

describe('If-None-Match', () => {
  it.each([
    'ETAG',
    'W/ETAG',
    '*',
    '"other", ETAG',
    '"other",W/ETAG , "more"',
    ', ETAG',
    ' * ',
    '"a,b", ETAG',
    'W/"é", ETAG',
  ])('%s that names the answer: 304 without a body', async (form) => {
    const answer = await api.get('/query', { 'if-none-match': form.replace('ETAG', etag) });
    expect(answer).toMatchObject({ status: 304, text: '' });
    expect(answer.headers.get('etag')).toBe(etag);
  });

  it.each(['"other"', 'W/"other"', 'BARE', '"', '"*"', 'w/ETAG', '"other", W/"more"'])(
    '%s that does not: 200 with the body',
    async (form) => {
      const value = form.replace('BARE', etag.slice(1, -1)).replace('ETAG', '"other"');
      const answer = await api.get('/query', { 'if-none-match': value });
      expect(answer.status).toBe(200);
      expect(answer.body).toHaveProperty('settings.cache_size');
    },
  );

  it('of an older state: 200 with the new one', async () => {
    await api.put('/rules/1/value', { value: 6 });
    const answer = await api.get('/query', { 'if-none-match': etag });
    expect(answer).toMatchObject({ status: 200, body: { settings: { cache_size: { rules: [{ value: 6 }] } } } });
  });

  it('of another query does not hide an error', async () => {
    expect((await api.get('/query?settings=nothing', { 'if-none-match': '*' })).status).toBe(404);
  });
});

describe('a query sees every write that was committed before it', () => {
  const settings = async () => (await api.get('/query')).body as { settings: Record<string, unknown> };

  it.each<[what: string, write: () => Promise<unknown>, expected: object]>([
    ['a value', () => api.put('/rules/1/value', { value: 6 }), { rules: [{ value: 6 }] }],
    ['a new rule', () => addRule(api.call, 'cache_size', { user: 'jim' }, 7), { rules: [{ value: 5 }, { value: 7 }] }],
    ['a deletion', () => api.delete('/rules/1'), { rules: [] }],
    ['a default', () => declare(api.call, { default_value: 0, version: '1.1' }), { default_value: 0 }],
    ['SQL of an operator', () => api.sql(`update rules set value = '8'`), { rules: [{ value: 8 }] }],
    [
      'another order of features',
      async () => {
        await addRule(api.call, 'cache_size', { account: 'x', theme: 'y' }, 9);
        await api.patch('/context_features/theme/index', { to_before: 'account' });
      },
      {
        rules: [
          {},
          {
            context_features: [
              ['theme', 'y'],
              ['account', 'x'],
            ],
          },
        ],
      },
    ],
  ])('%s', async (_what, write, expected) => {
    await write();
    expect(await settings()).toMatchObject({ settings: { cache_size: expected } });
  });

  it('a rename: the answer is keyed by the new name, asked by either', async () => {
    await api.put('/settings/cache_size/name', { name: 'size', version: '1.1' });
    for (const name of ['cache_size', 'size']) {
      const { body } = await api.get(`/query?settings=${name}`);
      expect(Object.keys((body as { settings: object }).settings)).toEqual(['size']);
    }
  });

  it('a deleted setting is a 404', async () => {
    await api.delete('/settings/cache_size');
    expect((await api.get('/query?settings=cache_size')).status).toBe(404);
    expect(await settings()).toEqual({ settings: {} });
  });

  it('a truncation', async () => {
    await api.sql('truncate settings cascade');
    expect(await settings()).toEqual({ settings: {} });
  });
});
