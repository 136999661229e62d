import fc from 'fast-check';
import { parseNative } from './json-native.js';

/** What makes V8 take an escaped key for another one from then on. */
beforeEach(
  () =>
    void ['{"a":1,"\\\\":2}', '{"\\\\":1}', '{"a":1,"\\\\u":1}', '{"b":1,"\\\\\\"":1}'].map((text) =>
      parseNative(text),
    ),
);

it.each([
  ['{"a":1,"\\u0061":2}', { a: 2 }],
  ['{"a":1,"\\n":2}', { a: 1, '\n': 2 }],
  ['{"\\"":1}', { '"': 1 }],
  ['{"a":1,"\\u0061b":[{"b":1,"\\"\\"" : {"\\\\":null}}]}', { a: 1, ab: [{ b: 1, '""': { '\\': null } }] }],
  ['{"a":"\\u0061:"}', { a: 'a:' }],
])('%s has the keys that it says', (text, expected) => {
  expect(parseNative(text)).toEqual(expected);
});

it('an escaped __proto__ is a member like any other', () => {
  const parsed = parseNative('{"\\u005f_proto__":{"x":1}}');
  expect(Object.keys(parsed as object)).toEqual(['__proto__']);
  expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
});

it('reads back what JSON.stringify writes', () => {
  const key = fc.string({ unit: fc.constantFrom('a', '\\', '"', '\n', 'u', '0', ':', '\u0001') });
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 4 },
      fc.double({ noNaN: true }),
      key,
      fc.constant(null),
      fc.array(tie('any')),
      fc.dictionary(key, tie('any')),
    ),
  })).any;
  fc.assert(
    fc.property(value, (given) => {
      const text = JSON.stringify(given);
      expect(JSON.stringify(parseNative(text))).toBe(text);
    }),
    { numRuns: 500 },
  );
});

it.each(['', '{', '{"\\u0061":}', '{"\\q":1}', 'NaN'])('%j is refused', (text) => {
  expect(() => parseNative(text)).toThrow(SyntaxError);
});

it('nesting that is too deep for our own parser is refused where that has to read it', () => {
  const deep = (key: string): string => `${`{"${key}":`.repeat(2_000)}1${'}'.repeat(2_000)}`;
  expect(() => parseNative(deep('\\u0061'))).toThrow(SyntaxError);
  expect(parseNative(deep('a'))).toHaveProperty('a.a.a');
});
