import { addFeatures, addRule, declare } from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';

const api = useService();
beforeEach(async () => {
  await api.empty();
  await addFeatures(api.call, 'account', 'user', 'theme');
});

const declareText = (type: string, value: string) =>
  api.post(
    '/settings/declare',
    `{"name":"cache_size","configurable_features":["user"],"type":${JSON.stringify(type)},"default_value":${value}}`,
  );
const ruleText = (value: string) =>
  api.post('/rules', `{"setting":"cache_size","feature_values":{"user":"john"},"value":${value}}`);

const KEPT: readonly [type: string, value: string][] = [
  ['int', '1.0'],
  ['int', '-0'],
  ['int', '9007199254740993'],
  ['int', '-123456789012345678901234567890'],
  ['int', '9007199254740993.0'],
  ['int', '9'.repeat(1000)],
  ['float', '123456789012345678901234567890'],
  ['Enum[9007199254740993,"a"]', '9007199254740993'],
  ['Flags[9007199254740993,9007199254740992]', '[9007199254740992,9007199254740993]'],
  ['float', '1.50'],
  ['float', '1e2'],
  ['float', '1E+2'],
  ['float', '0.1000000000000000055511151231257827'],
  ['float', '123456789.123456789'],
  ['float', '5e-324'],
  ['str', '"é 日本 😀"'],
  ['str', '"\\u00e9\\/\\ud83d\\ude00"'],
  ['str', '"a\\u0000b"'],
  ['str', '"\\ud800 lone \\udfff"'],
  ['str', `"${'long '.repeat(20_000)}"`],
  ['str', '"</script>\\"\\\\ \u2028"'],
  ['Mapping<int>', '{"z":1,"a":2,"10":3,"9":4,"1":5}'],
  ['Mapping<int>', '{"__proto__":1,"constructor":2,"toString":3,"hasOwnProperty":4,"":5}'],
  ['Mapping<int>', '{"\\u0000":1,"\\ud800":2,"é":3,"\\u00e8":4}'],
  ['Sequence<float>', '[1,1.0,1e0,0.0]'],
  ['Mapping<Sequence<Mapping<str>>>', '{"b":[{"d":"1","c":"2"},{}],"a":[]}'],
  ['Enum[1,"1",true]', '1.0'],
  ['Flags["b","a",2]', '["b",2.0,"a"]'],
];

describe('a value is kept to the byte:', () => {
  it.each(KEPT)('%s %s', async (type, value) => {
    expect((await declareText(type, value)).text).toBe('{"outcome":"created"}');
    expect((await ruleText(value)).status).toBe(201);
    expect((await api.get('/settings/cache_size')).text).toContain(`"default_value":${value},`);
    expect((await api.get('/settings')).text).toContain(`"default_value":${value},`);
    expect((await api.get('/rules/1')).text).toContain(`"value":${value},`);
    expect((await api.get('/query')).text).toContain(`"value":${value},`);
    expect((await api.get('/query')).text).toContain(`"default_value":${value}}`);
    expect(await api.sql('select default_value, value from settings, rules')).toEqual([
      { default_value: value, value },
    ]);
    expect((await declareText(type, value)).text).toBe('{"outcome":"uptodate"}');
  });

  it('white space around it is not', async () => {
    await declareText('Mapping<int>', ' { "b" : 1.0 ,\n"a":2 } ');
    expect((await api.get('/settings/cache_size')).text).toContain('"default_value":{"b":1.0,"a":2},');
  });

  it.each([
    ['1.0', '  1.0 '],
    ['{"a": 1}', '{"a": 1}'],
    ['1e5', '1e5'],
    ['12345678901234567890', '12345678901234567890'],
    ['"\\u00e9"', '"\\u00e9"'],
  ])('%s is served as another writer stored it', async (served, stored) => {
    await declareText('float', '0');
    await ruleText('0');
    await api.sql('update settings set default_value = $1', [stored]);
    await api.sql('update rules set value = $1', [stored]);
    expect((await api.get('/settings/cache_size')).text).toContain(served);
    expect((await api.get('/rules/1')).text).toContain(served);
    const query = (await api.get('/query')).text;
    expect(query.split(served)).toHaveLength(3);
  });
});

