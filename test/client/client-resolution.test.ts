import { type AnySetting, HeksherClient, setting } from '@heksher/client';
import fc from 'fast-check';
import { addFeatures, addRule, expectStatus } from '../support/service/service.js';
import { until } from '../support/service/until.js';
import { useService } from '../support/service/use-service.js';

const api = useService();
const FEATURES = ['account', 'user', 'theme'] as const;
type Feature = (typeof FEATURES)[number];
type Conditions = Partial<Record<Feature, string>>;

/** Few values, so that rules and contexts meet. */
const valueOf = (feature: Feature) => fc.constantFrom(`${feature}1`, `${feature}2`, `${feature}3`);

const conditions: fc.Arbitrary<Conditions> = fc.record(
  { account: valueOf('account'), user: valueOf('user'), theme: valueOf('theme') },
  { requiredKeys: [] },
);

const clients: HeksherClient[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
});

async function start(...settings: readonly AnySetting[]): Promise<HeksherClient> {
  const client = await HeksherClient.start({ url: api.url(), settings, onMissingFeature: 'resolve' });
  clients.push(client);
  return client;
}

async function makeRollout(change: Readonly<Record<string, unknown>>): Promise<number> {
  const body = { setting: 'size', feature: 'user', feature_values: {}, value: 0, ...change };
  const { body: answer } = await expectStatus(201, api.post('/rollouts', body));
  return (answer as { rollout_id: number }).rollout_id;
}

/** What the service makes of it, in the words of the client. */
async function askService(context: Conditions) {
  const { body } = await expectStatus(200, api.post('/evaluate', { context, settings: ['size'] }));
  const {
    value,
    reason,
    rule_id: ruleId,
    rollout_id: rolloutId,
    variant,
  } = (body as { settings: { size: Evaluated } }).settings.size;
  return { value, reason, ruleId, rolloutId, variant };
}

type Evaluated = { value: unknown; reason: string; rule_id?: number; rollout_id?: number; variant?: string };

const rollout = fc.record({
  feature: fc.constantFrom(...FEATURES),
  others: conditions,
  enabled: fc.boolean(),
  percentage: fc.constantFrom(0, 10, 50, 99.999, 100),
  members: fc.subarray(FEATURES.map((feature) => `${feature}1`)),
  pattern: fc.constantFrom(null, '1$', '^(user|theme)[23]'),
  variants: fc.boolean(),
  hash: fc.constantFrom('murmur3', 'crc32'),
});

const world = fc.record({
  rules: fc.uniqueArray(
    conditions.filter((one) => Object.keys(one).length > 0),
    {
      maxLength: 12,
      selector: (one) => JSON.stringify(FEATURES.map((feature) => one[feature])),
    },
  ),
  rollouts: fc.uniqueArray(rollout, { maxLength: 5, selector: ({ feature, others }) => placeOf(feature, others) }),
  contexts: fc.array(conditions, { minLength: 5, maxLength: 15 }),
});

/** A setting has one rollout for each of these. */
function placeOf(feature: Feature, others: Conditions): string {
  return JSON.stringify([feature, FEATURES.map((name) => (name === feature ? undefined : others[name]))]);
}

type World = typeof world extends fc.Arbitrary<infer W> ? W : never;

async function build({ rules, rollouts }: World): Promise<void> {
  for (const [index, rule] of rules.entries()) await addRule(api.call, 'size', rule, 100 + index);
  for (const [index, { feature, others, pattern, variants, members, ...rest }] of rollouts.entries()) {
    const values = Object.fromEntries(Object.entries(others).filter(([name]) => name !== feature));
    const outcome = variants
      ? {
          value: undefined,
          variants: [
            { name: 'a', value: 200 + index, weight: 1 },
            { name: 'b', value: 300 + index, weight: 2 },
          ],
        }
      : { value: 200 + index };
    await makeRollout({
      feature,
      feature_values: values,
      members,
      ...(pattern !== null && { pattern }),
      ...rest,
      ...outcome,
    });
  }
}

it('decides as the service does, whatever the rules, rollouts and contexts', async () => {
  await fc.assert(
    fc.asyncProperty(world, async (given) => {
      await api.empty();
      await addFeatures(api.call, ...FEATURES);
      const size = setting('size', { type: 'int', configurableFeatures: FEATURES, defaultValue: 60 });
      const client = await start(size);
      await build(given);
      await client.reload();
      for (const context of given.contexts) {
        const { value, reason, ruleId, rolloutId, variant } = size.evaluate(context);
        expect({ value, reason, ruleId, rolloutId, variant }).toEqual(await askService(context));
        expect(size.get(context)).toBe(value);
      }
      await client.close();
    }),
    { numRuns: 25 },
  );
}, 240_000);

describe('members that are too many to be sent', () => {
  const units = Array.from({ length: 1_500 }, (_, index) => `unit${index}`);

  async function withManyMembers() {
    await api.empty();
    await addFeatures(api.call, ...FEATURES);
    const size = setting('size', { type: 'int', configurableFeatures: FEATURES, defaultValue: 60 });
    const client = await start(size);
    await addRule(api.call, 'size', { account: 'jim' }, 50);
    const id = await makeRollout({ percentage: 0, value: 7 });
    await expectStatus(200, api.post(`/rollouts/${id}/members`, { add: units }));
    await client.reload();
    return { size, client, id };
  }

  it('are asked from the service: by resolve at once, by get in the background', async () => {
    const { size, client, id } = await withManyMembers();
    expect(await size.resolve({ user: 'unit3' })).toEqual({ value: 7, reason: 'ROLLOUT', rolloutId: id, by: 'member' });
    expect(size.get({ user: 'unit3' })).toBe(7);
    expect(size.evaluate({ user: 'unit4' })).toEqual({ value: 60, reason: 'DEFAULT', unlessMemberOf: id });
    await until('the answer', () => size.get({ user: 'unit4' }) === 7);
    expect(await size.resolve({ user: 'nobody', account: 'jim' })).toEqual({ value: 50, reason: 'RULE', ruleId: 1 });
    const answers = await Promise.all(units.slice(0, 200).map((user) => size.resolve({ user })));
    expect(new Set(answers.map(({ value }) => value))).toEqual(new Set([7]));
    await expectStatus(200, api.post(`/rollouts/${id}/members`, { remove: ['unit3'] }));
    await client.reload();
    expect((await size.resolve({ user: 'unit3' })).value).toBe(60);
  });

  it('are as if there were none where the service does not answer', async () => {
    const { size, client, id } = await withManyMembers();
    await client.close();
    expect(await size.resolve({ user: 'unit3' })).toEqual({ value: 60, reason: 'DEFAULT', unlessMemberOf: id });
    expect(size.get({ user: 'unit3', account: 'jim' })).toBe(50);
  });
});
