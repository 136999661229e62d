import { request } from 'node:http';
import { type Answer, addFeatures, declare } from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';

const api = useService();
beforeEach(async () => {
  await api.empty();
  await addFeatures(api.call, 'account', 'user', 'theme');
  await declare(api.call);
});

const MANY = 30_000;
const MOST_BYTES = 8_192;

const names = (count: number, prefix = 'f') => Array.from({ length: count }, (_, index) => `${prefix}${index}`);
const objectOf = (keys: readonly string[], value: unknown) => Object.fromEntries(keys.map((key) => [key, value]));

type Listing = { errors: unknown[]; omitted?: number };

/** An error that lists the first 20 problems, says how many more there were, and is small. */
function expectBounded(answer: Answer, total: number): void {
  expect(Buffer.byteLength(answer.text)).toBeLessThanOrEqual(MOST_BYTES);
  const { errors, omitted = 0 } = answer.body as Listing;
  expect(errors.length).toBeGreaterThan(0);
  expect(errors.length).toBeLessThanOrEqual(20);
  expect(errors.length + omitted).toBe(total);
}

describe('an error about very much is small, and says how much more there is:', () => {
  it.each<[what: string, status: number, total: number, ask: () => Promise<Answer>]>([
    [
      'unknown context features of a context',
      422,
      MANY,
      () => api.post('/evaluate', { context: objectOf(names(MANY), 'x') }),
    ],
    [
      'values of a context that are none',
      422,
      MANY,
      () => api.post('/evaluate', { context: objectOf(names(MANY), null) }),
    ],
    [
      'names of settings that are no texts',
      422,
      MANY,
      () => api.post('/evaluate', { context: {}, settings: new Array(MANY).fill(1) }),
    ],
    [
      'members that are unknown',
      422,
      MANY + 2,
      () => api.post('/evaluate', { ...objectOf(names(MANY), 1), context: 1, explain: 1 }),
    ],
    [
      'settings that do not exist',
      404,
      MANY,
      () => api.post('/evaluate', { context: {}, settings: names(MANY) }, { accept: 'application/json' }),
    ],
    [
      'conditions that are none',
      422,
      MANY,
      () => api.post('/rules', { setting: 'cache_size', feature_values: objectOf(names(MANY), {}), value: 1 }),
    ],
    [
      'keys of metadata that are none',
      422,
      MANY,
      () =>
        api.post('/rules', {
          ...{ setting: 'cache_size', feature_values: { user: 'x' }, value: 1 },
          metadata: objectOf(names(MANY, '.'), 1),
        }),
    ],
    ['units that are none', 422, 10_000, () => api.post('/rollouts/1/members', { add: new Array(10_000).fill('a b') })],
    [
      'context features that do not exist',
      404,
      MANY,
      () =>
        api.post(
          '/settings/declare',
          { name: 'x', type: 'int', default_value: 1, configurable_features: names(MANY) },
          { accept: 'application/json' },
        ),
    ],
    [
      'context features that are named twice',
      422,
      MANY,
      () =>
        api.post('/settings/declare', {
          ...{ name: 'x', type: 'int', default_value: 1 },
          configurable_features: ['user', ...new Array<string>(MANY).fill('user')],
        }),
    ],
    ['parameters that are unknown', 422, 900, () => api.get(`/rollouts?setting=cache_size&${names(900).join('&')}`)],
  ])('%s', async (_what, status, total, ask) => {
    const answer = await api.unchanged(ask);
    expect(answer.status).toBe(status);
    expectBounded(answer, total);
  });

  it.each([
    ['a default value', { default_value: 'x'.repeat(900_000) }],
    [
      'a type',
      {
        type: `Enum[${names(60_000)
          .map((name) => `"${name}"`)
          .join(',')}]`,
      },
    ],
    ['no type', { type: 'x'.repeat(900_000) }],
    ['a name', { name: '\u0001'.repeat(150_000) }],
    ['an alias', { alias: '\u0001'.repeat(150_000) }],
    ['a version', { version: '1'.repeat(900_000) }],
  ])('%s that is very long', async (_what, part) => {
    const answer = await api.unchanged(() => declare(api.call, { name: 'x', ...part }));
    expect(answer.status).toBe(422);
    expect(Buffer.byteLength(answer.text)).toBeLessThanOrEqual(MOST_BYTES);
  });

  it('a key that comes twice and is very long', async () => {
    const key = 'k'.repeat(400_000);
    const answer = await api.unchanged(() => api.post('/rules', `{"${key}":1,"${key}":2}`));
    expect(answer.body).toMatchObject({ status: 422, code: 'duplicate_key' });
    expect(Buffer.byteLength(answer.text)).toBeLessThanOrEqual(MOST_BYTES);
  });

  it('a path that is very long, as a problem and as a text', async () => {
    for (const accept of ['application/json', '*/*']) {
      for (const path of [`/nothing/${'x'.repeat(50_000)}`, `/api/v1/settings/${'%22'.repeat(15_000)}`]) {
        const answer = await api.call('GET', path, { headers: { accept } });
        expect(answer.status).toBe(404);
        expect(Buffer.byteLength(answer.text)).toBeLessThanOrEqual(MOST_BYTES);
      }
    }
  });
});

describe('what contradicts a change of the type is small,', () => {
  const RULES = 5_000;
  beforeEach(() =>
    api.sql(
      `with added as (insert into rules (setting, value)
                      select 'cache_size', '1' from generate_series(1, ${RULES}) returning id)
       insert into conditions (rule, context_feature, feature_value) select id, 'user', 'u' || id from added`,
    ),
  );

  it('of many rules, in both of its forms', async () => {
    const answer = await api.unchanged(() => api.put('/settings/cache_size/type', { type: 'str', version: '2.0' }));
    expect(answer.status).toBe(409);
    expectBounded(answer, RULES + 1);
    const { conflicts } = answer.body as { conflicts: string[] };
    expect(conflicts.length).toBeLessThanOrEqual(21);
    expect(conflicts.at(-1)).toBe(`and ${RULES + 1 - (conflicts.length - 1)} more`);
  });

  it('and of a declaration too', async () => {
    const answer = await api.unchanged(() =>
      declare(api.call, { type: 'str', default_value: '', version: '2.0', configurable_features: ['account'] }),
    );
    expect(answer.body).toMatchObject({ outcome: 'rejected' });
    expect(Buffer.byteLength(answer.text)).toBeLessThanOrEqual(MOST_BYTES);
    expect(answer.text).toContain('and 4950 more');
  });
});

it('nobody waits while an error about very much is made', async () => {
  const body = JSON.stringify({ context: objectOf(names(80_000), 'x') });
  let isAnswered = false;
  let answeredMeanwhile = 0;
  const asking = api.post('/evaluate', body).finally(() => (isAnswered = true));
  while (!isAnswered) {
    await live();
    if (!isAnswered) answeredMeanwhile += 1;
  }
  expectBounded(await asking, 80_000);
  // The body takes dozens of slices, and others come in between them, however slow the machine is. One may be before the first.
  expect(answeredMeanwhile).toBeGreaterThan(3);
});

function live(): Promise<void> {
  return new Promise((resolve, reject) => {
    request(`${api.url()}/api/health/live`, (response) => response.resume().on('end', () => resolve()))
      .on('error', reject)
      .end();
  });
}
