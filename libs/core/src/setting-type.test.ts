import fc from 'fast-check';
import { HeksherError } from './errors.js';
import { parseJson } from './json-parser.js';
import { accepts, formatSettingType, isSubtype, sameType, type SettingType } from './setting-type.js';
import {
  LONGEST_TYPE,
  MAX_TYPE_DEPTH,
  MOST_OPTIONS,
  parseSettingType,
  parseStoredSettingType,
} from './setting-type-parser.js';

const failure = (read: () => unknown): HeksherError => {
  try {
    read();
  } catch (error) {
    if (error instanceof HeksherError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

const canonical = (text: string): string => formatSettingType(parseSettingType(text));

/** JSON texts of options, some of which are equal. */
const primitives: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom('"a"', '"\\u0061"', '"b"', '"1"', '"true"', '""', '"é\\"\\\\"', '"\\ud800"', 'true', 'false'),
  fc.constantFrom('0', '-0', '1', '1.0', '1.5', '1e21', '9007199254740993', '9007199254740992', '9007199254740993.0'),
  fc.string({ maxLength: 3 }).map((text) => JSON.stringify(text)),
  fc.maxSafeInteger().map(String),
);

/** Few options, so that many pairs of types are related. */
const options = (members: fc.Arbitrary<string>): fc.Arbitrary<readonly string[]> =>
  fc.array(members, { maxLength: 4 }).map((list) => {
    const type = parseSettingType(`Enum[${list.join(',')}]`);
    return 'options' in type ? type.options : [];
  });

const typesOver = (members: fc.Arbitrary<string>): fc.Arbitrary<SettingType> =>
  fc.letrec<{ type: SettingType }>((tie) => ({
    type: fc.oneof(
      { maxDepth: 3 },
      fc.record({ kind: fc.constantFrom('int', 'float', 'str', 'bool') }),
      fc.record({ kind: fc.constantFrom('enum', 'flags'), options: options(members) }),
      fc.record({ kind: fc.constantFrom('sequence', 'mapping'), item: tie('type') }),
    ),
  })).type;

const types = typesOver(primitives);
const closeTypes = typesOver(fc.constantFrom('1', '"1"', 'true'));

/** A type and one that is often above or below it: the same with other options, or float for int. */
const relatives = closeTypes.chain((type) => fc.tuple(fc.constant(type), varied(type)));

function varied(type: SettingType): fc.Arbitrary<SettingType> {
  if ('item' in type) return varied(type.item).map((item) => ({ kind: type.kind, item }));
  if ('options' in type) {
    return options(fc.constantFrom('1', '"1"', 'true')).map((others) => ({
      kind: type.kind,
      options: others,
    }));
  }
  return fc.constantFrom<SettingType>({ kind: 'int' }, { kind: 'float' }, type);
}

/** JSON text of a value that is of this type or nearly so. */
function valueTexts(type: SettingType): fc.Arbitrary<string> {
  switch (type.kind) {
    case 'int':
    case 'float':
      return fc.constantFrom('1', '1.0', '-0', '1e2', '1.5', '1e300', 'true', '"1"');
    case 'str':
    case 'bool':
      return fc.constantFrom('""', '"true"', 'true', 'false', 'null', '0');
    case 'enum':
      return fc.constantFrom('1', '1.0', '"1"', 'true', 'null', '[1]', ...type.options);
    case 'flags':
      return fc
        .array(fc.constantFrom('1', '1.00', '"1"', 'true'), { maxLength: 3 })
        .map((items) => `[${items.join(',')}]`);
    case 'sequence':
      return fc.array(valueTexts(type.item), { maxLength: 2 }).map((items) => `[${items.join(',')}]`);
    case 'mapping':
      return fc
        .array(valueTexts(type.item), { maxLength: 2 })
        .map((items) => `{${items.map((item, key) => `"${key}":${item}`).join(',')}}`);
  }
}

describe('parseSettingType', () => {
  it.each([
    ['int', 'int'],
    ['Enum[]', 'Enum[]'],
    ['Flags []', 'Flags[]'],
    ['Enum [2, 1]', 'Enum[1,2]'],
    ['Enum[false, "maybe", true]', 'Enum["maybe",false,true]'],
    ['Enum[1, 1.0, 1e0, "1", true]', 'Enum["1",1,true]'],
    ['Enum[9007199254740993, 9007199254740992, 9007199254740993.0]', 'Enum[9007199254740992,9007199254740993]'],
    ['Enum[10, 9, 1]', 'Enum[1,10,9]'],
    ['Enum[-0.0, 0]', 'Enum[0]'],
    ['Enum["é", "\\u00e9", "e"]', 'Enum["e","é"]'],
    ['Enum["]>", ">"]', 'Enum[">","]>"]'],
    ['Flags\t[ "b" ,\n"a" ]', 'Flags["a","b"]'],
    ['Sequence < int >', 'Sequence<int>'],
    ['Mapping<Sequence <Enum [ 1 ] > >', 'Mapping<Sequence<Enum[1]>>'],
  ])('reads %j as %s', (text, type) => {
    expect(canonical(text)).toBe(type);
  });

  it.each([
    ['', 'expected the name of a type at position 0, found the end'],
    ['Int', 'expected the name of a type at position 0, found "I"'],
    ['integer', 'expected the name of a type at position 0, found "i"'],
    ['constructor', 'expected the name of a type at position 0, found "c"'],
    [' int', 'expected the name of a type at position 0, found " "'],
    ['int ', 'expected the end at position 3, found " "'],
    ['int\n', 'expected the end at position 3, found "\\n"'],
    ['int<int>', 'expected the end at position 3, found "<"'],
    ['Enum', 'not JSON: expected a value at position 4, found the end'],
    ['Enum[1,]', 'not JSON: expected a value at position 7, found "]"'],
    ["Enum['a']", 'not JSON: expected a value at position 5'],
    ['Enum[[1]]', 'an option is an array, not a string, number or boolean'],
    ['Flags[{}]', 'an option is an object, not a string, number or boolean'],
    ['Enum[null]', 'an option is null, not a string, number or boolean'],
    ['Sequence<Flags["a",null]>', 'an option is null, not a string, number or boolean'],
    ['Enum{"a":1}', 'the options are not a JSON list'],
    ['Enum 1', 'the options are not a JSON list'],
    ['Enum[1e400]', 'JSON that is not accepted: the number 1e400 is too large for a double'],
    ['Sequence', 'expected "<" at position 8, found the end'],
    ['Sequence<>', 'expected the name of a type at position 9, found ">"'],
    ['Sequence<int', 'expected ">" at position 12, found the end'],
    ['Sequence<int>>', 'expected the end at position 13, found ">"'],
    ['Mapping<str,int>', 'expected ">" at position 11, found ","'],
  ])('refuses %j: %s', (text, reason) => {
    const { code, message, errors } = failure(() => parseSettingType(text));
    expect(code).toBe('invalid');
    expect(message).toContain(`${JSON.stringify(text)} is not a setting type: ${reason}`);
    expect(message).toContain(
      'accepted: int, float, str, bool, Enum[…] and Flags[…] of a JSON list of strings, numbers and booleans',
    );
    expect(errors).toEqual([{ field: 'type', message }]);
  });

  it(`takes ${MAX_TYPE_DEPTH} generics around one another and no more`, () => {
    const deep = (depth: number) => 'Mapping<'.repeat(depth) + 'Flags["a"]' + '>'.repeat(depth);
    expect(canonical(deep(32))).toBe(deep(32));
    expect(() => parseSettingType(deep(33))).toThrow('nested deeper than 32 levels');
  });

  it.each([
    ['openings', 'Sequence<'.repeat(120_000)],
    ['letters', 'a'.repeat(1 << 20)],
    ['spaces', `Enum${' '.repeat(1 << 20)}`],
    ['options', `Enum[${Array.from({ length: 130_000 }, (_, index) => index).join(',')}]`],
    ['brackets', `Flags${'['.repeat(1 << 20)}`],
  ])('answers a megabyte of %s, which would not end if each character looked at all', (_, text) => {
    try {
      parseSettingType(text);
    } catch (error) {
      expect(error).toMatchObject({ code: 'invalid' });
    }
  });

  it('reads back what formatSettingType wrote', () => {
    fc.assert(
      fc.property(types, (type) => {
        expect(parseSettingType(formatSettingType(type))).toEqual(type);
      }),
    );
  });

  it('gives the same canonical text for options in any order, with repeats and white space', () => {
    fc.assert(
      fc.property(fc.array(primitives), fc.constantFrom('', ' ', '\n\t'), (list, space) => {
        const write = (items: readonly string[]) =>
          `Flags${space}[${items.map((item) => space + item).join(`${space},`)}${space}]`;
        const text = canonical(write(list));
        expect(canonical(write([...list, ...list].reverse()))).toBe(text);
        expect(canonical(text)).toBe(text);
      }),
    );
  });
});

describe('accepts', () => {
  it.each([
    ['int', ['0', '-0', '1.0', '1e2', '1e300', '-9007199254740993'], ['1.5', '1e-9', 'true', '"1"', 'null', '[]']],
    ['int', ['9'.repeat(1000), '9007199254740993.0'], ['9007199254740993.5', '0.99999999999999999999']],
    ['float', ['0', '1.5', '1e300', '-1'], ['true', '"1.5"', 'null', '{}']],
    ['str', ['""', '"\\u0000"'], ['0', 'null', '[]', 'false']],
    ['bool', ['true', 'false'], ['0', '1', '"true"', 'null']],
    ['Enum["a",1]', ['"a"', '1', '1.0', '"\\u0061"'], ['"A"', 'true', '"1"', 'null', '["a"]', '0', '{}']],
    ['Enum[9007199254740993]', ['9007199254740993', '9007199254740993.0'], ['9007199254740992', '9007199254740994']],
    ['Flags[9007199254740993,9007199254740992]', ['[9007199254740993,9007199254740992]'], ['[1]']],
    ['Enum[true]', ['true'], ['1', '"true"']],
    ['Enum[0]', ['0', '-0', '0.0'], ['false', '""', 'null']],
    ['Enum[]', [], ['null', '""', '[]']],
    ['Flags["a",1,true]', ['[]', '["a"]', '[true,1,"a"]'], ['"a"', '["a","a"]', '[1,1.0]', '["b"]', '[["a"]]', '{}']],
    ['Flags[]', ['[]'], ['[null]', 'null']],
    ['Sequence<int>', ['[]', '[1,1,2.0]'], ['[1,true]', '{}', '1', 'null']],
    ['Mapping<Enum[1]>', ['{}', '{"__proto__":1,"constructor":1.0}'], ['{"a":2}', '[]', 'null', '{"__proto__":{}}']],
    ['Mapping<Sequence<str>>', ['{"a":[],"":["x"]}'], ['{"a":"x"}', '[["x"]]']],
  ])('%s: all of %j and none of %j', (text, members, others) => {
    const type = parseSettingType(text);
    expect(members.filter((source) => !accepts(type, parseJson(source)))).toEqual([]);
    expect(others.filter((source) => accepts(type, parseJson(source)))).toEqual([]);
  });

  it('checks a hundred thousand values against as many options', () => {
    const members = Array.from({ length: 100_000 }, (_, index) => String(index));
    const list = parseJson(`[${members.join(',')}]`);
    expect(accepts({ kind: 'flags', options: members }, list)).toBe(true);
    expect(accepts({ kind: 'sequence', item: { kind: 'enum', options: members } }, list)).toBe(true);
  });
});

describe('isSubtype', () => {
  it.each([
    ['int', 'float'],
    ['Enum[1]', 'Enum[1,2]'],
    ['Enum[]', 'Enum[true]'],
    ['Enum[9007199254740993]', 'Enum[9007199254740992,9007199254740993]'],
    ['Flags["a"]', 'Flags["b","a"]'],
    ['Sequence<int>', 'Sequence<float>'],
    ['Mapping<Sequence<Enum[1.0]>>', 'Mapping<Sequence<Enum[2,1]>>'],
  ])('%s is narrower than %s, and not the other way round', (narrow, wide) => {
    expect(isSubtype(parseSettingType(narrow), parseSettingType(wide))).toBe(true);
    expect(isSubtype(parseSettingType(wide), parseSettingType(narrow))).toBe(false);
  });

  it.each([
    ['int', 'int'],
    ['int', 'str'],
    ['bool', 'int'],
    ['Enum[1]', 'Enum[1.0]'],
    ['Enum[1]', 'Enum[true,"1"]'],
    ['Enum[1]', 'Flags[1,2]'],
    ['Enum[1]', 'int'],
    ['Enum[true,false]', 'bool'],
    ['Enum[1,2]', 'Enum[2,3,4]'],
    ['Flags["a"]', 'Sequence<str>'],
    ['Sequence<int>', 'Mapping<float>'],
    ['Sequence<int>', 'float'],
    ['Sequence<Sequence<int>>', 'Sequence<float>'],
  ])('%s and %s are unordered', (a, b) => {
    expect(isSubtype(parseSettingType(a), parseSettingType(b))).toBe(false);
    expect(isSubtype(parseSettingType(b), parseSettingType(a))).toBe(false);
  });

  it('is a strict partial order', () => {
    const chains = relatives.chain(([a, b]) =>
      fc.tuple(fc.constant(a), fc.constant(b), fc.oneof(varied(b), closeTypes)),
    );
    fc.assert(
      fc.property(chains, ([a, b, c]) => {
        expect(isSubtype(a, a)).toBe(false);
        expect(isSubtype(a, b) && isSubtype(b, a)).toBe(false);
        expect(isSubtype(a, b) && sameType(a, b)).toBe(false);
        if (isSubtype(a, b) && isSubtype(b, c)) expect(isSubtype(a, c)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('implies that the wider type accepts what the narrower one does', () => {
    const cases = relatives.chain(([a, b]) => fc.tuple(fc.constant(a), fc.constant(b), valueTexts(a)));
    fc.assert(
      fc.property(cases, ([a, b, text]) => {
        fc.pre(isSubtype(a, b) || sameType(a, b));
        const value = parseJson(text);
        if (accepts(a, value)) expect(accepts(b, value)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('sameType', () => {
  it('holds between types of one canonical text only', () => {
    fc.assert(
      fc.property(relatives, ([a, b]) => {
        expect(sameType(a, a)).toBe(true);
        expect(sameType(a, b)).toBe(formatSettingType(a) === formatSettingType(b));
      }),
    );
    expect(sameType(parseSettingType('Enum[1]'), parseSettingType('Flags[1]'))).toBe(false);
    expect(sameType(parseSettingType('Enum[2,1.0]'), parseSettingType('Enum [1, 2]'))).toBe(true);
  });
});

describe('a type that is too large', () => {
  const options = (length: number) => `[${Array.from({ length }, (_, index) => index).join(',')}]`;

  it.each(['Enum', 'Flags', 'Sequence<Enum', 'Mapping<Flags'])('has more options than one of %s may', (name) => {
    const text = (length: number) => `${name}${options(length)}${name.includes('<') ? '>' : ''}`;
    expect(formatSettingType(parseSettingType(text(MOST_OPTIONS)))).toHaveLength(text(MOST_OPTIONS).length);
    expect(() => parseSettingType(text(MOST_OPTIONS + 1))).toThrow('at most 2000 options; given: 2001');
    expect(parseStoredSettingType(text(MOST_OPTIONS + 1))).not.toBeNull();
  });

  it('has more characters', () => {
    const text = (length: number) => `Enum["${'x'.repeat(length - 'Enum[""]'.length)}"]`;
    expect(parseSettingType(text(LONGEST_TYPE)).kind).toBe('enum');
    expect(() => parseSettingType(text(LONGEST_TYPE + 1))).toThrow('at most 65536 characters; given: 65537');
    expect(parseStoredSettingType(text(LONGEST_TYPE + 1))?.kind).toBe('enum');
  });

  it('is null for a malformed type of another writer', () => {
    expect(parseStoredSettingType('Enum[')).toBeNull();
  });
});
