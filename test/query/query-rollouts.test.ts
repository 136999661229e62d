import {
  addFeatures,
  addRollout as addRolloutTo,
  addRule,
  type Call,
  declare,
  expectStatus,
  startTestService,
  type TestService,
} from '../support/service/service.js';

let service: TestService;
let call: Call;
beforeAll(async () => {
  service = await startTestService();
  ({ call } = service);
  await addFeatures(call, 'account', 'user', 'theme');
  await declare(call);
  await declare(call, { name: 'color', type: 'str', default_value: 'red', configurable_features: ['user', 'theme'] });
  await addRule(call, 'cache_size', { account: 'jim' }, 50);
});
afterAll(() => service.stop());

const addRollout = (rollout: Readonly<Record<string, unknown>>): Promise<number> =>
  addRolloutTo(call, 'cache_size', rollout);

type QueriedSetting = Readonly<{ rollouts: readonly Readonly<Record<string, unknown>>[] }>;

async function query(parameters: string): Promise<Readonly<Record<string, QueriedSetting>>> {
  const answer = await expectStatus(200, call('GET', `/api/v1/query?include_rollouts=true&${parameters}`));
  return (answer.body as { settings: Record<string, QueriedSetting> }).settings;
}

async function idsOf(filter: string): Promise<readonly unknown[]> {
  const { cache_size } = await query(`settings=cache_size&context_filters=${encodeURIComponent(filter)}`);
  return (cache_size?.rollouts ?? []).map(({ rollout_id }) => rollout_id);
}

