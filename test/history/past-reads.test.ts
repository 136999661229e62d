import { addFeatures, addRollout, addRule, declare } from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';

const api = useService({ HEKSHER_TARGETING_FEATURE: 'user' });
let rule: number;
let rollout: number;
/** The revision after everything was made, and before all of it was changed. */
let seq: string;

async function newest(): Promise<string> {
  const [row] = await api.sql<{ seq: string }>('select seq from heksher_revision');
  return row?.seq ?? '';
}

beforeAll(async () => {
  await addFeatures(api.call, 'account', 'user', 'theme');
  await declare(api.call, { metadata: { team: 'storage' } });
  rule = await addRule(api.call, 'cache_size', { account: 'jim' }, 50);
  await api.put('/settings/cache_size/override', { value: 90 });
  rollout = await addRollout(api.call, 'cache_size', { percentage: 0, value: 1, members: ['ann', 'bob'] });
  seq = await newest();
  await api.delete('/settings/cache_size');
  await api.sql('delete from context_features');
});

const EVALUATION = { context: { account: 'jim' }, settings: ['cache_size'] };

const OPERATIONS: readonly (readonly [method: string, path: string, body?: object])[] = [
  ['GET', '/api/v1/settings'],
  ['GET', '/api/v1/settings?include_additional_data=true'],
  ['GET', '/api/v1/settings?q=cache'],
  ['GET', '/api/v1/settings/cache_size'],
  ['GET', '/api/v1/settings/cache_size?include=rules,rollouts,lint'],
  ['GET', '/api/v1/settings/cache_size/metadata'],
  ['GET', '/api/v1/settings/cache_size/override'],
  ['GET', '/api/v1/settings/cache_size/lint'],
  ['GET', '/api/v1/rules'],
  ['GET', '/api/v1/rules/search?setting=cache_size&feature_values=account:jim'],
  ['GET', '/api/v1/rules/1'],
  ['GET', '/api/v1/rules/1/metadata'],
  ['GET', '/api/v1/rollouts'],
  ['GET', '/api/v1/rollouts/1'],
  ['GET', '/api/v1/rollouts/1/members'],
  ['GET', '/api/v1/context_features'],
  ['GET', '/api/v1/context_features/theme'],
  ['GET', '/api/v1/context_features/account/values'],
  ['GET', '/api/v1/lint'],
  ['GET', '/api/v1/query'],
  ['POST', '/api/v1/evaluate', EVALUATION],
  ['POST', '/ofrep/v1/evaluate/flags', { context: { account: 'jim' } }],
  ['POST', '/ofrep/v1/evaluate/flags/cache_size', { context: { account: 'jim' } }],
];

it.each(OPERATIONS.map(([method, path, body]) => ({ method, path, body })))(
  '$method $path is answered as of a revision, or says why not',
  async ({ method, path, body }) => {
    const at = (asOf: string): string => `${path}${path.includes('?') ? '&' : '?'}as_of=${asOf}`;
    const { status, headers, text } = await api.call(method, at(seq), { body });
    expect([status, headers.get('heksher-as-of')]).toEqual([200, seq]);
    expect(text).toMatch(/cache_size|storage|90|50|rule_id|ann|jim|theme|metadata|findings|index/);
    const isOfrep = path.startsWith('/ofrep');
    expect((await api.call(method, at('999999'), { body })).status).toBe(isOfrep ? 400 : 422);
    expect((await api.call(method, at('yesterday'), { body })).status).toBe(isOfrep ? 400 : 422);
    expect((await api.call(method, at('0'), { body })).status).toBe(410);
  },
);

it('what an answer is of the past says so', async () => {
  const evaluated = await api.call('POST', `/api/v1/evaluate?as_of=${seq}`, { body: EVALUATION });
  expect(evaluated.body).toEqual({
    settings: { cache_size: { value: 50, reason: 'RULE', rule_id: rule } },
    metadata: { as_of: Number(seq) },
  });
  const flag = await api.call('POST', `/ofrep/v1/evaluate/flags/cache_size?as_of=${seq}`, {
    body: { context: { targetingKey: 'ann' } },
  });
  expect(flag.body).toMatchObject({ value: 1, metadata: { rollout_id: rollout, version: '1.0', as_of: Number(seq) } });
  const flags = await api.call('POST', `/ofrep/v1/evaluate/flags?as_of=${seq}`, { body: {} });
  expect(flags.body).toMatchObject({ flags: [{ key: 'cache_size', value: 90 }], metadata: { as_of: Number(seq) } });
});

