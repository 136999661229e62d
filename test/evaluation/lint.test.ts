import { addFeatures, addRollout, addRule, declare, expectStatus } from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';

const api = useService();
beforeEach(async () => {
  await api.empty();
  await addFeatures(api.call, 'account', 'user', 'theme');
  await declare(api.call, { name: 'old_size' });
  await expectStatus(204, api.put('/settings/old_size/name', { name: 'cache_size', version: '1.1' }));
});

type Finding = Readonly<{
  kind: string;
  about: object | null;
  rule_ids: number[];
  rollout_ids: number[];
  message: string;
}>;

async function lint(name = 'cache_size'): Promise<readonly Finding[]> {
  const answer = await expectStatus(200, api.get(`/settings/${name}/lint`));
  return (answer.body as { findings: Finding[] }).findings;
}

it('there is nothing to say of the rules of the README, by name or alias', async () => {
  for (const [conditions, value] of [
    [{ account: 'john' }, 100],
    [{ account: 'jim' }, 50],
    [{ account: 'jim', user: 'admin' }, 200],
  ] as const) {
    await addRule(api.call, 'cache_size', conditions, value);
  }
  for (const name of ['cache_size', 'old_size']) {
    expect((await api.get(`/settings/${name}/lint`)).text).toBe('{"findings":[],"omitted":0}');
  }
});

it('findings name what could be changed, and why', async () => {
  await addRule(api.call, 'cache_size', { account: 'jim' }, 50);
  await addRule(api.call, 'cache_size', { account: 'jim', user: 'bob' }, 50);
  await addRule(api.call, 'cache_size', { account: 'john' }, 60);
  expect(await lint()).toMatchObject([
    { kind: 'repeats_overridden', about: { kind: 'rule', id: 2 }, rule_ids: [2, 1], rollout_ids: [] },
    { kind: 'repeats_default', about: { kind: 'rule', id: 3 } },
  ]);
  const all = await addRollout(api.call, 'cache_size', { feature: 'theme', percentage: 100, value: 1 });
  const off = await addRollout(api.call, 'cache_size', { percentage: 5, enabled: false, value: 1 });
  const findings = await lint();
  const ofKind = (kind: string) => findings.filter((finding) => finding.kind === kind);
  expect(ofKind('rollout_at_hundred')).toMatchObject([{ about: { kind: 'rollout', id: all }, rollout_ids: [all] }]);
  expect(ofKind('rollout_disabled')).toMatchObject([{ about: { kind: 'rollout', id: off }, rollout_ids: [off] }]);
  expect(findings.every(({ message }) => message.length > 20)).toBe(true);
});

it('values that differ by case or normalisation alone are found, in conditions and members', async () => {
  await addRule(api.call, 'cache_size', { user: 'Ann' }, 1);
  await addRule(api.call, 'cache_size', { theme: 'u\u0308' }, 2);
  await addRule(api.call, 'cache_size', { theme: '\u00fc' }, 3);
  const id = await addRollout(api.call, 'cache_size', { percentage: 5, value: 4 });
  await expectStatus(200, api.post(`/rollouts/${id}/members`, { add: ['ann', 'bob'] }));
  expect((await lint()).filter(({ kind }) => kind === 'similar_values')).toEqual([
    {
      ...{ kind: 'similar_values', about: { kind: 'rule', id: 1 }, rule_ids: [1], rollout_ids: [id] },
      message: `"Ann", "ann" are different values of user, but differ by case alone: rule 1, rollout ${id}`,
    },
    {
      ...{ kind: 'similar_values', about: { kind: 'rule', id: 2 }, rule_ids: [2, 3], rollout_ids: [] },
      message:
        '"u\\u{308}", "ü" are different values of theme, but differ by Unicode normalisation alone: rule 2, rule 3',
    },
  ]);
});

it('what only another writer could store is found', async () => {
  await api.sql(`
    insert into rules (id, setting, value) values (1001, 'cache_size', '"text"');
    insert into conditions values (1001, 'user', 'bob');
    insert into rollouts (id, setting, feature, percentage, pattern, value, hash, salt)
      values (1001, 'cache_size', 'user', 5, 'a(', '1', 'murmur3', 's')`);
  expect(await lint()).toMatchObject([
    {
      kind: 'unreadable',
      about: { kind: 'rollout', id: 1001 },
      message: expect.stringContaining('position 2') as string,
    },
    { kind: 'unfit_value', about: { kind: 'rule', id: 1001 } },
  ]);
});

it('a thousand findings are told, and how many more there are', async () => {
  await api.sql(`
    with added as (insert into rules (setting, value) select 'cache_size', '60' from generate_series(1, 1500) returning id)
    insert into conditions select id, 'theme', 'theme' || id from added`);
  const { body } = await api.get('/settings/cache_size/lint');
  expect(body).toMatchObject({ omitted: 500 });
  expect((body as { findings: Finding[] }).findings).toHaveLength(1_000);
});

it('of a setting that does not exist there is a 404, and other methods are a 405', async () => {
  const answer = await api.get('/settings/nothing/lint');
  expect([answer.status, answer.text]).toEqual([404, 'the setting "nothing" does not exist']);
  expect((await api.post('/settings/cache_size/lint', {})).status).toBe(405);
});
