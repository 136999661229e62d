import { addFeatures, addRule, declare } from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';

/** A type with more options than one may have. */
const TOO_LARGE = `Enum[${Array.from({ length: 2_001 }, (_, option) => option).join(',')}]`;

const api = useService();
beforeEach(async () => {
  await api.empty();
  await addFeatures(api.call, 'account', 'user', 'theme');
});

describe('declaring a setting that does not exist', () => {
  it('creates it with the defaults of what is left out', async () => {
    const answer = await declare(api.call);
    expect(answer).toMatchObject({ status: 200, text: '{"outcome":"created"}' });
    expect((await api.get('/settings/cache_size')).body).toEqual({
      name: 'cache_size',
      configurable_features: ['account', 'user', 'theme'],
      type: 'int',
      default_value: 60,
      metadata: {},
      aliases: [],
      version: '1.0',
    });
    expect(await api.sql('select * from settings')).toEqual([
      { name: 'cache_size', type: 'int', default_value: '60', version: '1.0' },
    ]);
  });

  it('creates it with all that is given, features in feature order', async () => {
    const metadata = { owner: 'core', nested: { tags: ['a', null] } };
    const configurable_features = ['theme', 'account'];
    const answer = await declare(api.call, { configurable_features, metadata, alias: null, version: '1.0' });
    expect(answer.body).toEqual({ outcome: 'created' });
    const { body } = await api.get('/settings/cache_size');
    expect(body).toMatchObject({ configurable_features: ['account', 'theme'], metadata, aliases: [] });
  });

  it.each(['1.1', '0.9', '2.0', '1.00000001'])('answers 400 to the first version %s', async (version) => {
    const answer = await api.unchanged(() => declare(api.call, { version }));
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('1.0');
  });

  it('answers 404 that names the unknown context features', async () => {
    const configurable_features = ['user', 'trust', 'rank'];
    const answer = await api.unchanged(() => declare(api.call, { configurable_features }));
    expect(answer.status).toBe(404);
    expect(answer.text).toMatch(/trust.*rank/);
  });

  it.each(['__proto__', 'constructor', 'toString', 'a.b_C.9', '...', 'x'.repeat(255)])(
    'takes the name %s',
    async (name) => {
      expect((await declare(api.call, { name })).body).toEqual({ outcome: 'created' });
      expect((await api.get(`/settings/${name}`)).body).toMatchObject({ name, default_value: 60 });
      expect((await declare(api.call, { name })).body).toEqual({ outcome: 'uptodate' });
    },
  );
});

const BODY_OF_VERSION = (version: string) =>
  `{"name":"numbered","type":"int","default_value":60,"configurable_features":["user"],"version":${version}}`;