describe('integers are compared by their digits:', () => {
  it('one that a double rounds to another is a different default, and the same one with .0 is not', async () => {
    await declareText('int', '9007199254740993');
    expect((await declareText('int', '9007199254740992')).text).toContain('"outcome":"mismatch"');
    expect((await declareText('int', '9007199254740993.0')).text).toBe('{"outcome":"uptodate"}');
  });

  it('it is not of an Enum with the other as its option', async () => {
    await declareText('Enum[9007199254740993]', '9007199254740993');
    const answer = await api.unchanged(() => ruleText('9007199254740992'));
    expect(answer.status).toBe(400);
  });
});

it.each(['Enum[null]', 'Enum["a",null]', 'Flags[null,1]', 'Sequence<Enum[null]>'])('%s is no type', async (type) => {
  const answer = await api.unchanged(() => declareText(type, '"a"'));
  expect(answer.body).toMatchObject({ status: 422, errors: [{ field: 'type' }] });
  expect(answer.text).toContain('an option is null');
});

describe('a number that is out of bounds is refused, and said to be:', () => {
  it.each(['1e400', '-1e400', '1.0e309', '9'.repeat(1001)])('%s', async (number) => {
    const declared = await api.unchanged(() => declareText('float', number));
    expect(declared.body).toMatchObject({
      status: 422,
      errors: [{}],
      detail: expect.stringContaining(number.slice(0, 40)) as unknown,
    });
    await declare(api.call, { type: 'Sequence<Mapping<float>>', default_value: [] });
    for (const send of [
      () => ruleText(`[{"a":${number}}]`),
      () => api.put('/settings/cache_size/metadata/key', `{"value":[${number}],"version":"1.1"}`),
      () => api.post('/settings/cache_size/metadata', `{"metadata":{"a":${number}},"version":"1.1"}`),
    ]) {
      const answer = await api.unchanged(send);
      expect(answer.body).toMatchObject({
        status: 422,
        detail: expect.stringContaining(number.slice(0, 40)) as unknown,
      });
    }
  });
});

describe('metadata, which is JSONB,', () => {
  beforeEach(async () => {
    await declare(api.call);
    await addRule(api.call, 'cache_size', { user: 'john' }, 5);
  });

  const WRITES: readonly [where: string, write: (value: string) => ReturnType<typeof api.put>][] = [
    ['a setting', (value) => api.put('/settings/cache_size/metadata', `{"metadata":{"key":${value}},"version":"1.1"}`)],
    [
      'a key of a setting',
      (value) => api.put('/settings/cache_size/metadata/key', `{"value":${value},"version":"1.1"}`),
    ],
    ['a rule', (value) => api.put('/rules/1/metadata', `{"metadata":{"key":${value}}}`)],
    ['a key of a rule', (value) => api.put('/rules/1/metadata/key', `{"value":${value}}`)],
  ];

  describe.each(WRITES)('of %s', (where, write) => {
    const PATH = where.endsWith('setting') ? '/settings/cache_size/metadata' : '/rules/1/metadata';

    it.each([
      '"a\\u0000b"',
      '"\\ud800"',
      '"\\udfff x"',
      '{"\\u0000":1}',
      '{"a":[{"\\ud800":1}]}',
      '["\\ude00\\ud83d"]',
      '1e-20000',
    ])('refuses %s, which it cannot hold', async (value) => {
      const answer = await api.unchanged(() => write(value));
      expect(answer.body).toMatchObject({ status: 422, errors: [{}] });
    });

    it.each([
      '1.0',
      '0',
      'false',
      'null',
      '""',
      '[]',
      '{}',
      '"é 😀"',
      '123456789012345678901234567890',
      '0.10',
      '{"__proto__": 1}',
      '{"constructor": null}',
    ])('keeps %s', async (value) => {
      expect((await write(value)).status).toBe(204);
      expect((await api.get(PATH)).text.replaceAll(': ', ':')).toBe(
        `{"metadata":{"key":${value.replaceAll(': ', ':')}}}`,
      );
    });

    it('takes 100 levels, and answers 422 to 200', async () => {
      const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
      expect((await write(nested(100))).status).toBe(204);
      expect((await api.get(PATH)).text).toBe(`{"metadata":{"key":${nested(100)}}}`);
      expect((await api.unchanged(() => write(nested(200)))).status).toBe(422);
    });
  });
});
