import { addFeatures, addRule, declare } from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';

const api = useService();
beforeAll(async () => {
  await addFeatures(api.call, 'account', 'user', 'theme', 'Trust_2');
  const configurable_features = ['account', 'user', 'theme', 'Trust_2'];
  await declare(api.call, { configurable_features });
  await declare(api.call, { name: 'was_color', type: 'str', default_value: '', configurable_features });
  await api.put('/settings/was_color/name', { name: 'color', version: '1.1' });
  await declare(api.call, { name: 'bare', type: 'Enum[""]', default_value: '' });
  await addRule(api.call, 'cache_size', { account: 'john' }, 100);
  await addRule(api.call, 'cache_size', { theme: 'dark', user: 'guest' }, 20, { note: [1], owner: 'web' });
  await addRule(api.call, 'cache_size', { user: 'guest' }, 10);
  await addRule(api.call, 'color', { Trust_2: 'é@x.org' }, 'red');
  await addRule(api.call, 'cache_size', { Trust_2: 'HIGH', user: 'jim' }, 7);
});

const query = (parameters: Record<string, string>) => api.get(`/query?${new URLSearchParams(parameters).toString()}`);

/** The ids of the rules in an answer, by setting. */
async function rulesOf(parameters: Record<string, string>): Promise<Record<string, number[]>> {
  const answer = await query(parameters);
  expect(answer.status).toBe(200);
  const { settings } = answer.body as { settings: Record<string, { rules: { rule_id: number }[] }> };
  return Object.fromEntries(
    Object.entries(settings).map(([name, { rules }]) => [name, rules.map((rule) => rule.rule_id)]),
  );
}

it('without parameters gives every setting with all its rules by id, conditions in feature order, without metadata', async () => {
  const answer = await api.get('/query');
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
  expect(answer.body).toEqual({
    settings: {
      bare: { rules: [], default_value: '' },
      cache_size: {
        rules: [
          { value: 100, context_features: [['account', 'john']], rule_id: 1 },
          {
            value: 20,
            context_features: [
              ['user', 'guest'],
              ['theme', 'dark'],
            ],
            rule_id: 2,
          },
          { value: 10, context_features: [['user', 'guest']], rule_id: 3 },
          {
            value: 7,
            context_features: [
              ['user', 'jim'],
              ['Trust_2', 'HIGH'],
            ],
            rule_id: 5,
          },
        ],
        default_value: 60,
      },
      color: { rules: [{ value: 'red', context_features: [['Trust_2', 'é@x.org']], rule_id: 4 }], default_value: '' },
    },
  });
});

describe('context_filters', () => {
  const none = { bare: [], cache_size: [], color: [] };
  it.each([
    ['*', { bare: [], cache_size: [1, 2, 3, 5], color: [4] }],
    ['', none],
    ['account:*', { ...none, cache_size: [1] }],
    ['account:(john)', { ...none, cache_size: [1] }],
    ['account:(John)', none],
    ['account:(jim)', none],
    ['account:(jim,john)', { ...none, cache_size: [1] }],
    ['user:(guest)', { ...none, cache_size: [3] }],
    ['user:*', { ...none, cache_size: [3] }],
    ['theme:*', none],
    ['theme:(dark)', none],
    ['user:(guest),theme:(dark)', { ...none, cache_size: [2, 3] }],
    ['theme:*,user:(guest)', { ...none, cache_size: [2, 3] }],
    ['user:(guest),theme:(light)', { ...none, cache_size: [3] }],
    ['user:(john,jim,guest),Trust_2:*', { ...none, cache_size: [3, 5], color: [4] }],
    ['Trust_2:(é@x.org,HIGH)', { ...none, color: [4] }],
    ['Trust_2:(high),user:*', { ...none, cache_size: [3] }],
    ['trust_2:*', none],
    ['account:*,user:*,theme:*,Trust_2:*', { bare: [], cache_size: [1, 2, 3, 5], color: [4] }],
    ['rank:*', none],
    ['rank:(1,2),account:*', { ...none, cache_size: [1] }],
    ['__proto__:(x),constructor:*', none],
    ['account:(john,john)', { ...none, cache_size: [1] }],
  ])('%j admits just the rules whose every condition it admits', async (context_filters, expected) => {
    expect(await rulesOf({ context_filters })).toEqual(expected);
  });

  it.each(['user:*,user:*', 'user:(a),user:(b)', 'user:*,theme:*,user:(a)', 'rank:*,rank:*'])(
    '%j filters a feature twice: 400',
    async (context_filters) => expect((await query({ context_filters })).status).toBe(400),
  );

  it.each([
    '**',
    'user:()',
    'user',
    'user:',
    'user:john',
    'user:(john',
    'user:john)',
    'user:(john,)',
    'user:(,john)',
    '*,user:*',
    'user:*,',
    ',user:*',
    ':*',
    ' *',
    'user: *',
    'user:(a b)',
    'us er:*',
    'us-er:*',
    'user:(*)',
    'user:((a))',
    'user:**',
    'user:(a)theme:*',
    'user:(a);theme:*',
    ' ',
  ])('%j is malformed: 422', async (context_filters) => {
    const answer = await query({ context_filters });
    expect(answer.body).toMatchObject({ status: 422, errors: [{ field: 'context_filters' }] });
  });

  it('given twice is a 422', async () => {
    expect((await api.get('/query?context_filters=*&context_filters=*')).status).toBe(422);
  });

  it('reads "+" in a query string as the space that it stands for, and "%2B" as "+"', async () => {
    expect((await api.get('/query?context_filters=user:(a+b)')).status).toBe(422);
    expect((await api.get('/query?context_filters=user:(a%2Bb)')).status).toBe(200);
  });
});