it('without the parameter not a byte is other than it was', async () => {
  const before = (await call('GET', '/api/v1/query')).text;
  const id = await addRollout({ percentage: 5, value: 1 });
  expect((await call('GET', '/api/v1/query')).text).toBe(before);
  expect((await call('GET', '/api/v1/query?include_rollouts=false')).text).toBe(before);
  expect(before).not.toMatch(/rollouts|version|"context_features":\["account"/);
  await expectStatus(204, call('DELETE', `/api/v1/rollouts/${id}`));
});

it('a rollout comes whole: all that a client needs to evaluate it', async () => {
  const ramp = { start: '2026-03-01T09:00:00+02:00', end: '2026-03-02T09:00:00Z', from: 0.5, to: 100 };
  const first = await addRollout({
    feature_values: { account: 'jim' },
    ramp,
    pattern: '^[a-f]',
    value: 7,
    salt: 'same',
    metadata: { why: 'é' },
  });
  const members = ['é', '用', '😀x', 'zoe', 'Ann'].map((unit) => unit.replace('😀', '𐐀'));
  await expectStatus(200, call('POST', `/api/v1/rollouts/${first}/members`, { body: { add: members } }));
  const variants = '[{"name":"a","value":1.0,"weight":1},{"name":"b","value":2,"weight":3}]';
  const body = `{"setting":"cache_size","feature":"theme","percentage":33.333,"hash":"crc32","enabled":false,"variants":${variants}}`;
  const second = await expectStatus(201, call('POST', '/api/v1/rollouts', { body }));
  const answer = await call('GET', '/api/v1/query?settings=cache_size&include_rollouts=true');
  expect(answer.text).toContain(`"variants":${variants}`);
  expect(answer.body).toEqual({
    settings: {
      cache_size: {
        rules: [{ value: 50, context_features: [['account', 'jim']], rule_id: 1 }],
        default_value: 60,
        type: 'int',
        version: '1.0',
        rollouts: [
          {
            rollout_id: first,
            feature: 'user',
            context_features: [['account', 'jim']],
            enabled: true,
            ramp,
            members: ['Ann', 'zoe', 'é', '用', '𐐀x'],
            member_count: 5,
            pattern: '^[a-f]',
            value: 7,
            hash: 'murmur3',
            salt: 'same',
          },
          {
            rollout_id: (second.body as { rollout_id: number }).rollout_id,
            feature: 'theme',
            context_features: [],
            enabled: false,
            percentage: 33.333,
            members: [],
            member_count: 0,
            pattern: null,
            variants: JSON.parse(variants) as unknown,
            hash: 'crc32',
            salt: 'cache_size',
          },
        ],
      },
    },
    context_features: ['account', 'user', 'theme'],
  });
  const { cache_size } = await query('include_metadata=true');
  expect(cache_size?.rollouts.map(({ metadata }) => metadata)).toEqual([{ why: 'é' }, {}]);
  await service.database.sql('delete from rollouts');
});

it('a filter admits a rollout by its conditions, and by its feature whatever the values', async () => {
  const general = await addRollout({ percentage: 5, value: 1 });
  const jims = await addRollout({ feature_values: { account: 'jim' }, percentage: 5, value: 1 });
  expect(await idsOf('*')).toEqual([general, jims]);
  expect(await idsOf('')).toEqual([]);
  expect(await idsOf('user:*')).toEqual([general]);
  expect(await idsOf('user:(nobody)')).toEqual([general]);
  expect(await idsOf('account:*')).toEqual([]);
  expect(await idsOf('user:*,account:*')).toEqual([general, jims]);
  expect(await idsOf('user:(bob),account:(jim,bob)')).toEqual([general, jims]);
  expect(await idsOf('user:(bob),account:(bob)')).toEqual([general]);
  await service.database.sql('delete from rollouts');
});

it('more than a thousand members are counted only', async () => {
  const id = await addRollout({ value: 1 });
  const units = Array.from({ length: 1_000 }, (_, index) => `u${index}`);
  await expectStatus(200, call('POST', `/api/v1/rollouts/${id}/members`, { body: { add: units } }));
  const one = async () => (await query('settings=cache_size')).cache_size?.rollouts[0];
  expect(await one()).toMatchObject({ members: [...units].sort(), member_count: 1_000 });
  await service.database.sql('insert into rollout_members values ($1, $2)', [id, 'one more']);
  expect(await one()).toMatchObject({ members: null, member_count: 1_001 });
  await service.database.sql('delete from rollouts');
});

it('what another writer stored and nobody can read is left out', async () => {
  await service.database.sql(`
    insert into rollouts (setting, feature, percentage, ramp, pattern, value, variants, hash, salt) values
      ('cache_size', 'user', 100, null, 'a(', '1', null, 'murmur3', 's'),
      ('cache_size', 'theme', null, '[1]', null, '1', null, 'murmur3', 's'),
      ('cache_size', 'account', 100, null, null, null, '[{"name":"a","weight":0,"value":1}]', 'murmur3', 's'),
      ('color', 'user', 100, null, null, '"blue"', null, 'murmur3', 's')`);
  const { cache_size, color } = await query('');
  expect(cache_size?.rollouts).toEqual([]);
  expect(color?.rollouts).toMatchObject([{ percentage: 100, value: 'blue' }]);
  await service.database.sql('delete from rollouts');
});

it('the tag changes with a rollout, a member and the order of features, and with nothing else', async () => {
  const id = await addRollout({ percentage: 5, value: 1 });
  const path = '/api/v1/query?include_rollouts=true&settings=';
  const tags = async () =>
    Promise.all(['color', 'cache_size', ''].map(async (name) => (await call('GET', path + name)).headers.get('etag')));
  const before = await tags();
  await expectStatus(200, call('POST', `/api/v1/rollouts/${id}/members`, { body: { add: ['jim'] } }));
  const withMember = await tags();
  expect(withMember).toEqual([before[0], expect.not.stringMatching(before[1] ?? ''), before[2]]);
  await expectStatus(204, call('PATCH', `/api/v1/rollouts/${id}`, { body: { percentage: 6 } }));
  expect((await tags())[1]).not.toBe(withMember[1]);
  for (let again = 0; again < 3; again += 1) await tags();
  await expectStatus(204, call('PATCH', '/api/v1/context_features/theme/index', { body: { to_before: 'account' } }));
  for (const [index, tag] of (await tags()).entries()) expect(tag).not.toBe(withMember[index]);
  await expectStatus(204, call('PATCH', '/api/v1/context_features/theme/index', { body: { to_after: 'user' } }));
  await service.database.sql('delete from rollouts');
});
