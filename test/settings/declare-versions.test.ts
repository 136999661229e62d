import { addFeatures, addRule, declare } from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';

const api = useService();
beforeEach(async () => {
  await api.empty();
  await addFeatures(api.call, 'account', 'user', 'theme', 'trust');
});

/** What the tests of this file begin with. */
const BASE = { type: 'float', metadata: { owner: 'core' } };
const redeclare = (change: object, version = '1.0') => declare(api.call, { ...BASE, ...change, version });
const setting = async () => (await api.get('/settings/cache_size')).body;

const FEATURES = ['account', 'user', 'theme'];
const attribute = (level: string, name: string, latest_value: unknown) => ({ level, attribute: name, latest_value });
const removal = (names: string) => ({ level: 'minor', message: `removal of configurable features ${names}` });

type Row = readonly [name: string, level: 'minor' | 'major', change: object, difference: object, since: object];
const CHANGES: readonly Row[] = [
  [
    'a default of 0',
    'minor',
    { default_value: 0 },
    attribute('minor', 'default_value', 60),
    attribute('minor', 'default_value', 0),
  ],
  [
    'metadata {}',
    'minor',
    { metadata: {} },
    attribute('minor', 'metadata', BASE.metadata),
    attribute('minor', 'metadata', {}),
  ],
  [
    'other metadata',
    'minor',
    { metadata: { owner: 'web', tags: [1] } },
    attribute('minor', 'metadata', BASE.metadata),
    attribute('minor', 'metadata', { owner: 'web', tags: [1] }),
  ],
  [
    'one feature less',
    'minor',
    { configurable_features: ['user', 'account'] },
    removal("['theme']"),
    removal("['theme']"),
  ],
  [
    'two features less',
    'minor',
    { configurable_features: ['user'] },
    removal("['account', 'theme']"),
    removal("['account', 'theme']"),
  ],
  [
    'one feature more',
    'major',
    { configurable_features: ['trust', ...FEATURES] },
    attribute('major', 'configurable_features', FEATURES),
    attribute('major', 'configurable_features', [...FEATURES, 'trust']),
  ],
  [
    'one feature for another',
    'major',
    { configurable_features: ['account', 'user', 'trust'] },
    attribute('major', 'configurable_features', FEATURES),
    attribute('major', 'configurable_features', ['account', 'user', 'trust']),
  ],
  ['a subtype', 'minor', { type: 'int' }, attribute('minor', 'type', 'float'), attribute('minor', 'type', 'int')],
  [
    'another type',
    'major',
    { type: 'Enum[60,61]' },
    attribute('major', 'type', 'float'),
    attribute('major', 'type', 'Enum[60,61]'),
  ],
];

describe.each(CHANGES)('declaring with %s', (_name, level, change, difference, since) => {
  beforeEach(() => redeclare({}));

  it('at the same version is a mismatch that changes nothing', async () => {
    const answer = await api.unchanged(() => redeclare(change));
    expect(answer.status).toBe(409);
    expect(answer.body).toEqual({ outcome: 'mismatch', differences: [difference] });
  });

  it(`at a minor step is ${level === 'minor' ? 'carried out' : 'rejected'}`, async () => {
    const before = await setting();
    const answer = await redeclare(change, '1.1');
    const isAccepted = level === 'minor';
    expect(answer.status).toBe(isAccepted ? 200 : 409);
    const outcome = isAccepted ? 'upgraded' : 'rejected';
    expect(answer.body).toEqual({ outcome, previous_version: '1.0', differences: [difference] });
    const redeclared = await api.unchanged(() => redeclare(isAccepted ? change : {}, isAccepted ? '1.1' : '1.0'));
    expect(redeclared.body).toEqual({ outcome: 'uptodate' });
    if (!isAccepted) expect(await setting()).toEqual(before);
  });

  it('at a major step is carried out, and the old declaration learns what happened since', async () => {
    const answer = await redeclare(change, '2.0');
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ outcome: 'upgraded', previous_version: '1.0', differences: [difference] });
    expect((await redeclare(change, '2.0')).body).toEqual({ outcome: 'uptodate' });
    const outdated = await api.unchanged(() => redeclare({}));
    expect(outdated.status).toBe(200);
    expect(outdated.body).toEqual({ outcome: 'outdated', latest_version: '2.0', differences: [since] });
  });
});

describe('the directions of an outdated declaration are swapped:', () => {
  it('a type that has become wider since is major', async () => {
    await redeclare({ type: 'int' });
    await redeclare({ type: 'float' }, '2.0');
    const { body } = await redeclare({ type: 'int' });
    expect(body).toMatchObject({ outcome: 'outdated', differences: [attribute('major', 'type', 'float')] });
  });

  it('rules of today and unknown features do not matter to it', async () => {
    await redeclare({ configurable_features: [...FEATURES, 'trust'] });
    await redeclare({}, '1.1');
    await addRule(api.call, 'cache_size', { user: 'john' }, 0.5);
    await api.delete('/context_features/trust');
    const answer = await api.unchanged(() => redeclare({ configurable_features: ['trust', ...FEATURES], type: 'int' }));
    expect(answer.body).toMatchObject({
      outcome: 'outdated',
      differences: [removal("['trust']"), attribute('major', 'type', 'float')],
    });
  });
});

