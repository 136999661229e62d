import { HeksherError } from '@heksher/core';
import fc from 'fast-check';
import { contextOf, readAttributes } from './evaluation-request.js';

const read = (text: string): ReadonlyMap<string, string> => readAttributes(Buffer.from(text));

describe('the attributes of', () => {
  it.each<[body: string, attributes: Record<string, string>]>([
    ['{}', {}],
    ['{"context":null}', {}],
    ['{"context":{}}', {}],
    ['{"other":1,"context":{"user":"john"}}', { user: 'john' }],
    ['{"context":{"user":"a b|c","theme":"é😀"}}', { user: 'a b|c', theme: 'é😀' }],
    ['{"context":{"a":1,"b":-2.5,"c":1.0,"d":1e3,"e":true,"f":false,"g":-0}}', textsOf('1 -2.5 1 1000 true false 0')],
    [
      '{"context":{"a":9007199254740993,"b":-12345678901234567890,"c":1e30}}',
      textsOf('9007199254740993 -12345678901234567890 1e+30'),
    ],
    ['{"context":{"a":1e400,"b":null,"c":[1],"d":{"x":1},"e":""}}', {}],
    [
      '{"context":{"__proto__":"x","constructor":"y"}}',
      Object.fromEntries([
        ['__proto__', 'x'],
        ['constructor', 'y'],
      ]),
    ],
    ['\ufeff{"context":{"a":"\ufeff:\\":"}}', { a: '\ufeff:":' }],
    ['{"context":{"a":"1","b":{"a":[{"a":1},{"a":null}]},"\\\\":"2:"}}', { a: '1', '\\': '2:' }],
    ['{"__proto__":{"context":{"a":"1"}}}', {}],
  ])('%s', (body, attributes) => {
    expect(Object.fromEntries(read(body))).toEqual(attributes);
  });

  /** `1 2` as `{a: '1', b: '2'}`. */
  function textsOf(list: string): Record<string, string> {
    return Object.fromEntries(list.split(' ').map((text, at) => ['abcdefg'.charAt(at), text]));
  }

  it('texts have 1 to 255 characters, counted as people do', () => {
    const attributes = read(JSON.stringify({ context: { a: 'x'.repeat(255), b: '😀'.repeat(255) } }));
    expect([...attributes.keys()]).toEqual(['a', 'b']);
    expect(read(JSON.stringify({ context: { a: 'x'.repeat(256), b: '😀'.repeat(256) } }))).toEqual(new Map());
  });

  it('very many large numbers, each with its digits', () => {
    const numbers = Array.from(
      { length: 30_000 },
      (_, at) => `"a${at}":1234567890123456${String(at).padStart(5, '0')}`,
    );
    const attributes = read(`{"context":{${numbers.join(',')}}}`);
    expect(attributes.size).toBe(30_000);
    expect(attributes.get('a29999')).toBe('123456789012345629999');
  });

  it('a body nested as deep as its length allows', () => {
    const deep = (depth: number): string => `{"context":{"user":"u","x":${'['.repeat(depth)}${']'.repeat(depth)}}}`;
    expect(read(deep(100_000)).get('user')).toBe('u');
  });
});

it.each<[body: string, field: string, message: RegExp]>([
  ['', 'body', /not JSON/],
  ['{', 'body', /not JSON.*position/],
  ['\ufeff\ufeff{}', 'body', /not JSON/],
  ['{"context":{"a":"1","a":"2"}}', 'body', /the key "a" comes twice/],
  ['{"context":{"a":"1","\\u0061":":"}}', 'body', /the key "a" comes twice/],
  ['{"context":{},"context":{}}', 'body', /the key "context" comes twice/],
  ['{"context":{"x":[{"__proto__":1,"__proto__":1}]}}', 'body', /the key "__proto__" comes twice/],
  ['null', 'body', /not null/],
  ['[]', 'body', /not an array/],
  ['"x"', 'body', /not a string/],
  ['{"context":[]}', 'context', /not an array/],
  ['{"context":"user"}', 'context', /not a string/],
  ['{"context":1}', 'context', /not a number/],
])('%j is refused', (body, field, message) => {
  expect(() => read(body)).toThrow(message);
  expect(problemOf(() => read(body))).toEqual([field]);
});

it('bytes that are no UTF-8 are refused', () => {
  expect(problemOf(() => readAttributes(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])))).toEqual(['body']);
});

it('whatever the body, attributes come out or the one error does', () => {
  const body = fc.oneof(
    fc.json(),
    fc.string(),
    fc.jsonValue().map((context) => JSON.stringify({ context })),
    fc.tuple(fc.json(), fc.nat(40)).map(([text, end]) => `{"context":${text.slice(0, end)}`),
  );
  fc.assert(
    fc.property(body, (text) => {
      try {
        for (const attribute of read(text).values()) expect([...attribute].length).toBeGreaterThan(0);
      } catch (error) {
        expect(error).toBeInstanceOf(HeksherError);
      }
    }),
    { numRuns: 1_000 },
  );
});

/** The fields that an error is about. */
function problemOf(act: () => unknown): readonly string[] {
  try {
    act();
  } catch (error) {
    if (error instanceof HeksherError) return error.errors.map(({ field }) => field);
  }
  return [];
}

describe('the context of attributes', () => {
  const features = new Set(['account', 'user', 'theme', 'targetingKey_']);
  it.each<[attributes: Record<string, string>, targeting: string | undefined, context: Record<string, string>]>([
    [{ user: 'u', color: 'red' }, undefined, { user: 'u' }],
    [{ targetingKey: 't', theme: 'dark' }, 'user', { user: 't', theme: 'dark' }],
    [{ targetingKey: 't' }, undefined, {}],
    [{ targetingKey: 't' }, 'rank', {}],
    [{ targetingKey: 't', user: 'u' }, 'user', { user: 'u' }],
    [{ user: 'u', targetingKey: 't' }, 'account', { account: 't', user: 'u' }],
  ])('%j, the targeting key standing for %s', (attributes, targeting, context) => {
    const given = new Map(Object.entries(attributes));
    expect(Object.fromEntries(contextOf(given, features, targeting))).toEqual(context);
  });

  it('a feature that is called targetingKey is told by it in any case', () => {
    const context = contextOf(new Map([['targetingKey', 't']]), new Set(['targetingKey', 'user']), 'user');
    expect([...context].sort()).toEqual([
      ['targetingKey', 't'],
      ['user', 't'],
    ]);
  });
});
