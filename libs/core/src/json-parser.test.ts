import fc from 'fast-check';
import { HeksherError } from './errors.js';
import { formatJson, type Json } from './json.js';
import { MAX_JSON_DEPTH, parseJson, parseStoredJson } from './json-parser.js';

const refusal = (source: string): string => {
  try {
    parseJson(source);
  } catch (error) {
    if (error instanceof HeksherError && error.code === 'invalid') return error.message;
    throw error;
  }
  return 'accepted';
};

const isJson = (source: string): boolean => {
  try {
    JSON.parse(source);
    return true;
  } catch {
    return false;
  }
};

/** The value as JSON.parse would give it. */
const plain = (json: Json): unknown => {
  if ('value' in json) return json.value;
  if (json.kind === 'array') return json.items.map(plain);
  return Object.fromEntries(Array.from(json.members, ([key, member]) => [key, plain(member)]));
};

const nested = (depth: number, open = '[', close = ']') => open.repeat(depth) + '1' + close.repeat(depth);

/** Any UTF-16 units, among them lone surrogates and control characters. */
const units = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 0xffff }), fc.constantFrom(0, 10, 34, 92, 0xd800, 0xdc00)), {
    maxLength: 9,
  })
  .map((codes) => String.fromCharCode(...codes));

const values = fc.jsonValue({ maxDepth: 4 });
const indents = fc.constantFrom(undefined, 1, '\t', '\r\n ');
const texts = fc.tuple(values, indents).map(([value, indent]) => JSON.stringify(value, null, indent));

/** JSON text with one character taken out, put in or doubled: most of it is JSON no more. */
const mutants = fc
  .tuple(
    texts,
    fc.nat(),
    fc.constantFrom('', '"', '\\', ',', ':', '[', ']', '{', '}', '0', '-', '.', 'e', ' ', '\n', 'null', '\ufeff'),
    fc.nat(1),
  )
  .map(([text, at, insert, cut]) => {
    const index = at % (text.length + 1);
    return text.slice(0, index) + insert + text.slice(index + cut);
  });

