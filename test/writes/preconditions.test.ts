import { addFeatures, addRollout, addRule, declare, expectStatus } from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';

const api = useService();
let rule: number;
let rollout: number;
beforeEach(async () => {
  await api.empty();
  await addFeatures(api.call, 'account', 'user', 'theme', 'spare');
  await declare(api.call, { metadata: { team: 'a' } });
  rule = await addRule(api.call, 'cache_size', { user: 'jim' }, 5, { ticket: 1 });
  rollout = await addRollout(api.call, 'cache_size', { value: 1 });
});

const JSON_PLEASE = { Accept: 'application/json' };
const tagOf = async (path: string): Promise<string> => {
  const { status, headers } = await api.get(path);
  expect(status).toBe(200);
  return headers.get('etag') ?? '';
};

/** Each write on what a read gives a tag of. */
const WRITES: readonly (readonly [
  method: 'put' | 'patch' | 'post' | 'delete',
  path: string,
  body: unknown,
  read: string,
])[] = [
  ['put', '/rules/R/value', { value: 6 }, '/rules/R'],
  ['patch', '/rules/R', { value: 6 }, '/rules/R'],
  ['delete', '/rules/R', undefined, '/rules/R'],
  ['post', '/rules/R/metadata', { metadata: { a: 1 } }, '/rules/R/metadata'],
  ['put', '/rules/R/metadata', { metadata: { a: 1 } }, '/rules/R'],
  ['put', '/rules/R/metadata/a', { value: 1 }, '/rules/R/metadata'],
  ['delete', '/rules/R/metadata/ticket', undefined, '/rules/R'],
  ['delete', '/rules/R/metadata', undefined, '/rules/R/metadata'],
  ['put', '/settings/cache_size/type', { type: 'float', version: '2.0' }, '/settings/cache_size'],
  ['put', '/settings/cache_size/name', { name: 'size', version: '1.1' }, '/settings/cache_size'],
  [
    'put',
    '/settings/cache_size/configurable_features',
    { configurable_features: ['user', 'account'], version: '1.1' },
    '/settings/cache_size',
  ],
  ['post', '/settings/cache_size/metadata', { metadata: { a: 1 }, version: '1.1' }, '/settings/cache_size'],
  ['put', '/settings/cache_size/metadata/a', { value: 1, version: '1.1' }, '/settings/cache_size/metadata'],
  ['delete', '/settings/cache_size', undefined, '/settings/cache_size'],
  ['patch', '/rollouts/O', { percentage: 5 }, '/rollouts/O'],
  ['post', '/rollouts/O/members', { add: ['ann'] }, '/rollouts/O'],
  ['delete', '/rollouts/O', undefined, '/rollouts/O'],
  ['post', '/context_features', { context_feature: 'more' }, '/context_features'],
  ['patch', '/context_features/spare/index', { to_before: 'user' }, '/context_features'],
  ['patch', '/context_features/spare/index', { to_before: 'user' }, '/context_features/spare'],
  ['delete', '/context_features/spare', undefined, '/context_features/spare'],
];

describe.each(WRITES)('%s %s', (method, pattern, body, pathOfRead) => {
  const real = (path: string): string => path.replace('/R', `/${rule}`).replace('/O', `/${rollout}`);
  const write = (headers: Record<string, string>) => api[method](real(pattern), body, { ...JSON_PLEASE, ...headers });

  it('is carried out with the tag of what is there, and says which revision it made', async () => {
    const answer = await write({ 'If-Match': await tagOf(real(pathOfRead)) });
    expect(answer.status).toBeLessThan(300);
    const [revision] = await api.sql<{ revision: string }>(
      `select seq || '-' || left(token::text, 8) as revision from heksher_revision`,
    );
    expect(answer.headers.get('heksher-revision')).toBe(revision?.revision);
  });

  it('with another tag is a 412 with what is there and since when, and changes nothing', async () => {
    const current = await api.get(real(pathOfRead));
    const answer = await api.unchanged(() => write({ 'If-Match': '"other"' }));
    expect(answer.status).toBe(412);
    expect(answer.headers.get('heksher-revision')).toBeNull();
    expect(answer.body).toMatchObject({
      code: 'precondition_failed',
      errors: [{ field: 'If-Match', parameter: 'If-Match', code: 'precondition_failed' }],
      changed: { seq: expect.any(Number) as unknown, actor: expect.any(String) as unknown },
    });
    const { current: told, etag, changed } = answer.body as { current: object; etag: string; changed: { at: string } };
    expect(Date.now() - Date.parse(changed.at)).toBeLessThan(60_000);
    if (etag === current.headers.get('etag')) expect(current.body).toMatchObject(told);
    expect((await write({ 'If-Match': `"x", W/${etag}` })).status).toBeLessThan(300);
  });
});