describe('versions', () => {
  it.each([
    ['1.9', '1.10'],
    ['1.0', '1.999999999'],
    ['1.5', '3.2'],
    ['9.9', '10.0'],
  ])('%s is followed by %s', async (lower, higher) => {
    await redeclare({});
    await redeclare({}, lower);
    const answer = await redeclare({}, higher);
    expect(answer.body).toEqual({ outcome: 'upgraded', previous_version: lower, differences: [] });
    expect(await setting()).toMatchObject({ version: higher });
    const older = await api.unchanged(() => redeclare({}, lower));
    expect(older.body).toEqual({ outcome: 'outdated', latest_version: higher, differences: [] });
  });
});

describe('what rules hold on to is never taken away:', () => {
  beforeEach(async () => {
    await redeclare({});
    await addRule(api.call, 'cache_size', { account: 'john' }, 1);
    await addRule(api.call, 'cache_size', { user: 'jim', theme: 'dark' }, 0.5);
  });

  const inUse = { level: 'mismatch', message: "configurable features ['theme'] are still in use by rules [2]" };
  const bothInUse = {
    level: 'mismatch',
    message: "configurable features ['account', 'user'] are still in use by rules [1, 2]",
  };
  const misfit = (ids: string) => ({
    level: 'mismatch',
    message: `setting type incompatible with values for rules: ${ids}`,
  });
  it.each([
    ['a feature in use', { configurable_features: ['account', 'user'] }, [inUse]],
    ['features in use', { configurable_features: ['theme'] }, [bothInUse]],
    [
      'a feature in use, for another',
      { configurable_features: ['account', 'user', 'trust'] },
      [attribute('major', 'configurable_features', FEATURES), inUse],
    ],
    ['a wider type for a narrower that a value does not fit', { type: 'int' }, [misfit('[2]')]],
    [
      'another type that no value fits',
      { type: 'Mapping<int>', default_value: {} },
      [attribute('minor', 'default_value', 60), misfit('[1, 2]')],
    ],
  ])('%s', async (_name, change, differences) => {
    const same = await api.unchanged(() => redeclare(change));
    expect(same).toMatchObject({ status: 409, body: { outcome: 'mismatch', differences } });
    for (const version of ['1.1', '2.0']) {
      const answer = await api.unchanged(() => redeclare(change, version));
      expect(answer.status).toBe(409);
      expect(answer.body).toEqual({ outcome: 'rejected', previous_version: '1.0', differences });
    }
  });

  it('once the rule is gone, the same declaration is carried out', async () => {
    await api.delete('/rules/2');
    expect((await redeclare({ type: 'int' }, '1.1')).body).toMatchObject({ outcome: 'upgraded' });
    expect((await redeclare({ type: 'int', configurable_features: ['account'] }, '1.2')).body).toMatchObject({
      outcome: 'upgraded',
      differences: [removal("['theme', 'user']")],
    });
    expect(await api.sql('select context_feature from configurable')).toEqual([{ context_feature: 'account' }]);
  });
});

it('differences are listed by level, and within one by features, type, name, default and metadata', async () => {
  await redeclare({ type: 'int' });
  await addRule(api.call, 'cache_size', { user: 'john' }, 5);
  const everything = {
    name: 'size',
    alias: 'cache_size',
    default_value: 0.5,
    metadata: {},
    configurable_features: ['account', 'trust'],
  };
  const answer = await api.unchanged(() => redeclare(everything, '2.0'));
  expect(answer.body).toEqual({
    outcome: 'rejected',
    previous_version: '1.0',
    differences: [
      attribute('minor', 'name', 'cache_size'),
      attribute('minor', 'default_value', 60),
      attribute('minor', 'metadata', { owner: 'core' }),
      attribute('major', 'configurable_features', FEATURES),
      attribute('major', 'type', 'int'),
      { level: 'mismatch', message: "configurable features ['user'] are still in use by rules [1]" },
    ],
  });
});

it.each(['1.0', '1.1', '2.0'])('an unknown feature is a 404 at the version %s too', async (version) => {
  await redeclare({});
  const answer = await api.unchanged(() => redeclare({ configurable_features: ['user', 'rank'] }, version));
  expect(answer.status).toBe(404);
  expect(answer.text).toContain('rank');
});

it.each([
  ['int', 7, 0],
  ['float', 0.5, 0],
  ['str', 'x', ''],
  ['bool', true, false],
  ['Enum[false,1]', 1, false],
  ['Flags[1]', [1], []],
  ['Sequence<int>', [1], []],
  ['Mapping<int>', { a: 1 }, {}],
])('a default of %s goes from %j to %j in an upgrade', async (type, truthy, falsy) => {
  await redeclare({ type, default_value: truthy });
  const answer = await redeclare({ type, default_value: falsy }, '1.1');
  expect(answer.body).toMatchObject({
    outcome: 'upgraded',
    differences: [attribute('minor', 'default_value', truthy)],
  });
  expect(await setting()).toMatchObject({ default_value: falsy, version: '1.1' });
  expect((await api.get('/query')).body).toEqual({ settings: { cache_size: { rules: [], default_value: falsy } } });
});
