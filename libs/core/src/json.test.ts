import fc from 'fast-check';
import { hasUnstorableText, isStorableText, jsonEquals } from './json.js';
import { parseStoredJson } from './json-parser.js';

const equals = (a: string, b: string): boolean => {
  const [one, other] = [parseStoredJson(a), parseStoredJson(b)];
  if (one === null || other === null) throw new Error('not JSON');
  return jsonEquals(one, other);
};

/** Arrays and objects keep their order or are turned around, at every level. */
const reversed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reversed(member)]),
  );
};

describe('jsonEquals', () => {
  it.each([
    ['1', '1.0', true],
    ['100', '1e2', true],
    ['0', '-0', true],
    ['9007199254740993', '9007199254740993.0', true],
    ['9007199254740993', '9007199254740992', false],
    ['9007199254740993', '9007199254740993.5', false],
    ['1', '0.99999999999999999999', false],
    ['1e-400', '0', false],
    ['1', 'true', false],
    ['1', '"1"', false],
    ['0', 'false', false],
    ['null', 'false', false],
    ['null', '0', false],
    ['""', 'null', false],
    ['"é"', '"\\u00e9"', true],
    ['"é"', '"e\\u0301"', false],
    ['[1,2]', '[2,1]', false],
    ['[1,2]', '[1]', false],
    ['[]', '{}', false],
    ['[]', 'null', false],
    ['{"a":1,"b":[]}', '{"b":[],"a":1.0}', true],
    ['{"a":1}', '{"\\u0061":1}', true],
    ['{"a":1}', '{"a":1,"b":null}', false],
    ['{"a":null}', '{"b":null}', false],
    ['{"__proto__":1}', '{}', false],
  ])('of %j and %j is %j, both ways', (a, b, expectation) => {
    expect(equals(a, b)).toBe(expectation);
    expect(equals(b, a)).toBe(expectation);
  });

  it('holds for a value and itself with keys in another order, is symmetric, and carries over to lists and objects', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        const [textA, textB] = [JSON.stringify(a), JSON.stringify(b)];
        expect(equals(textA, JSON.stringify(reversed(a)))).toBe(true);
        expect(equals(textA, textB)).toBe(equals(textB, textA));
        expect(equals(textA, textB)).toBe(equals(`{"x":[1,${textA}]}`, `{"x":[1,${textB}]}`));
      }),
    );
  });
});

describe('what PostgreSQL can store', () => {
  it.each([
    ['"a\\u0000"', true],
    ['["😀", "\\ud83d\\ude00"]', false],
    ['[{"a":["\\udc00"]}]', true],
    ['"\\ud800x"', true],
    ['{"a\\u0000":1}', true],
    ['{"\\ud800":1}', true],
    ['{"a":{"b":[null,true,1.5e300,"é"]}}', false],
    ['1e-16383', false],
    ['1e-16384', true],
    ['1.5e-16383', true],
    [`1.${'0'.repeat(16_383)}`, false],
    [`[1.${'0'.repeat(16_384)}]`, true],
    ['9'.repeat(1000), false],
    ['0e-99999', true],
    ['0E+9999999999', true],
  ])('hasUnstorableText of %s is %j', (source, expectation) => {
    const json = parseStoredJson(source);
    expect(json !== null && hasUnstorableText(json)).toBe(expectation);
  });

  it.each([
    ['', true],
    ['é 😀 \u0001', true],
    ['a\u0000', false],
    ['\ud83d', false],
    ['\ude00\ud83d', false],
  ])('isStorableText of %j is %j', (text, expectation) => {
    expect(isStorableText(text)).toBe(expectation);
  });

  it('asks of a stored text what it asks of its parsed string', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('\u0000', '\ud800', '\udc00', 'a', '😀')), (parts) => {
        const text = parts.join('');
        const json = parseStoredJson(JSON.stringify([{ [text]: 1 }]));
        expect(json !== null && !hasUnstorableText(json)).toBe(isStorableText(text));
        expect(isStorableText(text)).toBe(!text.includes('\u0000') && encodeURIComponentWorks(text));
      }),
    );
  });
});

/** encodeURIComponent refuses exactly what is not well-formed UTF-16. */
function encodeURIComponentWorks(text: string): boolean {
  try {
    encodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