it('says who changed it last, and why, of this rule and not of its neighbour', async () => {
  const tag = await tagOf(`/rules/${rule}`);
  await api.put(
    `/rules/${rule}/metadata/why`,
    { value: 1 },
    { 'Heksher-Message': 'for%20the sale', 'X-Request-Id': 'r1' },
  );
  const neighbour = await addRule(api.call, 'cache_size', { user: 'ann' }, 5);
  await api.put(`/rules/${neighbour}/value`, { value: 7 });
  const answer = await api.put(`/rules/${rule}/value`, { value: 6 }, { ...JSON_PLEASE, 'If-Match': tag });
  expect(answer.status).toBe(412);
  const [entry] = await api.sql<{ seq: string }>(
    `select seq from heksher_changes where message = 'for the sale' and new is not null`,
  );
  expect(answer.body).toMatchObject({
    current: { value: 5, metadata: { ticket: 1, why: 1 } },
    changed: { seq: Number(entry?.seq), message: 'for the sale', request_id: 'r1' },
  });
});

it('a long state is not repeated in a 412, its tag is', async () => {
  await api.put(`/rules/${rule}/metadata/long`, { value: 'x'.repeat(5_000) });
  const { body } = await api.put(`/rules/${rule}/value`, { value: 6 }, { ...JSON_PLEASE, 'If-Match': '"old"' });
  expect(body).toMatchObject({ status: 412, etag: await tagOf(`/rules/${rule}`) });
  expect(body).not.toHaveProperty('current');
});

it('what does not exist is a 404, whatever the condition', async () => {
  for (const path of ['/rules/999999', '/rollouts/999999', '/settings/none', '/context_features/none']) {
    expect((await api.delete(path, undefined, { 'If-Match': '*' })).status).toBe(404);
  }
});

it('a tag names nothing that is only added, and If-None-Match: * does not hinder that', async () => {
  const body = { setting: 'cache_size', feature_values: { user: 'zoe' }, value: 1 };
  expect((await api.unchanged(() => api.post('/rules', body, { 'If-Match': '*' }))).status).toBe(412);
  expect((await api.post('/rules', body, { 'If-None-Match': '*' })).status).toBe(201);
  const declaration = {
    name: 'cache_size',
    type: 'int',
    default_value: 60,
    metadata: { team: 'a' },
    configurable_features: ['account', 'user', 'theme'],
  };
  expect((await api.unchanged(() => api.post('/settings/declare', declaration, { 'If-Match': '*' }))).status).toBe(412);
});

it.each([
  ['If-Match: *', { 'If-Match': '*' }, 204],
  ['a malformed tag', { 'If-Match': 'no tag' }, 412],
  ['If-None-Match: *', { 'If-None-Match': '*' }, 412],
  ['If-None-Match with another tag', { 'If-None-Match': '"x"' }, 204],
])('%s on what is there', async (_what, headers, status) => {
  expect((await api.put(`/rules/${rule}/value`, { value: 6 }, headers)).status).toBe(status);
});

it('a tag marked by a proxy that compressed the read is as good', async () => {
  const tag = (await tagOf(`/rules/${rule}`)).replace(/"$/, '-gzip"');
  expect((await api.put(`/rules/${rule}/value`, { value: 6 }, { 'If-Match': tag })).status).toBe(204);
});

it('of 40 writers with the same tag exactly one wins, round after round', async () => {
  for (let round = 0; round < 5; round += 1) {
    const tag = await tagOf(`/rules/${rule}`);
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, writer) =>
        api.put(`/rules/${rule}/value`, { value: round * 100 + writer + 10 }, { 'If-Match': tag }),
      ),
    );
    const winners = answers.flatMap(({ status }, writer) => (status === 204 ? [writer] : []));
    expect(winners).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 412)).toHaveLength(39);
    expect((await api.get(`/rules/${rule}`)).body).toMatchObject({ value: round * 100 + (winners[0] ?? 0) + 10 });
  }
});

