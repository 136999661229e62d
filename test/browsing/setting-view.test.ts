import { addFeatures, addRollout, addRule, type Answer, declare, expectStatus } from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';

const api = useService();
beforeEach(async () => {
  await api.empty();
  await addFeatures(api.call, 'account', 'user', 'theme');
  await declare(api.call, { metadata: { owner: 'core' } });
});

type Line = Readonly<{ position: number | null; kind: string; rule_id?: number; rollout_id?: number }>;
type View = Readonly<{ lines: readonly Line[]; lines_omitted: number; findings: readonly object[] }>;

const viewOf = async (include: string, name = 'cache_size'): Promise<View> =>
  (await expectStatus(200, api.get(`/settings/${name}?include=${include}`))).body as View;

const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);

it('lines stand in the order of precedence, with the positions of an explained evaluation', async () => {
  await addRule(api.call, 'cache_size', { account: 'john' }, 100, { ticket: 1 });
  await addRule(api.call, 'cache_size', { account: 'jim', user: 'admin' }, 200);
  await addRule(api.call, 'cache_size', { user: 'guest' }, 10);
  await addRule(api.call, 'cache_size', { user: 'guest', theme: 'dark' }, 20);
  await addRollout(api.call, 'cache_size', { percentage: 20, value: 80, feature_values: { account: 'jim' } });
  const { lines, lines_omitted } = await viewOf('rules,rollouts');
  const explained = await api.post('/evaluate', { context: {}, settings: ['cache_size'], explain: true });
  const { steps } = (explained.body as { settings: { cache_size: { steps: Line[] } } }).settings.cache_size;
  const placed = (all: readonly Line[]) =>
    all.map(({ position, kind, rule_id, rollout_id }) => [position, kind, rule_id ?? rollout_id]);
  expect(placed(lines)).toEqual(placed(steps.slice(0, -1)));
  expect([lines.length, lines_omitted]).toEqual([5, 0]);
  for (const { position, kind, ...rest } of lines) {
    expect(position).toBeGreaterThan(0);
    if (kind === 'rule') {
      const { rule_id, ...rule } = rest;
      expect(rule).toEqual((await api.get(`/rules/${rule_id}`)).body);
    } else expect(rest).toMatchObject((await api.get(`/rollouts/${rest.rollout_id}`)).body as object);
  }
});

it('has what GET has without include, by name or alias, and what include asks for alone', async () => {
  await addRule(api.call, 'cache_size', { user: 'jim' }, 60);
  await addRollout(api.call, 'cache_size', { percentage: 100, value: 80 });
  await expectStatus(204, api.put('/settings/cache_size/name', { name: 'size', version: '1.1' }));
  const plain = (await api.get('/settings/size')).body;
  for (const name of ['size', 'cache_size']) {
    const view = await viewOf('rollouts', name);
    expect(view).toMatchObject({ ...(plain as object), rule_count: 1, rollout_count: 1 });
    expect(view.lines).toMatchObject([{ kind: 'rollout', position: 2, state: 'on', percentage_now: 100 }]);
    expect(view).not.toHaveProperty('findings');
    expect(view).toMatchObject({ context_features: ['account', 'user', 'theme'] });
  }
  const { findings } = (await api.get('/settings/size/lint')).body as { findings: object[] };
  expect(findings.length).toBeGreaterThan(0);
  expect(await viewOf('lint')).toMatchObject({ findings, findings_omitted: 0 });
  expect(await viewOf('lint')).not.toHaveProperty('lines');
});

it('a rule that another writer stored beside one with the same conditions has no position', async () => {
  const first = await addRule(api.call, 'cache_size', { user: 'jim' }, 1);
  await api.sql(`with added as (insert into rules (setting, value) values ('cache_size', '2') returning id)
                 insert into conditions (rule, context_feature, feature_value) select id, 'user', 'jim' from added`);
  const { lines } = await viewOf('rules');
  expect(lines).toMatchObject([
    { position: 1, rule_id: first, value: 1 },
    { position: null, value: 2 },
  ]);
});

it('a tag is answered 304 until anything of it changes', async () => {
  const path = '/settings/cache_size?include=rules';
  const tagOf = ({ headers }: Answer): string => headers.get('etag') ?? '';
  const first = await api.get(path);
  expect((await api.get(path, { 'If-None-Match': tagOf(first) })).status).toBe(304);
  const changes: (() => Promise<unknown>)[] = [
    () => addRule(api.call, 'cache_size', { user: 'jim' }, 1),
    () => api.put('/settings/cache_size/metadata/note', { value: 1, version: '1.1' }),
    () =>
      api.put('/settings/cache_size/configurable_features', {
        configurable_features: ['user', 'theme'],
        version: '1.2',
      }),
    () => api.patch('/context_features/user/index', { to_after: 'theme' }),
  ];
  let before = tagOf(first);
  for (const change of changes) {
    await change();
    const next = await api.get(path, { 'If-None-Match': before });
    expect(next.status).toBe(200);
    expect(next.headers.get('heksher-revision')).toMatch(/^\d+-[0-9a-f]{8}$/);
    before = tagOf(next);
  }
});

