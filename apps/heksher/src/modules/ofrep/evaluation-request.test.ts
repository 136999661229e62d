import { atOnce, HeksherError } from '@heksher/core';
import fc from 'fast-check';
import { knownFeatures, readFlagRequest } from './evaluation-request.js';

const read = (text: string): ReadonlyMap<string, string> => atOnce(readFlagRequest(Buffer.from(text), undefined));

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
  expect(
    problemOf(() => atOnce(readFlagRequest(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), undefined))),
  ).toEqual(['body']);
});

describe('a long body', () => {
  const LONG = ' '.repeat(20_000);

  /** What comes out: the attributes, or the fields and the kind of the error. */
  function outcome(text: string, targetingFeature?: string): unknown {
    const act = () => atOnce(readFlagRequest(Buffer.from(text), targetingFeature));
    const fields = problemOf(act);
    return fields.length > 0 ? fields : [...act()].sort();
  }

  it('says the same as a short one', () => {
    const number = fc.constantFrom(
      '1.0',
      '1e400',
      '-0',
      '9007199254740993',
      '1e30',
      '1e-400',
      '12345678901234567890.0',
    );
    const member = fc.oneof(
      number,
      fc.json(),
      fc.string().map((text) => JSON.stringify(text)),
    );
    const key = fc.constantFrom('user', 'theme', 'targetingKey', '__proto__', 'constructor', '7', '\\u0061', 'a');
    const context = fc
      .array(fc.tuple(key, member), { maxLength: 6 })
      .map((members) => `{"context":{${members.map(([name, text]) => `"${name}":${text}`).join(',')}}}`);
    fc.assert(
      fc.property(fc.oneof(context, fc.json(), fc.string()), (text) => {
        for (const feature of [undefined, 'user']) {
          expect(outcome(text + LONG, feature)).toEqual(outcome(text, feature));
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('is read in steps, between which others have their turn', () => {
    const members = Array.from({ length: 50_000 }, (_, at) => `"a${at}":1.5e300`);
    const reading = readFlagRequest(Buffer.from(`{"context":{${members.join(',')}}}`), undefined);
    let steps = 1;
    while (reading.next().done !== true) steps += 1;
    expect(steps).toBeGreaterThan(100);
  });
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

it('the targeting key stands for a feature, with all its digits', () => {
  const body = Buffer.from('{"context":{"targetingKey":9007199254740993,"theme":"dark"}}');
  expect(atOnce(readFlagRequest(body, 'user')).get('user')).toBe('9007199254740993');
});

it('what is no feature says nothing', () => {
  const given = new Map(Object.entries({ user: 'u', color: 'red', targetingKey: 't' }));
  expect([...knownFeatures(given, new Set(['account', 'user']))]).toEqual([['user', 'u']]);
  expect([...knownFeatures(given, new Set(['targetingKey']))]).toEqual([['targetingKey', 't']]);
});
