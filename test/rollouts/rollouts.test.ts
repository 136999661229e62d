import { addFeatures, addRollout, declare } from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';

const api = useService();
beforeEach(async () => {
  await api.empty();
  await addFeatures(api.call, 'account', 'user', 'theme', 'trust');
  await declare(api.call);
});

const RAMP = { start: '2026-03-01T09:00:00+02:00', end: '2026-03-08t09:00:00.123456Z', from: 0.001, to: 100 };
const VARIANTS = [
  { name: 'a', value: 1, weight: 3 },
  { name: 'B_2-x', value: 2, weight: 1_000_000 },
];
const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);
const rollout = (extra: object = {}) => ({ setting: 'cache_size', feature: 'user', value: 5, ...extra });
const get = async (id: number) => (await api.get(`/rollouts/${id}`)).body;

/** Without what the clock makes of it. */
async function stored(id: number): Promise<object> {
  const { state, percentage_now, next_change, ...rest } = (await get(id)) as Record<string, unknown>;
  expect([state, percentage_now, next_change]).not.toContain(undefined);
  return rest;
}

describe('POST /api/v1/rollouts', () => {
  it('adds a rollout with what is usual where nothing is said, and says where it is', async () => {
    const answer = await api.post('/rollouts', rollout());
    expect(answer.status).toBe(201);
    expect(answer.text).toBe('{"rollout_id":1}');
    expect(answer.headers.get('location')).toBe('/api/v1/rollouts/1');
    expect((await api.get('/rollouts/1')).text).toBe(
      '{"rollout_id":1,"setting":"cache_size","feature":"user","feature_values":{},"enabled":true,"percentage":0,' +
        '"pattern":null,"value":5,"hash":"murmur3","salt":"cache_size","metadata":{},"member_count":0,"state":"members_only","percentage_now":0,"next_change":null}',
    );
    expect(await api.sql('select * from rollouts')).toEqual([
      {
        ...{ id: 1, setting: 'cache_size', feature: 'user', enabled: true, percentage: '0.000', ramp: null },
        ...{ pattern: null, value: '5', variants: null, hash: 'murmur3', salt: 'cache_size' },
      },
    ]);
  });

  it('keeps all that is said, conditions in feature order, texts as they were given', async () => {
    await declare(api.call, { name: 'limits', type: 'Mapping<float>', default_value: {} });
    const body =
      '{"setting":"limits","feature":"user","feature_values":{"theme":"dark","account":"john@example.com"},"enabled":false,' +
      `"ramp":${JSON.stringify({ note: 1, ...RAMP })},"pattern":"@example\\\\.com$","hash":"crc32","salt":"é: s",` +
      '"variants":[{"weight":2,"value":{"b" : 1.0, "a":1e2},"name":"x"}],"metadata":{"n":1.50}}';
    const { text } = await api.post('/rollouts', body);
    expect(text).toBe('{"rollout_id":1}');
    expect((await api.get('/rollouts/1')).text).toBe(
      '{"rollout_id":1,"setting":"limits","feature":"user","feature_values":{"account":"john@example.com","theme":"dark"},' +
        `"enabled":false,"ramp":${JSON.stringify(RAMP)},"pattern":"@example\\\\.com$",` +
        '"variants":[{"name":"x","value":{"b":1.0,"a":1e2},"weight":2}],"hash":"crc32","salt":"é: s",' +
        '"metadata":{"n":1.50},"member_count":0,"state":"off","percentage_now":0,"next_change":null}',
    );
    expect(await api.sql('select * from rollout_conditions order by context_feature')).toEqual([
      { rollout: 1, context_feature: 'account', feature_value: 'john@example.com' },
      { rollout: 1, context_feature: 'theme', feature_value: 'dark' },
    ]);
  });

  it('takes members, of any script and as numbers, each once', async () => {
    const answer = await api.post('/rollouts', rollout({ members: ['jim', 'ann', 5, 'jim', 'Ωé'] }));
    expect(answer.status).toBe(201);
    expect((await api.get('/rollouts/1/members')).body).toMatchObject({ members: ['5', 'ann', 'jim', 'Ωé'] });
    expect(await get(1)).toMatchObject({ member_count: 4 });
  });

  it('takes 10 000 members, and refuses one more with nothing added', async () => {
    const units = Array.from({ length: 10_001 }, (_, index) => `u${index}`);
    const tooMany = await api.unchanged(() => api.post('/rollouts', rollout({ members: units })));
    expect(tooMany.body).toMatchObject({ status: 422, code: 'too_many', errors: [{ pointer: '/members' }] });
    expect((await api.post('/rollouts', rollout({ members: units.slice(1) }))).status).toBe(201);
    expect(await get(1)).toMatchObject({ member_count: 10_000 });
  });

  it('points to each member that is none, and adds nothing', async () => {
    const answer = await api.unchanged(() => api.post('/rollouts', rollout({ members: ['a', 'b c', null] })));
    expect(answer.body).toMatchObject({ status: 422, errors: [{ pointer: '/members/1' }, { pointer: '/members/2' }] });
  });

  it.each([
    [{ variants: [{ name: 'a', value: 1, weight: 0 }], value: undefined }, 422, '/variants/0/weight'],
    [{ variants: [{ name: 'a', value: 'x', weight: 1 }], value: undefined }, 400, '/variants/0/value'],
    [{ value: 'x' }, 400, '/value'],
    [{ ramp: { ...RAMP, from: 101 } }, 422, '/ramp/from'],
    [{ feature_values: { user: 'x' } }, 422, '/feature_values/user'],
    [{ feature_values: { team: 'x' } }, 400, '/feature_values/team'],
    [{ feature: 'team' }, 400, '/feature'],
    [{ percentages: 5 }, 422, '/percentages'],
  ])('points to what is wrong in %j', async (part, status, pointer) => {
    const answer = await api.unchanged(() => api.post('/rollouts', rollout(part), { accept: 'application/json' }));
    expect(answer.body).toMatchObject({ status, errors: [{ pointer }] });
  });

  it.each([
    ['POST', '/rollouts?dryrun=true', 'dryrun'],
    ['GET', '/rollouts?setting=cache_size&page=5', 'page'],
    ['GET', '/rollouts/1?members=true', 'members'],
    ['PATCH', '/rollouts/1?force=1', 'force'],
    ['DELETE', '/rollouts/1?force=1', 'force'],
    ['POST', '/rollouts/1/members?x', 'x'],
    ['GET', '/rollouts/1/members?search=a', 'search'],
    ['GET', '/rollouts/1/members/jim?x=1', 'x'],
    ['GET', '/settings/cache_size/lint?kind=x', 'kind'],
  ])('%s %s names the parameter that it does not know', async (method, path, parameter) => {
    await api.post('/rollouts', rollout({ members: ['jim'] }));
    const body = method === 'GET' || method === 'DELETE' ? undefined : { add: ['a'] };
    const answer = await api.unchanged(() => api.call(method, `/api/v1${path}`, { body }));
    expect(answer.body).toMatchObject({ status: 422, errors: [{ parameter, code: 'unknown_parameter' }] });
  });

  it('takes null for what may be left out', async () => {
    const nulls = { percentage: null, ramp: null, pattern: null, variants: null, metadata: null };
    expect((await api.post('/rollouts', rollout(nulls))).status).toBe(201);
    expect(await get(1)).toMatchObject({ percentage: 0, pattern: null, value: 5, metadata: {} });
  });

  it('takes an alias for the setting; setting and salt have the canonical name', async () => {
    await api.put('/settings/cache_size/name', { name: 'size', version: '1.1' });
    expect((await api.post('/rollouts', rollout())).status).toBe(201);
    expect(await get(1)).toMatchObject({ setting: 'size', salt: 'size' });
  });

  it.each([0, 100, 0.001, 33.333, 99.999, 50.5, 1e1])('takes %d percent exactly', async (percentage) => {
    await api.post('/rollouts', rollout({ percentage }));
    expect(await get(1)).toMatchObject({ percentage });
  });

  it.each<[string, object, string, RegExp]>([
    ['an unknown setting', { setting: 'nothing' }, 'setting', /"nothing" does not exist/],
    ['a setting that can be none', { setting: 'no name' }, 'setting', /no name/],
    ['no setting', { setting: undefined }, 'setting', /missing/],
    ['no feature', { feature: undefined }, 'feature', /missing/],
    ['an odd feature', { feature: 'no name' }, 'feature', /no name/],
    [
      'its feature among its conditions',
      { feature_values: { user: 'x' } },
      'feature_values',
      /other features than "user"/,
    ],
    ['odd conditions', { feature_values: [] }, 'feature_values', /given: a list of 0/],
    ['null for conditions', { feature_values: null }, 'feature_values', /given: null/],
    ['an odd value of a condition', { feature_values: { theme: 'a b' } }, 'feature_values', /given: "a b"/],
    ['no value', { value: undefined }, 'value', /value or variants; given: neither/],
    ['a value and variants', { variants: VARIANTS }, 'variants', /value or variants, not both/],
    ['a percentage and a ramp', { percentage: 1, ramp: RAMP }, 'ramp', /percentage or ramp, not both/],
    ['enabled as text', { enabled: 'true' }, 'enabled', /true or false; given: "true"/],
    ['enabled as null', { enabled: null }, 'enabled', /true or false; given: null/],
    ['a percentage below 0', { percentage: -1 }, 'percentage', /-1 is not a percentage/],
    ['a percentage above 100', { percentage: 100.001 }, 'percentage', /100.001 is not/],
    ['four decimals', { percentage: 1.2345 }, 'percentage', /at most three decimals/],
    ['a percentage as text', { percentage: '5' }, 'percentage', /given: "5"/],
    ['a ramp as text', { ramp: 'soon' }, 'ramp', /\{start, end, from, to\}.*given: "soon"/],
    ['a ramp without an end', { ramp: { ...RAMP, end: undefined } }, 'ramp', /given: \{"start"/],
    ['a ramp from no time', { ramp: { ...RAMP, start: '2026-02-30T00:00:00Z' } }, 'ramp', /^ramp.start: "2026-02-30/],
    ['a ramp backwards', { ramp: { ...RAMP, end: '2026-02-01T00:00:00Z' } }, 'ramp', /^ramp.end: .*before its start/],
    ['a ramp too far', { ramp: { ...RAMP, to: 101 } }, 'ramp', /^ramp.to: 101 is not a percentage/],
    ['a pattern that is a number', { pattern: 5 }, 'pattern', /RE2 syntax; given: 5/],
    ['a broken pattern', { pattern: 'a(' }, 'pattern', /"a\(".*position/],
    ['a pattern that looks back', { pattern: '(a)\\1' }, 'pattern', /RE2/],
    ['an empty pattern', { pattern: '' }, 'pattern', /empty/],
    ['too long a pattern', { pattern: 'a'.repeat(1001) }, 'pattern', /1000/],
    ['too large a pattern', { pattern: '(((a?){30}){30}){1}'.repeat(40) }, 'pattern', /too large/],
    ['no variants', { value: undefined, variants: [] }, 'variants', /1 to 100 variants/],
    ['a hundred and one', { value: undefined, variants: Array(101).fill(VARIANTS[0]) }, 'variants', /given: 101/],
    ['equal variants', { value: undefined, variants: [VARIANTS[0], VARIANTS[0]] }, 'variants', /two variants/],
    [
      'half a weight',
      { value: undefined, variants: [{ name: 'a', value: 1, weight: 0.5 }] },
      'variants',
      /^variants\[0\]\.weight: .* given: 0\.5/,
    ],
    ['another hash', { hash: 'md5' }, 'hash', /"murmur3" or "crc32"; given: "md5"/],
    ['an empty salt', { salt: '' }, 'salt', /1 to 255/],
    ['a long salt', { salt: 'x'.repeat(256) }, 'salt', /1 to 255/],
    ['a salt of control characters', { salt: 'a\u0000' }, 'salt', /control character/],
    ['half a character as salt', { salt: '\ud800' }, 'salt', /control character/],
    ['odd metadata', { metadata: { 'a b': 1 } }, 'metadata', /"a b" is no such key/],
  ])('answers 422 to %s and adds nothing', async (_, extra, field, message) => {
    const answer = await api.unchanged(() => api.post('/rollouts', rollout(extra)));
    expect(answer.body).toMatchObject({ status: 422, errors: [{ field, message: matching(message) }] });
  });

  it('tells all that is wrong with the members at once', async () => {
    const answer = await api.post('/rollouts', rollout({ enabled: 1, hash: 1, percentage: 'x' }));
    expect(answer.body).toMatchObject({ status: 422, errors: [{}, {}, {}] });
  });

  it.each<[string, object, RegExp]>([
    [
      'a feature the setting is not configurable by',
      { feature: 'trust' },
      /not configurable by "trust" \(it is by: acc/,
    ],
    ['a feature that does not exist', { feature: 'rank' }, /not configurable by "rank"/],
    ['such a condition', { feature_values: { account: 'x', trust: 'x' } }, /not configurable by "trust"/],
    ['a value not of the type', { value: '5' }, /a rollout of the setting "cache_size".* type int, not "5"/],
    ['null', { value: null }, /type int, not null/],
    [
      'a variant not of the type',
      { value: undefined, variants: [...VARIANTS, { name: 'odd', value: 1.5, weight: 1 }] },
      /the variant "odd" of a rollout .* not 1\.5/,
    ],
  ])('answers 400 to %s and adds nothing', async (_, extra, message) => {
    const answer = await api.unchanged(() => api.post('/rollouts', rollout(extra)));
    expect(answer.status).toBe(400);
    expect(answer.text).toMatch(message);
  });

  it('answers 409 where a rollout with exactly this feature and these conditions exists, whatever else it says', async () => {
    await addRollout(api.call, 'cache_size', { value: 1 });
    const id = await addRollout(api.call, 'cache_size', {
      value: 1,
      feature_values: { account: 'jim', theme: 'dark' },
    });
    const feature_values = { theme: 'dark', account: 'jim' };
    const answer = await api.unchanged(() =>
      api.post('/rollouts', rollout({ feature_values, percentage: 9, salt: 'other', value: 6 })),
    );
    expect(answer.status).toBe(409);
    expect(answer.text).toContain(`rollout ${id} has exactly`);
    expect((await api.unchanged(() => api.post('/rollouts', rollout()))).status).toBe(409);
  });

  it('lets others by another feature, with fewer, more or other conditions be, and other settings, and rules', async () => {
    await declare(api.call, { name: 'other' });
    const keys = [
      { feature: 'user' },
      { feature: 'account' },
      { feature: 'user', feature_values: { account: 'jim' } },
      { feature: 'user', feature_values: { account: 'Jim' } },
      { feature: 'user', feature_values: { theme: 'jim' } },
      { feature: 'user', feature_values: { account: 'jim', theme: 'dark' } },
      { feature: 'account', feature_values: { user: 'jim' } },
    ];
    for (const setting of ['cache_size', 'other']) {
      for (const key of keys) await addRollout(api.call, setting, { ...key, value: 1 });
      await api.post('/rules', { setting, feature_values: { account: 'jim' }, value: 1 });
    }
    expect(await api.sql('select count(*)::int from rollouts')).toEqual([{ count: 14 }]);
  });
});

describe('GET /api/v1/rollouts?setting=', () => {
  it('lists the rollouts of a setting by id, by any of its names, and no others', async () => {
    await declare(api.call, { name: 'other' });
    const first = await addRollout(api.call, 'cache_size', { value: 1 });
    await addRollout(api.call, 'other', { value: 2 });
    const second = await addRollout(api.call, 'cache_size', { feature: 'account', variants: VARIANTS, ramp: RAMP });
    await api.put('/settings/cache_size/name', { name: 'size', version: '1.1' });
    await api.patch(`/rollouts/${first}`, { percentage: 5 });
    const answers = await Promise.all(['size', 'cache_size'].map((name) => api.get(`/rollouts?setting=${name}`)));
    const rollouts = [await get(first), await get(second)];
    for (const answer of answers) expect(answer).toMatchObject({ status: 200, body: { rollouts } });
    expect(rollouts).toMatchObject([
      { setting: 'size', percentage: 5 },
      { feature: 'account', ramp: RAMP, variants: VARIANTS },
    ]);
  });

  it('is empty for a setting without rollouts, 404 for none, 422 for what cannot be one', async () => {
    expect((await api.get('/rollouts?setting=cache_size')).body).toEqual({ rollouts: [], total: 0, next_cursor: null });
    expect(await api.get('/rollouts?setting=nothing')).toMatchObject({
      status: 404,
      text: matching(/nothing/),
    });
    for (const query of ['?setting=no%20name', '?setting=a&setting=b']) {
      expect((await api.get(`/rollouts${query}`)).body).toMatchObject({ status: 422, errors: [{}] });
    }
  });
});

describe('PATCH /api/v1/rollouts/{id}', () => {
  let id: number;
  let before: Readonly<Record<string, unknown>>;
  beforeEach(async () => {
    const all = {
      percentage: 20,
      pattern: '^a',
      salt: 's',
      metadata: { a: 1, b: 2 },
      feature_values: { theme: 'dark' },
    };
    id = await addRollout(api.call, 'cache_size', { ...all, value: 1 });
    await api.post(`/rollouts/${id}/members`, { add: ['jim'] });
    before = (await stored(id)) as typeof before;
  });

  it.each<[string, object, object]>([
    ['the kill switch', { enabled: false }, { enabled: false }],
    ['a percentage', { percentage: 0.001 }, { percentage: 0.001 }],
    ['a ramp for the percentage', { ramp: RAMP }, { ramp: RAMP, percentage: undefined }],
    ['a ramp, with null for the percentage', { ramp: RAMP, percentage: null }, { ramp: RAMP, percentage: undefined }],
    ['another pattern', { pattern: 'b$' }, { pattern: 'b$' }],
    ['no pattern', { pattern: null }, { pattern: null }],
    ['another value', { value: 0 }, { value: 0 }],
    ['variants for the value', { variants: VARIANTS }, { variants: VARIANTS, value: undefined }],
    ['a hash and a salt', { hash: 'crc32', salt: 'other' }, { hash: 'crc32', salt: 'other' }],
    ['metadata in place of metadata', { metadata: { c: 3 } }, { metadata: { c: 3 } }],
    ['no metadata', { metadata: null }, { metadata: {} }],
    [
      'all at once',
      { enabled: false, ramp: RAMP, pattern: null, variants: VARIANTS, hash: 'crc32', salt: 't', metadata: {} },
      {
        ...{ enabled: false, ramp: RAMP, percentage: undefined, pattern: null, variants: VARIANTS, value: undefined },
        ...{ hash: 'crc32', salt: 't', metadata: {} },
      },
    ],
  ])('changes %s and nothing else', async (_, change, changed) => {
    expect(await api.patch(`/rollouts/${id}`, change)).toMatchObject({ status: 204, text: '' });
    expect(await stored(id)).toEqual(JSON.parse(JSON.stringify({ ...before, ...changed })));
  });

  it('goes back from a ramp to a percentage and from variants to a value', async () => {
    await api.patch(`/rollouts/${id}`, { ramp: RAMP, variants: VARIANTS });
    expect((await api.patch(`/rollouts/${id}`, { percentage: 20, ramp: null, value: 1, variants: null })).status).toBe(
      204,
    );
    expect(await stored(id)).toEqual(before);
  });

  it('carries the same change out twice', async () => {
    for (let round = 0; round < 2; round += 1)
      expect((await api.patch(`/rollouts/${id}`, { ramp: RAMP })).status).toBe(204);
    expect(await get(id)).toMatchObject({ ramp: RAMP });
  });

  it.each<[string, object, string, RegExp]>([
    ['nothing', {}, 'body', /changes nothing; give one or more of enabled, percentage, ramp, pattern, value/],
    ['nothing', {}, 'body', /changes nothing/],
    [
      'what is unknown',
      { percentage: 5, percent: 5 },
      'percent',
      /"percent" is no member of this body; accepted: .*percentage/,
    ],
    ['null for the ramp alone', { ramp: null }, 'ramp', /only where percentage is given/],
    ['null for the percentage alone', { percentage: null }, 'percentage', /only where ramp is given/],
    ['null for both', { percentage: null, ramp: null }, 'percentage', /only where ramp is given/],
    ['null for the variants alone', { variants: null }, 'variants', /only where value is given/],
    ['a percentage and a ramp', { percentage: 5, ramp: RAMP }, 'ramp', /not both/],
    ['a value and variants', { value: 5, variants: VARIANTS }, 'variants', /not both/],
    ['null for enabled', { enabled: null }, 'enabled', /true or false/],
    ['null for the salt', { salt: null }, 'salt', /1 to 255/],
    ['null for the hash', { hash: null }, 'hash', /murmur3/],
    ['another setting', { setting: 'other', enabled: false }, 'setting', /cannot be changed/],
    ['another feature', { feature: 'account' }, 'feature', /cannot be changed/],
    ['a broken pattern', { pattern: '[' }, 'pattern', /\[/],
    ['odd metadata', { metadata: [] }, 'metadata', /object/],
  ])('answers 422 to %s and changes nothing', async (_, change, field, message) => {
    const answer = await api.unchanged(() => api.patch(`/rollouts/${id}`, change));
    expect(answer.body).toMatchObject({ status: 422, errors: [{ field, message: matching(message) }] });
  });

  it.each([{ value: '5' }, { value: null }, { enabled: false, variants: [{ name: 'a', value: 1.5, weight: 1 }] }])(
    'answers 400 to %j, which is not of the type, and changes nothing',
    async (change) => {
      const answer = await api.unchanged(() => api.patch(`/rollouts/${id}`, change));
      expect(answer.status).toBe(400);
      expect(answer.text).toContain('int');
    },
  );
});

describe('DELETE /api/v1/rollouts/{id}', () => {
  it('takes the rollout with its conditions, members and metadata, and no other', async () => {
    const extra = { value: 1, metadata: { note: 1 } };
    const gone = await addRollout(api.call, 'cache_size', { ...extra, feature_values: { account: 'jim' } });
    const stays = await addRollout(api.call, 'cache_size', { ...extra, feature_values: { account: 'ann' } });
    for (const id of [gone, stays]) await api.post(`/rollouts/${id}/members`, { add: ['x'] });
    expect(await api.delete(`/rollouts/${gone}`)).toMatchObject({ status: 204, text: '' });
    expect((await api.get(`/rollouts/${gone}`)).status).toBe(404);
    expect((await api.unchanged(() => api.delete(`/rollouts/${gone}`))).status).toBe(404);
    for (const table of ['rollout_conditions', 'rollout_members', 'rollout_metadata']) {
      expect(await api.sql(`select rollout from ${table}`)).toEqual([{ rollout: stays }]);
    }
    expect(await addRollout(api.call, 'cache_size', { value: 1 })).toBe(stays + 1);
  });
});

describe('the id of a rollout', () => {
  const REQUESTS: readonly [method: string, path: string, body?: object][] = [
    ['GET', ''],
    ['PATCH', '', { enabled: false }],
    ['DELETE', ''],
    ['GET', '/members'],
    ['POST', '/members', { add: ['jim'] }],
    ['GET', '/members/jim'],
  ];
  beforeEach(() => addRollout(api.call, 'cache_size', { value: 1 }));

  it.each(['999', '0', '-1', '2147483648', '99999999999999999999'])(
    '%s, which no rollout has, is a 404',
    async (id) => {
      for (const [method, path, body] of REQUESTS) {
        const answer = await api.unchanged(() => api.call(method, `/api/v1/rollouts/${id}${path}`, { body }));
        expect([method, path, answer.status, answer.text]).toEqual([
          method,
          path,
          404,
          `the rollout ${shown(id)} does not exist`,
        ]);
      }
    },
  );

  it.each(['john', '1.0', '1e3', '0x1', '1%20', '%00', 'null', '1_0', '١'])(
    '%s, which is none, is a 422',
    async (id) => {
      for (const [method, path, body] of REQUESTS) {
        const answer = await api.unchanged(() => api.call(method, `/api/v1/rollouts/${id}${path}`, { body }));
        expect(answer.body).toMatchObject({ status: 422, errors: [{ field: 'id' }] });
      }
    },
  );

  /** What could be an id is looked for as a number, anything else shown as it was given. */
  function shown(id: string): string {
    return id === '999' ? id : JSON.stringify(id);
  }
});

describe('PATCH /api/v1/rollouts/{id} with feature_values', () => {
  const conditionsOf = async (id: number): Promise<unknown> =>
    ((await api.get(`/rollouts/${id}`)).body as { feature_values: unknown }).feature_values;

  it('replaces all conditions, with other changes or alone, and none is possible', async () => {
    const id = await addRollout(api.call, 'cache_size', { value: 1, feature_values: { account: 'a', theme: 'dark' } });
    const steps = [{ account: 'b', theme: 'dark' }, { theme: 'light' }, {}, { account: 'a' }];
    for (const [step, feature_values] of steps.entries()) {
      expect((await api.patch(`/rollouts/${id}`, { feature_values, percentage: step })).status).toBe(204);
      expect((await api.get(`/rollouts/${id}`)).body).toMatchObject({ percentage: step });
      expect(await conditionsOf(id)).toEqual(feature_values);
    }
    const { body } = await api.get('/query?include_rollouts=true');
    expect(body).toMatchObject({
      settings: { cache_size: { rollouts: [{ rollout_id: id, context_features: [['account', 'a']] }] } },
    });
  });

  it('answers 409 with the id of an equal rollout, 400 and 422 to conditions that cannot be, and changes nothing', async () => {
    const other = await addRollout(api.call, 'cache_size', { value: 1 });
    const id = await addRollout(api.call, 'cache_size', { value: 1, feature_values: { account: 'a' } });
    const ask = (feature_values: object) =>
      api.unchanged(() =>
        api.patch(`/rollouts/${id}`, { feature_values, percentage: 9 }, { Accept: 'application/json' }),
      );
    expect(await ask({})).toMatchObject({ status: 409, body: { errors: [{ rollout_id: other }] } });
    expect(await ask({ user: 'jim' })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/feature_values/user' }] },
    });
    expect(await ask({ foreign: 'x' })).toMatchObject({ status: 400 });
    expect((await api.patch(`/rollouts/${id}`, { feature_values: { account: 'a' } })).status).toBe(204);
  });
});