describe('parseJson', () => {
  it.each([
    ['1.0', '1.0'],
    [' [ 1.50 , 1E5,-0 ]\n', '[1.50,1E5,-0]'],
    ['{ "b" : 1, "a" : 2 }', '{"b":1,"a":2}'],
    ['{"2":1,"1":2}', '{"2":1,"1":2}'],
    ['{"__proto__":1,"constructor":{"toString":2}}', '{"__proto__":1,"constructor":{"toString":2}}'],
    ['"\\u00e9 \\/ é"', '"\\u00e9 \\/ é"'],
    ['{"\\u0061":1}', '{"\\u0061":1}'],
    ['" a  b "', '" a  b "'],
    ['[]', '[]'],
    ['{ }', '{}'],
    ['"\\ud800\\u0000"', '"\\ud800\\u0000"'],
    ['9007199254740993', '9007199254740993'],
    ['-9007199254740993.00', '-9007199254740993.00'],
    ['9007199254740993e0', '9007199254740993e0'],
    [`-${'9'.repeat(1000)}`, `-${'9'.repeat(1000)}`],
    [`0.${'0'.repeat(998)}1`, `0.${'0'.repeat(998)}1`],
    ['9007199254740993.5', '9007199254740993.5'],
    ['1e-400', '1e-400'],
  ])('takes %j and formats it as %j', (source, text) => {
    expect(formatJson(parseJson(source))).toBe(text);
  });

  it('writes a bare lone surrogate, which UTF-8 cannot carry, as its escape', () => {
    expect(formatJson(parseJson('["\ud800", "\udc00\\udc00", "😀"]'))).toBe('["\\ud800","\\udc00\\udc00","😀"]');
  });

  it.each([
    ['', 'not JSON: expected a value at position 0, found the end'],
    ['\ufeff1', 'not JSON: expected a value at position 0, found "\ufeff"'],
    ['nul', 'not JSON: expected a value at position 0, found "n"'],
    ['[1,]', 'not JSON: expected a value at position 3, found "]"'],
    ['[1 2]', 'not JSON: expected "," or "]" at position 3, found "2"'],
    ['{"a":1,}', 'not JSON: expected a key in double quotes at position 7, found "}"'],
    ['{"a" 1}', 'not JSON: expected ":" at position 5, found "1"'],
    ['{"a":1', 'not JSON: expected "," or "}" at position 6, found the end'],
    ['01', 'not JSON: expected the end at position 1, found "1"'],
    ['1 😀', 'not JSON: expected the end at position 2, found "😀"'],
    ['"a', 'not JSON: the string that starts at position 0 has no end'],
    ['["a\n"]', 'not JSON: a bare control character inside a string at position 3'],
    ['"\\x"', 'not JSON: an unknown escape inside a string at position 1'],
    ['"\\u12g4"', 'not JSON: an unknown escape inside a string at position 1'],
    ['{"a":1,"\\u0061":2}', 'JSON that is not accepted: the key "a" comes twice (at position 7)'],
    ['{"__proto__":1,"__proto__":1}', 'JSON that is not accepted: the key "__proto__" comes twice (at position 15)'],
    [
      `[${'9'.repeat(1001)}]`,
      `JSON that is not accepted: the number ${'9'.repeat(40)}… has more than 1000 digits (at position 1)`,
    ],
    [
      `1.${'0'.repeat(1000)}`,
      `JSON that is not accepted: the number 1.${'0'.repeat(38)}… has more than 1000 digits (at position 0)`,
    ],
    ['-1.5e309', 'JSON that is not accepted: the number -1.5e309 is too large for a double (at position 0)'],
    [
      `${'9'.repeat(309)}.0`,
      `JSON that is not accepted: the number ${'9'.repeat(40)}… is too large for a double (at position 0)`,
    ],
    ['1e309', 'JSON that is not accepted: the number 1e309 is too large for a double (at position 0)'],
  ])('refuses %j: %s', (source, message) => {
    expect(refusal(source)).toBe(message);
  });

  it(`takes ${MAX_JSON_DEPTH} levels of nesting and no more`, () => {
    const message = (at: number) => `JSON that is not accepted: nested deeper than 128 levels (at position ${at})`;
    expect(formatJson(parseJson(nested(128)))).toBe(nested(128));
    expect(refusal(nested(129))).toBe(message(128));
    expect(refusal(nested(129, '{"a":', '}'))).toBe(message(640));
    expect(refusal('[]' + ',[]'.repeat(300))).toMatch(/^not JSON/);
    expect(refusal(`[[]${',[]'.repeat(300)}]`)).toBe('accepted');
  });

  it.each([
    ['brackets', '['.repeat(1 << 20)],
    ['objects', '{"a":'.repeat(200_000)],
    ['digits', '1'.repeat(1 << 20)],
    ['decimals', `1.${'0'.repeat(1 << 20)}1`],
    ['white space', ' '.repeat(1 << 20)],
    ['backslashes', `"${'\\'.repeat(1 << 20)}`],
    ['escapes', `"${'\\n'.repeat(1 << 19)}"`],
    ['keys', `{${Array.from({ length: 80_000 }, (_, index) => `"${index}":1`).join(',')}}`],
    ['commas', `[${'1,'.repeat(1 << 19)}`],
  ])('answers a megabyte of %s, which would not end if each character looked at all', (_, source) => {
    refusal(source);
  });

  it('takes what JSON.stringify writes with any white space, as the same value and the same compact text', () => {
    fc.assert(
      fc.property(values, indents, (value, indent) => {
        const json = parseJson(JSON.stringify(value, null, indent));
        expect(plain(json)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(formatJson(json)).toBe(JSON.stringify(value));
      }),
    );
  });

  it('reads strings of any UTF-16 units, however they are escaped, as JSON.parse does', () => {
    const escapeAll = (text: string) =>
      Array.from(text.split(''), (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
    fc.assert(
      fc.property(units, units, (a, b) => {
        const source = `{"${escapeAll(a)}":${JSON.stringify(b)}}`;
        const json = parseJson(source);
        expect(plain(json)).toEqual(JSON.parse(source));
        expect(formatJson(json)).toBe(source);
      }),
    );
  });

  it('agrees with JSON.parse on what is JSON, but for its own refusals', () => {
    fc.assert(
      fc.property(fc.oneof(mutants, units, fc.string()), (source) => {
        const answer = refusal(source);
        // Its own refusals come as soon as they are met, whether or not what follows is JSON.
        if (!answer.startsWith('JSON that is not accepted')) expect(answer === 'accepted').toBe(isJson(source));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('parseStoredJson', () => {
  it.each([
    ['{"a":1,"b":2,"a":3}', '{"a":3,"b":2}'],
    ['{"\\u0061":1,"a":3}', '{"a":3}'],
    ['12345678901234567890', '12345678901234567890'],
    ['1e999', '1e999'],
    [nested(1024), nested(1024)],
  ])('takes %j and formats it as %j', (source, text) => {
    const json = parseStoredJson(source);
    expect(json === null ? null : formatJson(json)).toBe(text);
  });

  it.each(['', 'NaN', '{"a":Infinity}', "'a'", nested(1025), '['.repeat(1 << 20)])('gives null for %j', (source) => {
    expect(parseStoredJson(source)).toBeNull();
  });

  it('is not null exactly for what JSON.parse takes', () => {
    fc.assert(
      fc.property(fc.oneof(mutants, units), (source) => {
        const json = parseStoredJson(source);
        expect(json !== null).toBe(isJson(source));
        if (json !== null) expect(plain(json)).toEqual(JSON.parse(source));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('what is large', () => {
  /** Long enough to be written as it stands in its text. */
  const padding = 'x'.repeat(5_000);
  const large = fc.tuple(fc.array(values, { minLength: 1 }), indents).map(([items, indent]) => {
    const value = { [padding]: 1, 'a "key" ': [...items, { 'é\n': [` ${padding}\\`, items] }], b: 2 };
    return { value, text: JSON.stringify(value, null, indent) };
  });

  it('is written as what is small is', () => {
    fc.assert(
      fc.property(large, ({ value, text }) => {
        const json = parseJson(text);
        expect(formatJson(json)).toBe(JSON.stringify(value));
        const list = json.kind === 'object' ? json.members.get('a "key" ') : undefined;
        expect(list && formatJson(list)).toBe(JSON.stringify(value['a "key" ']));
      }),
    );
  });

  it('has no lone surrogate and no key twice', () => {
    expect(formatJson(parseJson(`["${padding}","\ud800"]`))).toBe(`["${padding}","\\ud800"]`);
    expect(formatJson(parseStoredJson(`{"a":"${padding}","b":1,"a":2}`) ?? parseJson('0'))).toBe('{"a":2,"b":1}');
  });
});
