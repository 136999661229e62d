import fc from 'fast-check';
import { BUCKETS } from './bucketing.js';
import { HeksherError } from './errors.js';
import { jsonText } from './json.js';
import { parseJson } from './json-parser.js';
import { formatVariants, GREATEST_WEIGHT, MOST_VARIANTS, parseStoredVariants, parseVariants } from './variants.js';

const read = (text: string) => parseVariants(parseJson(text));

const variant = fc.record({
  name: fc.stringMatching(/^[a-zA-Z0-9_-]{1,20}$/),
  value: fc.constantFrom('1', '1.0', '"é"', '{"b":1e2,"a":[null]}').map(jsonText),
  weight: fc.integer({ min: 1, max: GREATEST_WEIGHT }),
});
const lists = fc.uniqueArray(variant, { minLength: 1, maxLength: 8, selector: ({ name }) => name });

test('reads what formatVariants writes, values spelled as they were', () => {
  fc.assert(
    fc.property(lists, (variants) => {
      expect(read(formatVariants(variants))).toEqual(variants);
      expect(parseStoredVariants(formatVariants(variants))).toEqual(variants);
    }),
  );
});

test('reads members in any order, and ignores others', () => {
  expect(
    read('[{"weight":2.0,"note":1,"value":{"a" : 1.0},"name":"a-1_B"},{"name":"b","value":null,"weight":1}]'),
  ).toEqual([
    { name: 'a-1_B', value: '{"a":1.0}', weight: 2 },
    { name: 'b', value: 'null', weight: 1 },
  ]);
});

test.each<[string, string, string, RegExp]>([
  ['no list', '{}', 'variants', /must be a list, not a object/],
  ['none', '[]', 'variants', /1 to 100 variants; given: 0/],
  ['a variant that is no object', '[1]', 'variants[0]', /not a number/],
  ['no name', '[{"value":1,"weight":1}]', 'variants[0].name', /given: nothing/],
  ['an odd name', '[{"name":"a b","value":1,"weight":1}]', 'variants[0].name', /given: "a b"/],
  ['a name that is no text', '[{"name":1,"value":1,"weight":1}]', 'variants[0].name', /given: 1$/],
  ['no value', '[{"name":"a","weight":1}]', 'variants[0].value', /"a" has no value/],
  ['no weight', '[{"name":"a","value":1}]', 'variants[0].weight', /from 1 to 1000000; given: nothing/],
  ['a weight of 0', '[{"name":"a","value":1,"weight":0}]', 'variants[0].weight', /given: 0/],
  ['half a weight', '[{"name":"a","value":1,"weight":0.5}]', 'variants[0].weight', /given: 0\.5/],
  ['a weight too great', '[{"name":"a","value":1,"weight":1000001}]', 'variants[0].weight', /given: 1000001/],
  ['a weight as text', '[{"name":"a","value":1,"weight":"1"}]', 'variants[0].weight', /given: "1"/],
  [
    'one name twice',
    '[{"name":"a","value":1,"weight":1},{"name":"b","value":1,"weight":1},{"name":"a","value":2,"weight":1}]',
    'variants',
    /two variants have the name "a"/,
  ],
])('refuses %s', (_, text, field, message) => {
  const error = thrownBy(() => read(text));
  expect(error).toMatchObject({ code: 'invalid', errors: [{ field }] });
  expect(error.message).toMatch(message);
});

test('takes a hundred variants and not one more', () => {
  const list = (length: number) =>
    JSON.stringify(Array.from({ length }, (_, at) => ({ name: `v${at}`, value: at, weight: 1 })));
  expect(read(list(MOST_VARIANTS))).toHaveLength(MOST_VARIANTS);
  expect(thrownBy(() => read(list(MOST_VARIANTS + 1))).message).toMatch(/given: 101/);
});

test('bounds keep the arithmetic of buckets exact', () => {
  expect(Number.isSafeInteger(MOST_VARIANTS * GREATEST_WEIGHT * BUCKETS)).toBe(true);
});

test.each(['[{', '{}', '[]', '[1]', '[{"name":"a","weight":1}]', '[{"name":1,"value":1,"weight":1}]'])(
  'finds no variants in %s',
  (text) => expect(parseStoredVariants(text)).toBeNull(),
);

test.each([0, -1, 0.5, 1e20, '"1"', Number.MAX_SAFE_INTEGER])('reads no variants of the weight %s', (weight) => {
  expect(parseStoredVariants(`[{"name":"a","value":1,"weight":${weight}}]`)).toBeNull();
});

test('reads odd variants that another writer stored, as long as they can be drawn', () => {
  const stored = '[{"name":"a b","value":1.0,"weight":2000000},{"name":"a b","value":null,"weight":1}]';
  expect(parseStoredVariants(stored)).toEqual([
    { name: 'a b', value: '1.0', weight: 2_000_000 },
    { name: 'a b', value: 'null', weight: 1 },
  ]);
  expect(() => read(stored)).toThrow('the name of a variant');
});

function thrownBy(act: () => unknown): HeksherError {
  try {
    act();
  } catch (error) {
    if (error instanceof HeksherError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