describe('settings', () => {
  it.each([
    ['cache_size', ['cache_size']],
    ['color,cache_size', ['cache_size', 'color']],
    ['was_color', ['color']],
    ['was_color,color,color', ['color']],
    ['', []],
  ])('%j gives just these, by their canonical names', async (settings, expected) => {
    expect(Object.keys(await rulesOf({ settings })).sort()).toEqual(expected);
  });

  it('empty gives no setting at all', async () => {
    expect((await query({ settings: '' })).text).toBe('{"settings":{}}');
  });

  it.each(['nothing', 'cache_size,nothing', 'nothing,color'])(
    '%s names an unknown one: 404 that names it',
    async (settings) => {
      const answer = await query({ settings });
      expect(answer.status).toBe(404);
      expect(answer.text).toContain('nothing');
      expect(answer.text).not.toContain('cache_size');
    },
  );

  it.each(['no name', 'cache_size,', ',', 'a-b', '*', 'cache_size, color', '\0', '\ud800'])(
    '%j is malformed: 422',
    async (settings) => {
      const answer = await query({ settings });
      expect(answer.body).toMatchObject({ status: 422, errors: [{ field: 'settings' }] });
    },
  );

  it('given twice is a 422', async () => {
    expect((await api.get('/query?settings=color&settings=cache_size')).status).toBe(422);
  });
});

describe('include_metadata', () => {
  it.each(['true', 'True', '1', 'yes', 'ON'])('%s adds the metadata of every rule', async (include_metadata) => {
    const { body } = await query({ include_metadata, settings: 'cache_size', context_filters: 'user:*,theme:*' });
    expect(body).toEqual({
      settings: {
        cache_size: {
          rules: [
            {
              value: 20,
              context_features: [
                ['user', 'guest'],
                ['theme', 'dark'],
              ],
              rule_id: 2,
              metadata: { note: [1], owner: 'web' },
            },
            { value: 10, context_features: [['user', 'guest']], rule_id: 3, metadata: {} },
          ],
          default_value: 60,
        },
      },
    });
  });

  it.each(['false', 'False', '0', 'no', 'OFF'])('%s leaves it out', async (include_metadata) => {
    expect((await query({ include_metadata })).text).toBe((await api.get('/query')).text);
  });

  it.each(['', 'maybe', '2', 'None'])('%j answers 422', async (include_metadata) => {
    const answer = await query({ include_metadata });
    expect(answer.body).toMatchObject({ status: 422, errors: [{ field: 'include_metadata' }] });
  });
});

it('parameters that it does not know are ignored', async () => {
  expect((await query({ other: 'x', setting: 'nothing' })).text).toBe((await api.get('/query')).text);
});

it('all that is malformed is told at once', async () => {
  const { body } = await api.get('/query?settings=color&settings=color&context_filters=**&include_metadata=maybe');
  const fields = (body as { errors: { field: string }[] }).errors.map(({ field }) => field);
  expect(fields.sort()).toEqual(['context_filters', 'include_metadata', 'settings']);
});
