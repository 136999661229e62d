import { acceptorOf, parseJson, parseSettingType } from '@heksher/core';
import fc from 'fast-check';
import { type JsonValue } from './json.js';
import { valueReaderOf } from './values.js';

const readAs = (type: string, json: JsonValue) => valueReaderOf(parseSettingType(type))(json);

it.each<[type: string, json: JsonValue, value: unknown]>([
  ['int', 60, 60],
  ['int', 1.0, 1],
  ['float', 1.5, 1.5],
  ['str', '', ''],
  ['bool', false, false],
  ['Enum["a",2,true]', 2, 2],
  ['Flags["a","b"]', ['b'], new Set(['b'])],
  ['Sequence<Mapping<int>>', [{ a: 1 }, {}], [{ a: 1 }, {}]],
  ['Mapping<Flags[1]>', { a: [1] }, { a: new Set([1]) }],
])('%s: %j is a value as it is', (type, json, value) => {
  expect(readAs(type, json)).toEqual({ fits: true, value, isCoerced: false });
});

it.each<[type: string, json: JsonValue]>([
  ['int', 1.5],
  ['int', 2 ** 53],
  ['int', true],
  ['int', '1'],
  ['float', Infinity],
  ['str', null],
  ['bool', 0],
  ['Enum["a",1]', true],
  ['Enum[9007199254740993]', 2 ** 53],
  ['Flags["a"]', 'a'],
  ['Flags["a"]', [['a']]],
  ['Sequence<int>', { 0: 1 }],
  ['Sequence<int>', [1, 'b']],
  ['Mapping<int>', [1]],
  ['Mapping<int>', null],
  ['Mapping<Sequence<str>>', { a: ['x'], b: [1] }],
])('%s: %j does not fit', (type, json) => {
  expect(readAs(type, json)).toEqual({ fits: false });
});

it('leaves options of Flags out that the type does not have, however deep, and says so', () => {
  expect(readAs('Flags["a","b"]', ['a', 'new'])).toEqual({ fits: true, value: new Set(['a']), isCoerced: true });
  const value = [{ k: new Set() }];
  expect(readAs('Sequence<Mapping<Flags["a"]>>', [{ k: ['new'] }])).toEqual({ fits: true, value, isCoerced: true });
});

it('a key such as __proto__ is one like any other', () => {
  const reading = readAs('Mapping<int>', JSON.parse('{"__proto__": 1, "constructor": 2}') as JsonValue);
  expect(reading.fits && JSON.stringify(reading.value)).toBe('{"__proto__":1,"constructor":2}');
});

it('values cannot be changed', () => {
  const reading = readAs('Sequence<Mapping<Flags["a"]>>', [{ k: ['a'] }]);
  const [mapping] = (reading.fits ? reading.value : []) as { k: Set<string> }[];
  expect(Object.isFrozen(reading.fits && reading.value)).toBe(true);
  expect(Object.isFrozen(mapping)).toBe(true);
  expect(() => mapping?.k.add('b')).toThrow(TypeError);
  expect(() => mapping?.k.delete('a')).toThrow(TypeError);
  expect(() => mapping?.k.clear()).toThrow(TypeError);
  expect([...(mapping?.k ?? [])]).toEqual(['a']);
});

/** JavaScript rounds whole numbers beyond ±(2^53−1); the service keeps them. */
const isHeld = (value: unknown): boolean =>
  typeof value === 'object' && value !== null
    ? Object.values(value).every(isHeld)
    : !Number.isInteger(value) || Number.isSafeInteger(value);

it('what the service accepts for a type fits, as it is, where JavaScript can hold it', () => {
  const types = fc.constantFrom('int', 'float', 'str', 'bool', 'Enum["a",1]', 'Flags["a",1]', 'Sequence<int>');
  const nested = fc.oneof(types, fc.constantFrom('Mapping<Sequence<float>>', 'Sequence<Flags["a",1]>'));
  fc.assert(
    fc.property(nested, fc.jsonValue({ maxDepth: 3 }).filter(isHeld), (text, value) => {
      const type = parseSettingType(text);
      const json = JSON.stringify(value);
      const isAccepted = acceptorOf(type)(parseJson(json));
      const reading = valueReaderOf(type)(JSON.parse(json) as JsonValue);
      // Only Flags are lenient.
      if (isAccepted || !text.includes('Flags')) expect(reading.fits && !reading.isCoerced).toBe(isAccepted);
    }),
  );
});