it('of 20 who move features by the list as they saw it exactly one wins', async () => {
  const tag = await tagOf('/context_features');
  const answers = await Promise.all(
    Array.from({ length: 20 }, () =>
      api.patch('/context_features/spare/index', { to_before: 'account' }, { 'If-Match': tag }),
    ),
  );
  expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
  expect((await api.get('/context_features')).body).toEqual({
    context_features: ['spare', 'account', 'user', 'theme'],
  });
});

it('each read gives a tag that changes with its content alone, and 304 for it', async () => {
  const paths = [
    `/rules/${rule}`,
    `/rules/${rule}/metadata`,
    `/rollouts/${rollout}`,
    '/settings/cache_size',
    '/settings/cache_size/metadata',
    '/context_features',
    '/context_features/user',
    '/settings',
  ];
  for (const path of paths) {
    const tag = await tagOf(path);
    expect(await api.get(path, { 'If-None-Match': tag })).toMatchObject({ status: 304, text: '' });
  }
  const before = await tagOf(`/rules/${rule}`);
  await api.put(`/rules/${rule}/value`, { value: 6 });
  expect(await tagOf(`/rules/${rule}`)).not.toBe(before);
  await api.put(`/rules/${rule}/value`, { value: 5 });
  expect(await tagOf(`/rules/${rule}`)).toBe(before);
});

it('the tag of a rollout stays while a ramp moves its percentage, and a write may be on condition of it', async () => {
  const ramp = (endMs: number) => ({
    start: '2026-01-01T00:00:00Z',
    end: new Date(endMs).toISOString(),
    from: 0,
    to: 100,
  });
  const nowMs = Date.now();
  await api.patch(`/rollouts/${rollout}`, { ramp: ramp(nowMs + 2_000) });
  const tag = await tagOf(`/rollouts/${rollout}`);
  const shares = new Set<number>();
  while (!shares.has(100)) {
    const { body, headers } = await api.get(`/rollouts/${rollout}`);
    expect(headers.get('etag')).toBe(tag);
    shares.add((body as { percentage_now: number }).percentage_now);
  }
  expect(shares.size).toBeGreaterThan(1);
  expect((await api.patch(`/rollouts/${rollout}`, { enabled: false }, { 'If-Match': tag })).status).toBe(204);
  expect(await tagOf(`/rollouts/${rollout}`)).not.toBe(tag);
});

it('says of a context feature who moved it last, or moved another', async () => {
  const move = { 'Heksher-Message': 'theme first', 'X-Request-Id': 'move-1' };
  await expectStatus(204, api.patch('/context_features/theme/index', { to_before: 'account' }, move));
  for (const [method, path, body] of [
    ['delete', '/context_features/spare', undefined],
    ['patch', '/context_features/theme/index', { to_after: 'user' }],
    ['post', '/context_features', { context_feature: 'more' }],
  ] as const) {
    const answer = await api.unchanged(() => api[method](path, body, { ...JSON_PLEASE, 'If-Match': '"old"' }));
    expect(answer).toMatchObject({ status: 412, body: { changed: { message: 'theme first', request_id: 'move-1' } } });
  }
});

it('a message goes to the change log, and one of two lines is refused by its name', async () => {
  await api.put(`/rules/${rule}/value`, { value: 6 }, { 'Heksher-Message': encodeURIComponent('für Ännchen, 50 %') });
  expect(await api.sql(`select message from heksher_changes order by id desc limit 1`)).toEqual([
    { message: 'für Ännchen, 50 %' },
  ]);
  const answer = await api.unchanged(() =>
    api.put(`/rules/${rule}/value`, { value: 7 }, { 'Heksher-Message': 'a%0Ab' }),
  );
  expect(answer).toMatchObject({ status: 422, body: { errors: [{ parameter: 'Heksher-Message' }] } });
});
