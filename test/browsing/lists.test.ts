import fc from 'fast-check';
import { addFeatures, addRollout, addRule, declare, expectStatus } from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';

const api = useService();
beforeEach(async () => {
  await api.empty();
  await addFeatures(api.call, 'account', 'user', 'theme');
  await declare(api.call, { metadata: { owner: 'core' } });
  await declare(api.call, { name: 'color', type: 'str', default_value: 'red', metadata: { owner: 'web' } });
});

type Page<Name extends string, T> = Readonly<Record<Name, readonly T[]>> & Readonly<{ next_cursor: string | null }>;
type Rule = Readonly<{ rule_id: number; setting: string; value: unknown; feature_values: [string, string][] }>;
type Rollout = Readonly<{ rollout_id: number; state: string; percentage_now: number; next_change: string | null }>;
type Finding = Readonly<{ setting: string; kind: string; about: object | null }>;

const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);

async function get<T>(path: string): Promise<T> {
  return (await expectStatus(200, api.get(path))).body as T;
}

/** All pages one after the other. */
async function all<Name extends string, T>(name: Name, path: string, limit: number): Promise<T[]> {
  const found: T[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: Page<Name, T> = await get(`${path}&limit=${limit}&cursor=${cursor}`);
    expect(page[name].length).toBeLessThanOrEqual(limit);
    found.push(...page[name]);
    cursor = page.next_cursor;
  }
  return found;
}

