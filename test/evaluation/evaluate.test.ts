import {
  addFeatures,
  addRollout as addRolloutTo,
  addRule,
  type Answer,
  declare,
  expectStatus,
} from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';

const api = useService();

type Rollout = Readonly<Record<string, unknown>>;

/** The setting and the rules of the README. */
beforeEach(async () => {
  await api.empty();
  await addFeatures(api.call, 'account', 'user', 'theme');
  await declare(api.call, { name: 'old_size' });
  await expectStatus(204, api.put('/settings/old_size/name', { name: 'cache_size', version: '1.1' }));
  await declare(api.call, { name: 'color', type: 'str', default_value: 'red' });
  await addRule(api.call, 'cache_size', { account: 'john' }, 100);
  await addRule(api.call, 'cache_size', { account: 'jim' }, 50);
  await addRule(api.call, 'cache_size', { account: 'jim', user: 'admin' }, 200);
  await addRule(api.call, 'cache_size', { user: 'guest' }, 10);
  await addRule(api.call, 'cache_size', { user: 'guest', theme: 'dark' }, 20);
});

const evaluate = (body: unknown): Promise<Answer> => api.post('/evaluate', body);

const addRollout = (rollout: Rollout): Promise<number> => addRolloutTo(api.call, 'cache_size', rollout);

type Evaluated = Readonly<{ value: unknown; reason: string; why?: string; steps?: readonly Step[]; omitted?: number }>;
type Step = Readonly<{ kind: string; outcome: string; why: string; rule_id?: number; rollout_id?: number }>;

async function inContext(context: Readonly<Record<string, string>>, explain = false): Promise<Evaluated> {
  const answer = await expectStatus(200, evaluate({ context, settings: ['cache_size'], explain }));
  const { cache_size } = (answer.body as { settings: Record<string, Evaluated> }).settings;
  if (cache_size === undefined) throw new Error(answer.text);
  return cache_size;
}

it('a number or boolean stands for its text, in rules and contexts alike', async () => {
  const ids = await Promise.all(
    [
      ['5', 1],
      ['true', 2],
      ['12345678901234567890', 3],
    ].map(([user, value]) =>
      expectStatus(
        201,
        api.post('/rules', `{"setting":"cache_size","feature_values":{"user":${user}},"value":${value}}`),
      ),
    ),
  );
  expect(ids).toHaveLength(3);
  for (const [user, value] of [
    ['5', 1],
    ['5.0', 1],
    ['"5"', 1],
    ['true', 2],
    ['"true"', 2],
    ['12345678901234567890', 3],
    ['"12345678901234567890"', 3],
    ['12345678901234567891', 60],
  ]) {
    const evaluated = await evaluate(`{"context":{"user":${user}},"settings":["cache_size"]}`);
    expect([user, evaluated.body]).toMatchObject([user, { settings: { cache_size: { value } } }]);
    const flag = await api.call('POST', '/ofrep/v1/evaluate/flags/cache_size', {
      body: `{"context":{"user":${user}}}`,
    });
    expect([user, flag.body]).toMatchObject([user, { value }]);
  }
});

it.each<[context: Record<string, string>, evaluation: object]>([
  [
    { user: 'guest', theme: 'dark' },
    { value: 20, reason: 'RULE', rule_id: 5 },
  ],
  [
    { account: 'john', user: 'guest', theme: 'dark' },
    { value: 20, reason: 'RULE', rule_id: 5 },
  ],
  [
    { user: 'guest', theme: 'light' },
    { value: 10, reason: 'RULE', rule_id: 4 },
  ],
  [
    { account: 'jim', user: 'admin' },
    { value: 200, reason: 'RULE', rule_id: 3 },
  ],
  [{ account: 'jim' }, { value: 50, reason: 'RULE', rule_id: 2 }],
  [
    { account: 'joan', user: 'admin', theme: 'dark' },
    { value: 60, reason: 'DEFAULT' },
  ],
  [{}, { value: 60, reason: 'DEFAULT' }],
])('of the table in the README, %j gets %j', async (context, evaluation) => {
  expect(await inContext(context)).toEqual(evaluation);
});