describe('a declaration that is not acceptable answers 422, names the member and changes nothing:', () => {
  const long = 'x'.repeat(256);
  const deep = `${'Sequence<'.repeat(33)}int${'>'.repeat(33)}`;
  it.each<[member: string, value: unknown]>([
    ...['', 'a b', 'a-b', 'é', '.', '..', 'name\n', long, 5, null, undefined].map((name): [string, unknown] => [
      'name',
      name,
    ]),
    ...[[], ['user', 'user'], 'user', ['no name'], [5], [null], {}, null, undefined].map((list): [string, unknown] => [
      'configurable_features',
      list,
    ]),
    ...[
      'integer',
      'Int',
      'int ',
      '',
      'Enum',
      'Enum[[1]]',
      'Enum{}',
      'Enum[NaN]',
      'Enum[1e400]',
      TOO_LARGE,
      5,
      null,
    ].map((type): [string, unknown] => ['type', type]),
    ...['Sequence<>', 'Sequence<int', 'Mapping<int,int>', deep, undefined].map((type): [string, unknown] => [
      'type',
      type,
    ]),
    ['default_value', undefined],
    ['default_value', '60'],
    ...[[], null, 'text', { 'a b': 1 }, { '': 1 }, { [long]: 1 }].map((value): [string, unknown] => [
      'metadata',
      value,
    ]),
    ...[5, [], 'cache_size', 'no name', ''].map((alias): [string, unknown] => ['alias', alias]),
    ...['1', '1.0.0', '-1.0', '1.-0', '+1.0', ' 1.0', '1.0\n', 'v1.0', '1.', '.1', '1,0', '', 1, null].map(
      (version): [string, unknown] => ['version', version],
    ),
    ...['1234567890.0', '1.1234567890', '١.٠'].map((version): [string, unknown] => ['version', version]),
  ])('%s %j', async (member, value) => {
    const answer = await api.unchanged(() => declare(api.call, { [member]: value }));
    expect(answer.status).toBe(422);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(answer.body).toMatchObject({ status: 422, errors: [{ field: member }] });
  });

  it('takes a number for a version, by its text', async () => {
    expect((await api.post('/settings/declare', BODY_OF_VERSION('1.0'))).body).toEqual({ outcome: 'created' });
    const raised = await api.post('/settings/declare', BODY_OF_VERSION('1.10').replace('60', '61'));
    expect(raised.body).toMatchObject({ outcome: 'upgraded' });
    expect((await api.get('/settings/numbered')).body).toMatchObject({ version: '1.10' });
  });

  it('every invalid member at once', async () => {
    const broken = { name: 'a b', configurable_features: [], type: 'integer', default_value: undefined, version: 'x' };
    const { body } = await declare(api.call, broken);
    const fields = (body as { errors: { field: string }[] }).errors.map(({ field }) => field);
    expect(fields.sort()).toEqual(['configurable_features', 'default_value', 'name', 'type', 'version']);
  });
});

describe('a type', () => {
  it.each([
    ['Enum [2, 1]', 'Enum[1,2]', 2],
    ['Enum[ "maybe" , false, true ]', 'Enum["maybe",false,true]', 'maybe'],
    ['Enum[1, 1.0, "1", true]', 'Enum["1",1,true]', 1],
    ['Flags[3,1,2,1]', 'Flags[1,2,3]', [3]],
    ['Sequence <Mapping < float >>', 'Sequence<Mapping<float>>', [{ a: 1.5 }]],
    [`${'Mapping<'.repeat(32)}str${'>'.repeat(32)}`, `${'Mapping<'.repeat(32)}str${'>'.repeat(32)}`, {}],
  ])('%s is kept and served as %s', async (type, canonical, default_value) => {
    expect((await declare(api.call, { type, default_value })).body).toEqual({ outcome: 'created' });
    expect((await api.get('/settings/cache_size')).body).toMatchObject({ type: canonical, default_value });
    expect(await api.sql('select type from settings')).toEqual([{ type: canonical }]);
    expect((await declare(api.call, { type: canonical, default_value })).body).toEqual({ outcome: 'uptodate' });
  });

  it.each<[type: string, default_value: unknown]>([
    ['int', 1.5],
    ['int', true],
    ['int', null],
    ['float', 'x'],
    ['float', false],
    ['str', 5],
    ['bool', 0],
    ['Enum[1,"a"]', '1'],
    ['Enum[1]', true],
    ['Enum[]', null],
    ['Flags[1,2]', [1, 1]],
    ['Flags[1,2]', [3]],
    ['Flags[1,2]', 1],
    ['Sequence<int>', [1, 'x']],
    ['Sequence<int>', {}],
    ['Mapping<int>', { a: 'x' }],
    ['Mapping<int>', []],
  ])('%s does not take the default %j', async (type, default_value) => {
    const answer = await api.unchanged(() => declare(api.call, { type, default_value }));
    expect(answer.body).toMatchObject({ status: 422, errors: [{ field: 'default_value' }] });
  });
});

