import fc from 'fast-check';
import { contextValueOf, contextValueOfNative } from './context-value.js';
import { parseStoredJson } from './json-parser.js';

const valueOf = (text: string): string | undefined => {
  const json = parseStoredJson(text);
  if (json === null) throw new Error(`${text} is not JSON`);
  return contextValueOf(json);
};

it.each([
  ['"a b"', 'a b'],
  ['""', ''],
  ['true', 'true'],
  ['false', 'false'],
  ['5', '5'],
  ['-0', '0'],
  ['1.0', '1'],
  ['1.50', '1.5'],
  ['1e3', '1000'],
  ['9007199254740993', '9007199254740993'],
  ['-12345678901234567890', '-12345678901234567890'],
  ['1e30', '1e+30'],
  ['null', undefined],
  ['[1]', undefined],
  ['{}', undefined],
])('%s is the value %j', (text, value) => {
  expect(valueOf(text)).toBe(value);
});

it('JavaScript gives the same value as the JSON it writes', () => {
  const primitive = fc.oneof(fc.string(), fc.boolean(), fc.integer(), fc.double({ noNaN: true }), fc.constant(null));
  fc.assert(
    fc.property(primitive, (value) => {
      if (typeof value === 'number' && !Number.isFinite(value)) return;
      expect(contextValueOfNative(value)).toBe(valueOf(JSON.stringify(value)));
    }),
  );
});

it.each([NaN, Infinity, undefined, [1], {}, Symbol('x')])('%p is no value', (value) => {
  expect(contextValueOfNative(value)).toBeUndefined();
});

it('a BigInt is its digits', () => expect(contextValueOfNative(2n ** 64n)).toBe('18446744073709551616'));
