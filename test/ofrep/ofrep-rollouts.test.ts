import { addFeatures, addRollout, addRule, type Answer, declare, expectStatus } from '../support/service/service.js';
import { until } from '../support/service/until.js';
import { useService } from '../support/service/use-service.js';

const api = useService({ HEKSHER_TARGETING_FEATURE: 'user' });
beforeEach(async () => {
  await api.empty();
  await addFeatures(api.call, 'account', 'user', 'theme');
  await declare(api.call, { name: 'flag', type: 'str', default_value: 'off' });
});

const FLAGS = '/ofrep/v1/evaluate/flags';

function evaluate(context: Readonly<Record<string, unknown>>): Promise<Answer> {
  return api.call('POST', `${FLAGS}/flag`, { body: { context } });
}

function evaluateAll(context: Readonly<Record<string, unknown>>, etag?: string): Promise<Answer> {
  return api.call('POST', FLAGS, {
    body: { context },
    ...(etag !== undefined && { headers: { 'if-none-match': etag } }),
  });
}

/** Value, reason and variant of the flag for a user. */
async function told(user: string, context: Readonly<Record<string, string>> = {}): Promise<readonly unknown[]> {
  const { value, reason, variant } = (await evaluate({ targetingKey: user, ...context })).body as Record<
    string,
    unknown
  >;
  return [value, reason, variant];
}

it('a member and a pattern are targeted, a percentage and variants split', async () => {
  const id = await addRollout(api.call, 'flag', { value: 'on', pattern: '^q-' });
  await expectStatus(200, api.post(`/rollouts/${id}/members`, { add: ['bob'] }));
  expect(await told('bob')).toEqual(['on', 'TARGETING_MATCH', `rollout-${id}`]);
  expect(await told('q-1')).toEqual(['on', 'TARGETING_MATCH', `rollout-${id}`]);
  expect(await told('joe')).toEqual(['off', 'DEFAULT', 'default']);
  await expectStatus(204, api.patch(`/rollouts/${id}`, { percentage: 100 }));
  expect(await told('joe')).toEqual(['on', 'SPLIT', `rollout-${id}`]);
  await expectStatus(204, api.patch(`/rollouts/${id}`, { variants: [{ name: 'blue', value: 'b', weight: 1 }] }));
  expect(await told('joe')).toEqual(['b', 'SPLIT', 'blue']);
  expect(await told('bob')).toEqual(['b', 'SPLIT', 'blue']);
  expect((await evaluate({ targetingKey: 'joe' })).body).toMatchObject({
    metadata: { rollout_id: id, version: '1.0' },
  });
});

it('a flag whose only rollout is switched off is disabled, unless a rule decides', async () => {
  const id = await addRollout(api.call, 'flag', { value: 'on', percentage: 100 });
  await expectStatus(204, api.patch(`/rollouts/${id}`, { enabled: false }));
  expect(await told('joe')).toEqual(['off', 'DISABLED', 'default']);
  const rule = await addRule(api.call, 'flag', { account: 'jim' }, 'ruled');
  expect(await told('joe')).toEqual(['off', 'DEFAULT', 'default']);
  expect(await told('joe', { account: 'jim' })).toEqual(['ruled', 'TARGETING_MATCH', `rule-${rule}`]);
});

it.each(['auth0|5f7c88', 'a b', '用户:1', '"', 'x'.repeat(255)])(
  'the targeting key %j, which no rule can name, falls into percentages all the same',
  async (key) => {
    await addRollout(api.call, 'flag', { value: 'on', percentage: 100 });
    expect(await told(key)).toEqual(['on', 'SPLIT', 'rollout-1']);
  },
);

it('a targeting key that is empty or too long is as none', async () => {
  await addRollout(api.call, 'flag', { value: 'on', percentage: 100 });
  for (const key of ['', 'x'.repeat(256), 'x'.repeat(10_000)]) {
    expect(await told(key)).toEqual(['off', 'DEFAULT', 'default']);
  }
});

describe('the tag of all flags', () => {
  it('is another after a member was added', async () => {
    const id = await addRollout(api.call, 'flag', { value: 'on' });
    const etag = (await evaluateAll({ targetingKey: 'bob' })).headers.get('etag') ?? '';
    expect((await evaluateAll({ targetingKey: 'bob' }, etag)).status).toBe(304);
    await expectStatus(200, api.post(`/rollouts/${id}/members`, { add: ['bob'] }));
    const { status, body } = await evaluateAll({ targetingKey: 'bob' }, etag);
    expect(status).toBe(200);
    expect(body).toMatchObject({ flags: [{ key: 'flag', value: 'on' }] });
  });

  it('goes with the clock while a ramp is running, and stays before and after', async () => {
    const at = (seconds: number): string => new Date(Date.now() + seconds * 1_000).toISOString();
    const ramp = (start: number, end: number): object => ({ start: at(start), end: at(end), from: 0, to: 100 });
    const id = await addRollout(api.call, 'flag', { value: 'on', ramp: ramp(3_600, 7_200) });
    const tag = async (): Promise<string> => (await evaluateAll({})).headers.get('etag') ?? '';
    const before = await tag();
    expect((await evaluateAll({}, before)).status).toBe(304);
    await expectStatus(204, api.patch(`/rollouts/${id}`, { ramp: ramp(-30, 30) }));
    const running = await tag();
    await until('the ramp to move', async () => (await evaluateAll({}, running)).status === 200);
    await expectStatus(204, api.patch(`/rollouts/${id}`, { ramp: ramp(-7_200, -3_600) }));
    const after = await tag();
    expect((await evaluateAll({}, after)).status).toBe(304);
  });
});

it('of 1 000 flags of which one is broken, 999 are told and one is an error', async () => {
  await api.sql(`
    insert into settings (name, type, default_value, version)
    select 'many_' || lpad(n::text, 4, '0'), 'int', n::text, '1.0' from generate_series(1, 999) n`);
  await api.sql('alter table settings drop constraint settings_default_value_check');
  await api.sql(`update settings set default_value = '{' where name = 'many_0500'`);
  const answer = await evaluateAll({ targetingKey: 'bob' });
  expect(answer.status).toBe(200);
  const { flags } = answer.body as { flags: readonly Record<string, unknown>[] };
  expect(flags.length).toBe(1_000);
  const broken = flags.filter((flag) => 'errorCode' in flag);
  expect(broken).toEqual([
    { key: 'many_0500', errorCode: 'PARSE_ERROR', errorDetails: 'the stored value "{" is not JSON' },
  ]);
  expect(flags.find(({ key }) => key === 'many_0999')).toMatchObject({ value: 999, reason: 'STATIC' });
  const single = await api.call('POST', `${FLAGS}/many_0500`, { body: {} });
  expect(single).toMatchObject({ status: 400, body: broken[0] });
  await expectStatus(204, api.delete('/settings/many_0500'));
  await api.sql(
    `alter table settings add constraint settings_default_value_check check (default_value::json is not null)`,
  );
});