it('members come in pages, in lines, and one by one', async () => {
  const path = `/rollouts/${rollout}/members`;
  const first = await api.get(`${path}?as_of=${seq}&limit=1`);
  expect(first.body).toMatchObject({ members: ['ann'], count: 2 });
  const { next_cursor } = first.body as { next_cursor: string };
  expect((await api.get(`${path}?as_of=${seq}&cursor=${next_cursor}`)).body).toEqual({
    members: ['bob'],
    next_cursor: null,
  });
  const lines = await api.get(`${path}?as_of=${seq}`, { Accept: 'text/csv' });
  expect([lines.text, lines.headers.get('heksher-as-of')]).toEqual(['ann\nbob\n', seq]);
  expect((await api.get(`${path}/ann?as_of=${seq}`)).status).toBe(204);
  expect((await api.get(`${path}/cid?as_of=${seq}`)).status).toBe(404);
  expect((await api.get(`${path}/ann`)).status).toBe(404);
});

it('what was not there then is a 404, and what an operation does not know a 422', async () => {
  expect((await api.get(`/settings/none?as_of=${seq}`)).status).toBe(404);
  expect((await api.get(`/rules/999?as_of=${seq}`)).status).toBe(404);
  expect((await api.get(`/rollouts/999?as_of=${seq}`)).status).toBe(404);
  expect((await api.get(`/context_features/none?as_of=${seq}`)).status).toBe(404);
  expect((await api.get(`/rollouts/${rollout}?as_of=${seq}&page=1`)).status).toBe(422);
  expect((await api.get(`/rules?as_of=${seq}&page=1`)).status).toBe(422);
  expect((await api.get(`/rules?as_of=${seq}&as_of=${seq}`)).status).toBe(422);
  expect((await api.get(`/rules/seven?as_of=${seq}`)).status).toBe(422);
  expect((await api.get(`/rules/%zz?as_of=${seq}`)).status).toBe(422);
});

it('in the middle of a transaction the state before it counts, and at a time the newest then', async () => {
  await declare(api.call, { name: 'counter' }).catch(() => undefined);
  await api.sql(`insert into settings values ('counter', 'int', '0', '1.0') on conflict (name) do nothing`);
  const before = Number(await newest());
  await api.sql(`begin; update settings set default_value = '1'; update settings set default_value = '2'; commit`);
  const valueAsOf = async (asOf: string): Promise<readonly unknown[]> => {
    const { headers, body } = await api.get(`/settings/counter?as_of=${asOf}`);
    return [headers.get('heksher-as-of'), (body as { default_value: number }).default_value];
  };
  expect(await valueAsOf(String(before + 1))).toEqual([String(before), 0]);
  expect(await valueAsOf(String(before + 2))).toEqual([String(before + 2), 2]);
  const { at } = ((await api.get(`/history/${before}`)).body ?? {}) as { at: string };
  expect((await valueAsOf(new Date(Date.parse(at) + 1).toISOString()))[0]).toBe(String(before));
});

it('a parameter whose name is percent-encoded is the same', async () => {
  const { headers, body } = await api.get(`/query?as%5Fof=${seq}`);
  expect(headers.get('heksher-as-of')).toBe(seq);
  expect(Object.keys((body as { settings: object }).settings)).toContain('cache_size');
});

it('an answer of the past has a tag of its content, and HEAD goes wherever GET does', async () => {
  const path = `/settings/cache_size?as_of=${seq}`;
  const { headers } = await api.get(path);
  expect(headers.get('cache-control')).toBe('no-cache');
  const tagged = await api.get(path, { 'If-None-Match': headers.get('etag') ?? '' });
  expect([tagged.status, tagged.headers.get('heksher-as-of')]).toEqual([304, seq]);
  const head = await api.call('HEAD', `/api/v1${path}`);
  expect([head.status, head.text, head.headers.get('heksher-as-of')]).toEqual([200, '', seq]);
});

it('past the horizon the oldest state there is is named, and can be read', async () => {
  const { body: before } = await api.get(`/settings?as_of=${seq}`);
  await api.sql(`delete from heksher_changes where seq < $1`, [seq]);
  const { status, body } = await api.get(`/settings?as_of=${Number(seq) - 1}`, { Accept: 'application/json' });
  const [error] = (body as { errors: { oldest_seq: number; oldest_at: string }[] }).errors;
  expect([status, error?.oldest_seq]).toEqual([410, Number(seq)]);
  expect((await api.get(`/settings?as_of=${seq}`)).body).toEqual(before);
  expect((await api.get(`/settings?as_of=${error?.oldest_at}`)).status).toBe(410);
  expect((await api.get(`/diff?from=1`)).status).toBe(410);
  expect((await api.get(`/history/${Number(seq) - 1}`)).status).toBe(404);
});

it('an empty log has the present state alone', async () => {
  await api.sql('truncate heksher_changes');
  const now = await newest();
  expect((await api.get(`/settings?as_of=${now}`)).status).toBe(410);
  await api.post('/context_features', { context_feature: 'after' });
  const later = await newest();
  expect((await api.get(`/context_features?as_of=${later}`)).headers.get('heksher-as-of')).toBe(later);
});