describe('GET /api/v1/rules', () => {
  beforeEach(async () => {
    for (const [index, user] of ['jim', 'ann', 'guest', 'dark'].entries()) {
      await addRule(api.call, 'color', { user }, ['blue', '50'][index % 2]);
      await addRule(api.call, 'cache_size', { user, theme: 'dark' }, 50 + (index % 2));
    }
    // What only another writer may store: the conditions of another rule.
    await api.sql(`with added as (insert into rules (setting, value) values ('color', '"50"') returning id)
                   insert into conditions (rule, context_feature, feature_value) select id, 'user', 'jim' from added`);
  });

  it('pages by any limit and any filters hold what a naive reader finds in the tables', async () => {
    const stored = (await api.sql(`
      select r.id as rule_id, r.setting, r.value,
             (select json_agg(json_build_array(c.context_feature, c.feature_value) order by f.index)
                from conditions c join context_features f on f.name = c.context_feature where c.rule = r.id) as feature_values
        from rules r order by r.setting, r.id`)) as unknown as (Rule & { value: string })[];
    expect(stored.length).toBe(9);
    const some = <T>(...values: T[]) => fc.option(fc.constantFrom(...values), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          limit: fc.integer({ min: 1, max: 12 }),
          setting: some('color', 'cache_size'),
          feature: some('user', 'theme', 'account'),
          value: some('jim', 'dark', 'nobody'),
          rule_value: some('50', '"50"', '50.0', 'blue', 'null'),
        }),
        async ({ limit, setting, feature, value, rule_value }) => {
          const parameters = Object.entries({ setting, feature, value, rule_value });
          const query = new URLSearchParams();
          for (const [name, text] of parameters) if (text !== undefined) query.set(name, text);
          const isSame = (text: string) => {
            const found: unknown = JSON.parse(text);
            if (found === rule_value) return true;
            return rule_value !== 'blue' && JSON.parse(rule_value ?? '0') === found;
          };
          const expected = stored.filter(
            (rule) =>
              (setting === undefined || rule.setting === setting) &&
              ((feature === undefined && value === undefined) ||
                rule.feature_values.some(
                  ([name, asked]) => (feature ?? name) === name && (value ?? asked) === asked,
                )) &&
              (rule_value === undefined || isSame(rule.value)),
          );
          const found = await all<'rules', Rule>('rules', `/rules?${query.toString()}`, limit);
          expect(found.map(({ rule_id }) => rule_id)).toEqual(expected.map(({ rule_id }) => rule_id));
          expect(found).toMatchObject(expected.map((rule) => ({ ...rule, value: JSON.parse(rule.value) as unknown })));
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each([
    ['feature=usr', 422, { parameter: 'feature', message: matching(/have: account, user, theme/) }],
    ['setting=nothing', 404, { parameter: 'setting' }],
    ['setting=no%20name', 422, { parameter: 'setting' }],
    ['page=1', 422, { parameter: 'page', message: matching(/accepted: setting, feature, value, rule_value, limit/) }],
    ['cursor=x', 422, { parameter: 'cursor' }],
  ])('%s is a %i', async (query, status, error) => {
    const answer = await api.get(`/rules?${query}`, { Accept: 'application/json' });
    expect(answer.body).toMatchObject({ status, errors: [error] });
  });
});

describe('GET /api/v1/context_features/{name}/values', () => {
  it('counts the rules and rollouts that name each value, those used most first', async () => {
    await addRule(api.call, 'cache_size', { user: 'guest' }, 1);
    await addRule(api.call, 'cache_size', { user: 'guest', theme: 'dark' }, 1);
    await addRule(api.call, 'color', { user: 'gus' }, 'x');
    await addRule(api.call, 'color', { account: 'guest' }, 'x');
    await addRollout(api.call, 'color', { feature: 'account', value: 'x', feature_values: { user: 'ann' } });
    const values = [
      { value: 'guest', rule_count: 2, rollout_count: 0 },
      { value: 'ann', rule_count: 0, rollout_count: 1 },
      { value: 'gus', rule_count: 1, rollout_count: 0 },
    ];
    expect(await get('/context_features/user/values')).toEqual({ values, total: 3 });
    expect(await get('/context_features/user/values?limit=1')).toEqual({ values: values.slice(0, 1), total: 3 });
    expect(await get('/context_features/user/values?prefix=gu')).toEqual({ values: [values[0], values[2]], total: 2 });
    await expectStatus(204, api.delete('/rules/1'));
    expect(await get('/context_features/user/values?prefix=gue')).toEqual({
      values: [{ value: 'guest', rule_count: 1, rollout_count: 0 }],
      total: 1,
    });
  });

  it('is empty for a feature that nothing names, a 404 for none, and a 422 for an unknown parameter', async () => {
    expect(await get('/context_features/theme/values')).toEqual({ values: [], total: 0 });
    expect((await api.get('/context_features/nothing/values')).status).toBe(404);
    expect((await api.get('/context_features/user/values?q=a')).body).toMatchObject({
      errors: [{ parameter: 'q', message: matching(/accepted: prefix, limit/) }],
    });
  });
});

describe('GET /api/v1/rollouts', () => {
  const ramp = (start: string, end: string) => ({ start: `${start}-01-01T00:00:00Z`, end: `${end}-01-01T00:00:00Z` });
  const STATES = [
    [{ percentage: 20 }, 'partial', 20, null],
    [{ percentage: 100 }, 'on', 100, null],
    [{ percentage: 0 }, 'members_only', 0, null],
    [{ percentage: 50, enabled: false }, 'off', 0, null],
    [{ ramp: { ...ramp('2000', '2001'), from: 0, to: 100 } }, 'on', 100, null],
    [{ ramp: { ...ramp('2000', '9000'), from: 50, to: 50 } }, 'ramping', 50, '9000-01-01T00:00:00.000Z'],
    [{ ramp: { ...ramp('8000', '9000'), from: 5, to: 50 } }, 'scheduled', 5, '8000-01-01T00:00:00.000Z'],
  ] as const;

  it('tells of each what it is now, and is filtered by that', async () => {
    for (const [index, [body]] of STATES.entries()) {
      await addRollout(api.call, index % 2 === 0 ? 'cache_size' : 'color', {
        ...{ ...body, value: index % 2 === 0 ? 1 : 'x' },
        feature_values: { account: `a${index}` },
      });
    }
    const page = await get<Page<'rollouts', Rollout>>('/rollouts');
    expect(page).toMatchObject({ total: STATES.length, next_cursor: null });
    expect(page.rollouts.map(({ state, percentage_now, next_change }) => [state, percentage_now, next_change])).toEqual(
      STATES.map(([, ...expected]) => expected),
    );
    for (const rollout of page.rollouts) {
      expect((await api.get(`/rollouts/${rollout.rollout_id}`)).body).toEqual(rollout);
    }
    const idsOf = (rollouts: readonly Rollout[]) => rollouts.map(({ rollout_id }) => rollout_id);
    expect(idsOf((await get<Page<'rollouts', Rollout>>('/rollouts?state=on,off')).rollouts)).toEqual([2, 4, 5]);
    expect(idsOf((await get<Page<'rollouts', Rollout>>('/rollouts?setting=color')).rollouts)).toEqual([2, 4, 6]);
    expect(idsOf((await get<Page<'rollouts', Rollout>>('/rollouts?feature=account')).rollouts)).toEqual([]);
    for (const limit of [1, 2, 3, 7]) {
      expect(idsOf(await all<'rollouts', Rollout>('rollouts', '/rollouts?feature=user', limit))).toEqual(
        idsOf(page.rollouts),
      );
    }
  });

  it('one that another writer stored so that it cannot be read is unreadable', async () => {
    const id = await addRollout(api.call, 'cache_size', { percentage: 5, value: 1 });
    await api.sql(`update rollouts set pattern = '(' where id = ${id}`);
    expect(await get('/rollouts')).toMatchObject({
      rollouts: [{ state: 'unreadable', percentage_now: 0, enabled: true }],
    });
  });
});

describe('GET /api/v1/lint', () => {
  it('has the findings of all settings, page by page, by kind and by metadata', async () => {
    await addRule(api.call, 'color', { user: 'ann' }, 'red');
    await addRule(api.call, 'color', { user: 'bob' }, 'red');
    await addRule(api.call, 'cache_size', { user: 'bob' }, 60);
    await addRollout(api.call, 'cache_size', { enabled: false, value: 1 });
    const ofEach = await Promise.all(
      ['cache_size', 'color'].map(async (setting) => {
        const { findings } = await get<{ findings: Finding[] }>(`/settings/${setting}/lint`);
        return findings.map((finding) => ({ ...finding, setting }));
      }),
    );
    const expected = ofEach.flat();
    expect(expected.length).toBe(3);
    for (const limit of [1, 2, 3, 100]) {
      expect(await all<'findings', Finding>('findings', '/lint?', limit)).toEqual(expected);
      const repeats = expected.filter(({ kind }) => kind === 'repeats_default');
      expect(await all<'findings', Finding>('findings', '/lint?kind=repeats_default', limit)).toEqual(repeats);
      expect(await all<'findings', Finding>('findings', '/lint?metadata.owner=web', limit)).toEqual(ofEach[1]);
    }
  });

  it('follows each change, and what is kept does not hide one', async () => {
    const id = await addRule(api.call, 'color', { user: 'ann' }, 'red');
    const count = async () => (await get<{ findings: Finding[] }>('/lint')).findings.length;
    expect(await count()).toBe(1);
    await expectStatus(204, api.put(`/rules/${id}/value`, { value: 'blue' }));
    expect(await count()).toBe(0);
    await expectStatus(204, api.put(`/rules/${id}/value`, { value: 'red' }));
    expect(await count()).toBe(1);
  });

  it.each(['kind=never-wins', 'kind=', 'limit=0', 'cursor=x', 'setting=color'])('%s is a 422', async (query) => {
    expect((await api.get(`/lint?${query}`)).body).toMatchObject({
      status: 422,
      errors: [{ parameter: query.split('=')[0] }],
    });
  });
});

it('a feature in use is not deleted, and the answer names the settings', async () => {
  const answer = await api.unchanged(() =>
    api.call('DELETE', '/api/v1/context_features/user', { headers: { Accept: 'application/json' } }),
  );
  const message = "context feature can't be deleted, there is at least one setting configured by it";
  expect(answer.body).toMatchObject({
    status: 409,
    code: 'in_use',
    detail: message,
    errors: [{ setting: 'cache_size' }, { setting: 'color' }],
  });
  expect((await api.delete('/context_features/user')).text).toBe(message);
});

it('of very many settings that use a feature the first are named, and the rest counted', async () => {
  await api.sql(`insert into settings (name, type, default_value, version)
                 select 'many' || lpad(n::text, 3, '0'), 'int', '1', '1.0' from generate_series(1, 100) n`);
  await api.sql(
    `insert into configurable (setting, context_feature) select name, 'user' from settings where name like 'many%'`,
  );
  const answer = await api.call('DELETE', '/api/v1/context_features/user', { headers: { Accept: 'application/json' } });
  expect(answer.body).toMatchObject({ status: 409, omitted: 82 });
  expect((answer.body as { errors: object[] }).errors).toHaveLength(20);
});
