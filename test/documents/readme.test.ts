import { makeEvaluator } from '@heksher/core';
import { addFeatures, addRule, declare } from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';

const FEATURES = ['account', 'user', 'theme'];
const RULES: readonly [conditions: Record<string, string>, value: number][] = [
  [{ account: 'john' }, 100],
  [{ account: 'jim' }, 50],
  [{ account: 'jim', user: 'admin' }, 200],
  [{ user: 'guest' }, 10],
  [{ user: 'guest', theme: 'dark' }, 20],
];

const api = useService();
beforeAll(async () => {
  await addFeatures(api.call, ...FEATURES);
  expect((await declare(api.call)).body).toEqual({ outcome: 'created' });
  for (const [conditions, value] of RULES) await addRule(api.call, 'cache_size', conditions, value);
});

type Served = { value: number; context_features: [string, string][]; rule_id: number };

/** What a client makes of an answer: the value of the rule that wins in the context, or else the default. */
async function valueFor(context: Readonly<Record<string, string>>, filters: string): Promise<number> {
  const { body } = await api.get(`/query?settings=cache_size&context_filters=${filters}`);
  const { rules, default_value } = (body as { settings: { cache_size: { rules: Served[]; default_value: number } } })
    .settings.cache_size;
  const given = rules.map((rule) => ({ id: rule.rule_id, conditions: rule.context_features, value: rule.value }));
  const setting = { features: FEATURES, defaultValue: default_value, rules: given, rollouts: [] };
  return makeEvaluator<number>(setting).evaluate(new Map(Object.entries(context)), 0).value;
}

it('serves the rules of the table in the README', async () => {
  const { body } = await api.get('/query');
  const rules = RULES.map(([conditions, value], index) => ({
    value,
    context_features: Object.entries(conditions),
    rule_id: index + 1,
  }));
  expect(body).toEqual({ settings: { cache_size: { rules, default_value: 60 } } });
});

it('a reader who asks for guests with the dark theme gets just the two rules that can matter', async () => {
  const { body } = await api.get('/query?settings=cache_size&context_filters=user:(guest),theme:(dark)');
  expect(body).toMatchObject({ settings: { cache_size: { rules: [{ rule_id: 4 }, { rule_id: 5 }] } } });
});

describe('the value is', () => {
  it.each<[value: number, context: Record<string, string>]>([
    [20, { user: 'guest', theme: 'dark' }],
    [20, { account: 'john', user: 'guest', theme: 'dark' }],
    [10, { user: 'guest', theme: 'light' }],
    [10, { account: 'jim', user: 'guest' }],
    [200, { account: 'jim', user: 'admin', theme: 'dark' }],
    [50, { account: 'jim', user: 'joe' }],
    [50, { account: 'jim' }],
    [100, { account: 'john', user: 'admin' }],
    [60, { account: 'joan', user: 'admin', theme: 'dark' }],
    [60, {}],
  ])('%i for %j, by all rules and by those filtered for it', async (value, context) => {
    expect(await valueFor(context, '*')).toBe(value);
    const filters = Object.entries(context).map(([feature, given]) => `${feature}:(${given})`);
    expect(await valueFor(context, filters.join(','))).toBe(value);
  });
});