it('settings come by canonical name in the order of the question, each once; all of them by name', async () => {
  const texts = async (settings?: readonly string[]) => (await evaluate({ context: {}, settings })).text;
  expect(await texts(['old_size', 'color', 'cache_size'])).toBe(
    '{"settings":{"cache_size":{"value":60,"reason":"DEFAULT"},"color":{"value":"red","reason":"DEFAULT"}}}',
  );
  expect(Object.keys((JSON.parse(await texts()) as { settings: object }).settings)).toEqual(['cache_size', 'color']);
  expect(await texts([])).toBe('{"settings":{}}');
});

it('values are spliced as they are stored', async () => {
  await api.sql(`update rules set value = '1.0' where id = 2`);
  const variants = '[{"name":"a","value":7.50e1,"weight":1}]';
  await api.sql(
    `insert into rollouts (setting, feature, percentage, variants, hash, salt) values ('cache_size', 'user', 100, $1, 'murmur3', 's')`,
    [variants],
  );
  const text = async (context: object) => (await evaluate({ context, settings: ['cache_size'], explain: true })).text;
  expect(await text({ account: 'jim' })).toMatch(/"value":1\.0,.*"value":1\.0,/);
  expect(await text({ account: 'jim', user: 'bob' })).toMatch(
    /"value":7\.50e1,"reason":"ROLLOUT".*"value":7\.50e1,"variant":"a"/,
  );
});

describe('rules and rollouts in one order', () => {
  it('is that of the worked example: last feature first, equality above a rollout above neither', async () => {
    const general = await addRollout({ percentage: 20, value: 1 });
    const jims = await addRollout({ feature_values: { account: 'jim' }, value: 2 });
    await expectStatus(200, api.post(`/rollouts/${jims}/members`, { add: ['bob', 'guest'] }));
    // With this salt bob falls at 81.897 %.
    expect(await inContext({ account: 'jim', user: 'guest' })).toMatchObject({ reason: 'RULE', rule_id: 4 });
    expect(await inContext({ account: 'jim', user: 'bob' })).toEqual({ value: 2, reason: 'ROLLOUT', rollout_id: jims });
    expect(await inContext({ account: 'x', user: 'bob' })).toEqual({ value: 60, reason: 'DEFAULT' });
    expect(await inContext({ account: 'jim', user: 'eve' })).toMatchObject({ reason: 'RULE', rule_id: 2 });
    await expectStatus(204, api.patch(`/rollouts/${general}`, { percentage: 90 }));
    expect(await inContext({ account: 'x', user: 'bob' })).toEqual({
      value: 1,
      reason: 'ROLLOUT',
      rollout_id: general,
    });
    expect(await inContext({ account: 'jim', user: 'bob' })).toMatchObject({ rollout_id: jims });
    await expectStatus(204, api.patch(`/rollouts/${jims}`, { enabled: false }));
    expect(await inContext({ account: 'jim', user: 'bob' })).toMatchObject({ rollout_id: general });
  });

  it('members, patterns, shares, ramps and variants decide as they say', async () => {
    const id = await addRollout({ pattern: '^b', value: 1 });
    expect(await inContext({ user: 'bob' })).toMatchObject({ reason: 'ROLLOUT' });
    expect(await inContext({ user: 'abo' })).toMatchObject({ reason: 'DEFAULT' });
    await expectStatus(204, api.patch(`/rollouts/${id}`, { pattern: null, percentage: 100 }));
    expect(await inContext({ user: 'abo' })).toMatchObject({ reason: 'ROLLOUT' });
    expect(await inContext({ theme: 'dark' })).toMatchObject({ reason: 'DEFAULT' });
    const ramp = (start: string, end: string) => ({ ramp: { start, end, from: 0, to: 100 } });
    await expectStatus(204, api.patch(`/rollouts/${id}`, ramp('2999-01-01T00:00:00Z', '2999-01-02T00:00:00Z')));
    expect(await inContext({ user: 'abo' })).toMatchObject({ reason: 'DEFAULT' });
    await expectStatus(204, api.patch(`/rollouts/${id}`, ramp('2001-01-01T00:00:00Z', '2001-01-02T00:00:00Z')));
    expect(await inContext({ user: 'abo' })).toMatchObject({ reason: 'ROLLOUT', value: 1 });
    const variants = [{ name: 'small', value: 5, weight: 1 }];
    await expectStatus(204, api.patch(`/rollouts/${id}`, { variants }));
    expect(await inContext({ user: 'abo' })).toEqual({ value: 5, reason: 'ROLLOUT', rollout_id: id, variant: 'small' });
  });
});

