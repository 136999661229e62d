import { addFeatures, addRollout, addRule, declare, expectStatus } from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';

const api = useService({ HEKSHER_TARGETING_FEATURE: 'user' });
beforeEach(async () => {
  await api.empty();
  await addFeatures(api.call, 'account', 'user', 'theme');
  await declare(api.call);
});

const VALUES: readonly [script: string, value: string][] = [
  ['Hindi', 'हिन्दी'],
  ['Thai', 'ภาษาไทยที่นี่'],
  ['Tamil', 'தமிழ்'],
  ['Bengali', 'বাংলা'],
  ['decomposed umlauts', 'u\u0308ber-Ko\u0308ln'],
  ['digits of Devanagari', '४२'],
];

describe.each(VALUES)('a value in %s', (_script, value) => {
  it('is the condition of a rule: found, filtered by and evaluated, to the code point', async () => {
    const id = await addRule(api.call, 'cache_size', { theme: value }, 5);
    expect((await api.get(`/rules/${id}`)).body).toMatchObject({ feature_values: [['theme', value]] });
    const search = new URLSearchParams({ setting: 'cache_size', feature_values: `theme:${value}` });
    expect((await api.get(`/rules/search?${search.toString()}`)).body).toEqual({ rule_id: id });
    const filter = new URLSearchParams({ context_filters: `theme:(${value},x)` });
    expect((await api.get(`/query?${filter.toString()}`)).body).toMatchObject({
      settings: { cache_size: { rules: [{ rule_id: id, context_features: [['theme', value]] }] } },
    });
    const evaluated = await api.post('/evaluate', { context: { theme: value } });
    expect(evaluated.body).toMatchObject({ settings: { cache_size: { value: 5, rule_id: id } } });
  });

  it('is a member of a rollout, by evaluation and by OFREP', async () => {
    const id = await addRollout(api.call, 'cache_size', { percentage: 0, value: 7, feature_values: { theme: value } });
    await expectStatus(200, api.post(`/rollouts/${id}/members`, { add: [value] }));
    expect((await api.get(`/rollouts/${id}/members`)).body).toMatchObject({ members: [value] });
    await expectStatus(204, api.get(`/rollouts/${id}/members/${encodeURIComponent(value)}`));
    const evaluated = await api.post('/evaluate', { context: { user: value, theme: value } });
    expect(evaluated.body).toMatchObject({ settings: { cache_size: { value: 7, rollout_id: id } } });
    const context = { targetingKey: value, theme: value };
    const flag = await api.call('POST', '/ofrep/v1/evaluate/flags/cache_size', { body: { context } });
    expect(flag.body).toMatchObject({ value: 7 });
  });
});

it('composed and decomposed are two values: each rule decides for its own', async () => {
  await addRule(api.call, 'cache_size', { user: '\u00fc' }, 1);
  await addRule(api.call, 'cache_size', { user: 'u\u0308' }, 2);
  for (const [user, value] of [
    ['\u00fc', 1],
    ['u\u0308', 2],
    ['u', 60],
  ] as const) {
    const evaluated = await api.post('/evaluate', { context: { user } });
    expect(evaluated.body).toMatchObject({ settings: { cache_size: { value } } });
  }
});

it.each(['a b', 'a,b', '\u200d', '“a”', '🙂'])('%j is still none, and the answer says what is', async (value) => {
  const body = { setting: 'cache_size', feature_values: { user: value }, value: 1 };
  const answer = await api.unchanged(() => api.post('/rules', body));
  expect(answer.body).toMatchObject({ status: 422, detail: expect.stringContaining('combining marks') as unknown });
});