it('a plain answer has a tag too', async () => {
  for (const path of ['/settings', '/settings/cache_size']) {
    const etag = (await api.get(path)).headers.get('etag') ?? '';
    expect((await api.get(path, { 'If-None-Match': etag })).status).toBe(304);
  }
});

it.each([
  ['include=history', 'include', /one of rules, rollouts, lint, changed; given: "history"/],
  ['include=', 'include', /given: ""/],
  ['include=rules&depth=1', 'depth', /accepted: include/],
])('%s is a 422', async (query, parameter, message) => {
  const answer = await api.unchanged(() => api.get(`/settings/cache_size?${query}`));
  expect(answer.body).toMatchObject({ status: 422, errors: [{ parameter, message: matching(message) }] });
});

it('an unknown setting is a 404', async () => {
  expect((await api.get('/settings/nothing?include=rules')).status).toBe(404);
});

describe('when lines were changed', () => {
  type Changed = Readonly<{ seq: number; at: string; actor: string }> | null | undefined;

  async function changedOf(query = ''): Promise<ReadonlyMap<string, Changed>> {
    const { lines } = (await viewOf(`rules,rollouts,changed${query}`)) as unknown as {
      lines: readonly (Line & Readonly<{ changed?: Changed }>)[];
    };
    return new Map(
      lines.map(({ kind, rule_id, rollout_id, changed }) => [`${kind} ${rule_id ?? rollout_id}`, changed]),
    );
  }

  it('each has the newest change of its own, as the history has it: of its value, conditions, metadata, members', async () => {
    const rule = await addRule(api.call, 'cache_size', { user: 'jim' }, 1);
    const other = await addRule(api.call, 'cache_size', { user: 'bob' }, 2);
    const rollout = await addRollout(api.call, 'cache_size', { percentage: 20, value: 80 });
    const writes: readonly [string, () => Promise<Answer>][] = [
      [`rule ${rule}`, () => api.put(`/rules/${rule}/value`, { value: 3 })],
      [`rule ${rule}`, () => api.put(`/rules/${rule}`, { feature_values: { user: 'ann' } })],
      [`rule ${rule}`, () => api.put(`/rules/${rule}/metadata/ticket`, { value: 1 })],
      [`rollout ${rollout}`, () => api.post(`/rollouts/${rollout}/members`, { add: ['jim'] })],
      [`rollout ${rollout}`, () => api.call('PATCH', `/api/v1/rollouts/${rollout}`, { body: { percentage: 30 } })],
    ];
    for (const [line, write] of writes) {
      const before = await changedOf();
      const { status } = await write();
      expect(status).toBeLessThan(300);
      const after = await changedOf();
      const { seq, actor } = after.get(line) ?? {};
      expect((await expectStatus(200, api.get(`/history/${seq}`))).body).toMatchObject({
        actor,
        changes: [{ setting: 'cache_size' }],
      });
      expect(seq).toBeGreaterThan(Math.max(...[...before.values()].map((changed) => changed?.seq ?? 0)));
      expect([...after].filter(([key]) => key !== line)).toEqual([...before].filter(([key]) => key !== line));
    }
    expect((await changedOf()).get(`rule ${other}`)).not.toBeNull();
  });

  it('a new name is no change of a line, which keeps its own; of the past as it was then', async () => {
    const rule = await addRule(api.call, 'cache_size', { user: 'jim' }, 1);
    const before = await changedOf();
    await expectStatus(204, api.put('/settings/cache_size/name', { name: 'size', version: '1.1' }));
    expect(await changedOf()).toEqual(before);
    await expectStatus(204, api.put(`/rules/${rule}/value`, { value: 3 }));
    const seq = before.get(`rule ${rule}`)?.seq;
    expect((await changedOf()).get(`rule ${rule}`)?.seq).toBeGreaterThan(seq ?? 0);
    expect(await changedOf(`&as_of=${seq}`)).toEqual(before);
  });

  it('what the log does not reach back to is null; without being asked for it is not there', async () => {
    await addRule(api.call, 'cache_size', { user: 'jim' }, 1);
    await api.sql('delete from heksher_changes');
    expect([...(await changedOf()).values()]).toEqual([null]);
    expect((await viewOf('rules')).lines[0]).not.toHaveProperty('changed');
  });
});