describe('with explain', () => {
  it('a person sees why jim gets 50', async () => {
    const { value, why, steps, omitted } = await inContext({ account: 'jim', user: 'bob' }, true);
    expect({ value, why, omitted }).toEqual({ value: 50, why: 'rule 2 decides: account is "jim"', omitted: 0 });
    expect(steps?.map(({ rule_id, outcome, why }) => [rule_id, outcome, why])).toEqual([
      [5, 'does_not_match', 'user is "bob", not "guest"'],
      [3, 'does_not_match', 'user is "bob", not "admin"'],
      [4, 'does_not_match', 'user is "bob", not "guest"'],
      [1, 'does_not_match', 'account is "jim", not "john"'],
      [2, 'decides', 'account is "jim"'],
      [undefined, 'overridden', 'rule 2 decides'],
    ]);
  });

  it('the steps tell of each rollout where the unit falls, and what keeps it out', async () => {
    const general = await addRollout({ percentage: 20, value: 1 });
    const jims = await addRollout({ feature_values: { account: 'jim' }, enabled: false, percentage: 20, value: 2 });
    const crc = await addRollout({ feature: 'theme', percentage: 33.333, hash: 'crc32', value: 3 });
    const explained = await inContext({ account: 'x', user: 'bob' }, true);
    const step = (id: number, { steps = [] }: Evaluated) => steps.find(({ rollout_id }) => rollout_id === id);
    expect(explained).toMatchObject({ value: 60, why: 'no rule or rollout matches' });
    expect(step(general, explained)).toEqual({
      ...{ position: 6, kind: 'rollout', outcome: 'does_not_match', rollout_id: general, feature: 'user' },
      ...{ context_features: [], value: 1, because: 'bucket', unit: 'bob', bucket: 81.897, percentage: 20 },
      why: 'user "bob" falls at 81.897 %, not below the 20 % of the rollout',
    });
    expect(step(jims, explained)).toMatchObject({ because: 'disabled', why: 'it is switched off' });
    expect(step(crc, explained)).toMatchObject({ because: 'no_unit', why: 'theme is unknown' });
    await expectStatus(204, api.patch(`/rollouts/${jims}`, { enabled: true }));
    expect(step(jims, await inContext({ account: 'x', user: 'bob' }, true))).toMatchObject({
      because: 'condition',
      failed: ['account', 'jim'],
      why: 'account is "x", not "jim"',
    });
    await expectStatus(200, api.post(`/rollouts/${general}/members`, { add: ['bob'] }));
    await expectStatus(204, api.patch(`/rollouts/${jims}`, { pattern: 'o' }));
    const overridden = await inContext({ account: 'jim', user: 'bob', theme: 'light' }, true);
    expect(overridden.why).toBe(`rollout ${jims} decides: user "bob" has the pattern "o"`);
    expect(step(general, overridden)).toMatchObject({
      outcome: 'overridden',
      because: 'member',
      why: `user "bob" is a member, but rollout ${jims} decides`,
    });
    expect(step(crc, overridden)).toMatchObject({ bucket: 47, percentage: 33.333 });
  });

  it('what another writer stored and nobody can read matches nothing, and says so', async () => {
    await api.sql(`insert into rollouts (setting, feature, percentage, pattern, value, hash, salt)
                   values ('cache_size', 'user', 100, 'a(', '1', 'murmur3', 's')`);
    const { value, steps } = await inContext({ user: 'bob' }, true);
    expect(value).toBe(60);
    expect(steps?.find(({ kind }) => kind === 'rollout')?.why).toContain('missing closing ), "(" at position 2');
  });

  it('at most a thousand steps are told of a setting, all that matches, and how many are not', async () => {
    await api.sql(`
      with added as (insert into rules (setting, value) select 'cache_size', '1' from generate_series(1, 3000) returning id)
      insert into conditions select id, 'theme', 'theme' || id from added`);
    const { steps, omitted, why } = await inContext({ account: 'jim' }, true);
    expect(steps).toHaveLength(1_001);
    expect(omitted).toBe(2_005);
    expect(why).toBe('rule 2 decides: account is "jim"');
    expect(steps?.slice(-2)).toMatchObject([{ rule_id: 2, outcome: 'decides', position: 3_005 }, { position: 3_006 }]);
  });
});