describe('a declaration with an alias', () => {
  beforeEach(async () => {
    await declare(api.call, { metadata: { owner: 'core' } });
    await declare(api.call, { name: 'other' });
  });

  it('that names nothing answers 404 with a detail in JSON, without being asked for JSON', async () => {
    const answer = await api.unchanged(() => declare(api.call, { name: 'size', alias: 'nothing', version: '1.1' }));
    expect(answer).toMatchObject({ status: 404, body: { detail: expect.stringContaining('nothing') as unknown } });
  });

  it('that names another setting than the declared one answers 409', async () => {
    expect((await api.unchanged(() => declare(api.call, { alias: 'other', version: '1.1' }))).status).toBe(409);
  });

  it('renames the setting, which keeps its rules, and the old name becomes an alias', async () => {
    const id = await addRule(api.call, 'cache_size', { user: 'john' }, 5);
    const answer = await declare(api.call, {
      name: 'size',
      alias: 'cache_size',
      version: '1.1',
      metadata: { owner: 'core' },
    });
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.body).toEqual({
      outcome: 'upgraded',
      previous_version: '1.0',
      differences: [{ level: 'minor', attribute: 'name', latest_value: 'cache_size' }],
    });
    const { body } = await api.get('/settings/cache_size');
    expect(body).toMatchObject({ name: 'size', aliases: ['cache_size'], version: '1.1', metadata: { owner: 'core' } });
    expect((await api.get(`/rules/${id}`)).body).toMatchObject({ setting: 'size', value: 5 });
    expect(await api.sql('select * from setting_aliases')).toEqual([{ setting: 'size', alias: 'cache_size' }]);
  });

  it('renames back to a former name, which is then no alias any more', async () => {
    await declare(api.call, { name: 'size', alias: 'other', version: '1.1' });
    const answer = await declare(api.call, { name: 'other', alias: 'size', version: '1.2' });
    expect(answer.body).toMatchObject({ outcome: 'upgraded', previous_version: '1.1' });
    expect((await api.get('/settings/size')).body).toMatchObject({ name: 'other', aliases: ['size'], version: '1.2' });
  });

  it('does not rename at the same version', async () => {
    const answer = await api.unchanged(() => declare(api.call, { name: 'size', alias: 'other' }));
    expect(answer.status).toBe(409);
    expect(answer.body).toEqual({
      outcome: 'mismatch',
      differences: [{ level: 'minor', attribute: 'name', latest_value: 'other' }],
    });
  });

  describe('after a rename', () => {
    beforeEach(() => declare(api.call, { name: 'size', alias: 'other', version: '1.1' }));

    it('that already names the declared setting changes nothing', async () => {
      const answer = await api.unchanged(() => declare(api.call, { name: 'size', alias: 'other', version: '1.1' }));
      expect(answer.body).toEqual({ outcome: 'uptodate' });
    });

    it('that is not the canonical name renames nothing: 409', async () => {
      const answer = await api.unchanged(() => declare(api.call, { name: 'third', alias: 'other', version: '1.2' }));
      expect(answer.status).toBe(409);
    });

    it('a declaration by the old name and version is outdated, and learns the new name', async () => {
      const answer = await api.unchanged(() => declare(api.call, { name: 'other' }));
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({
        outcome: 'outdated',
        latest_version: '1.1',
        differences: [{ level: 'minor', attribute: 'name', latest_value: 'size' }],
      });
    });

    it('a declaration by the old name at the same version is a mismatch', async () => {
      const answer = await api.unchanged(() => declare(api.call, { name: 'other', version: '1.1' }));
      expect(answer).toMatchObject({ status: 409, body: { outcome: 'mismatch' } });
    });

    it('a declaration by the old name at a higher version makes it canonical again', async () => {
      const answer = await declare(api.call, { name: 'other', version: '1.2' });
      expect(answer.body).toMatchObject({
        outcome: 'upgraded',
        differences: [{ attribute: 'name', latest_value: 'size' }],
      });
      expect((await api.get('/settings/size')).body).toMatchObject({ name: 'other', aliases: ['size'] });
    });
  });
});