describe('refused is, and nothing is changed,', () => {
  it.each<[status: number, body: unknown, message: string]>([
    [404, { context: {}, settings: ['cache_size', 'nothing', 'none'] }, 'the settings "nothing", "none" do not exist'],
    [422, { context: {}, settings: ['a b'] }, '"a b" is none'],
    [
      422,
      { context: {}, settings: 'cache_size' },
      'settings must be a list of names, or absent for all; given: "cache_size"',
    ],
    [422, { context: {}, settings: ['color', 7] }, 'given: a list with 7'],
    [422, { context: {}, settings: null }, 'given: null'],
    [422, { context: {}, explain: 'yes' }, 'explain must be true or false; given: "yes"'],
    [422, {}, 'context must be an object from context features to their values; given: missing'],
    [422, { context: null }, 'given: null'],
    [422, { context: [['user', 'bob']] }, 'given: a list of 1'],
    [
      422,
      { context: { usr: 'bob' } },
      'the context names "usr", which is no context feature (have: account, user, theme)',
    ],
    [422, { context: { __proto__x: 'bob' } }, 'which is no context feature'],
    [
      422,
      { context: { user: [7] } },
      'the context\'s value of "user" must be a text of 1 to 255 letters, combining marks and digits',
    ],
    [422, { context: { user: null } }, 'given: null'],
    [422, { context: { user: 'a b' } }, 'given: "a b"'],
    [422, { context: { user: '' } }, 'given: ""'],
    [422, { context: { user: 'x'.repeat(256) } }, 'given: "xxx'],
    [422, '{"context": {"user": "a", "user": "b"}}', 'user'],
    [422, '{"context": {}', 'the body is not JSON'],
    [422, '[]', 'the body must be a JSON object, not an array'],
    [422, '', 'the body is not JSON'],
    [422, new Uint8Array([0x7b, 0xff, 0x7d]), 'the body is not UTF-8'],
  ])('with %i %j: %s', async (status, body, message) => {
    const answer = await api.unchanged(() => evaluate(body));
    expect(answer.status).toBe(status);
    expect(answer.status === 422 ? (answer.body as { detail: string }).detail : answer.text).toContain(message);
  });

  it('all that is wrong is told at once', async () => {
    const { body } = await evaluate({ context: { user: [7], theme: '' }, settings: 7, explain: 7 });
    const { errors } = body as { errors: readonly { field: string }[] };
    expect(errors.map(({ field }) => field)).toEqual(['context.user', 'context.theme', 'settings', 'explain']);
  });

  it('a member or a parameter that is unknown is named', async () => {
    const answer = await evaluate({ context: {}, settings: [], setings: 1 });
    expect(answer.body).toMatchObject({ status: 422, errors: [{ pointer: '/setings', code: 'unknown_member' }] });
    const other = await api.post('/evaluate?explain=true', { context: {} });
    expect(other.body).toMatchObject({ status: 422, errors: [{ parameter: 'explain', code: 'unknown_parameter' }] });
  });
});

it('a setting of thousands of rules is what it was before those were added, also to clients of OpenFeature', async () => {
  await addRollout({ percentage: 50, value: 1 });
  await addRollout({ feature_values: { account: 'jim' }, members: ['bob'], value: 2 });
  const contexts = [undefined, 'john', 'jim'].flatMap((account) =>
    [undefined, 'guest', 'admin', 'bob', 'ann', 'eve'].flatMap((user) =>
      [undefined, 'dark'].map((theme) => ({
        ...(account && { account }),
        ...(user && { user }),
        ...(theme && { theme }),
      })),
    ),
  );
  const ofrep = (context: object) => api.call('POST', '/ofrep/v1/evaluate/flags/cache_size', { body: { context } });
  const all = async (): Promise<readonly unknown[]> => {
    const answers = [];
    for (const context of contexts) answers.push(await inContext(context), (await ofrep(context)).body);
    return answers;
  };
  const before = await all();
  expect(new Set(before.map((answer) => JSON.stringify(answer))).size).toBeGreaterThan(10);
  await api.database().sql(
    `with added as (insert into rules (setting, value) select 'cache_size', '7' from generate_series(1, 2100) returning id)
     insert into conditions (rule, context_feature, feature_value) select id, 'user', 'u' || id from added`,
  );
  expect(await all()).toEqual(before);
  expect(await inContext({ user: 'u100', account: 'x' }, true)).toMatchObject({ value: 7, reason: 'RULE' });
});
