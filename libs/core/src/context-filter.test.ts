import fc from 'fast-check';
import { admits } from './condition.js';
import { type ContextFilter, parseContextFilter, parseFeatureValues } from './context-filter.js';
import { HeksherError } from './errors.js';
import { isContextFeatureName, isFeatureValue } from './names.js';

const show = (filter: ContextFilter) =>
  filter.kind === 'everything'
    ? '*'
    : Object.fromEntries(Array.from(filter.features, ([name, values]) => [name, values === '*' ? '*' : [...values]]));

const failure = (read: () => unknown): { code: string; message: string } => {
  try {
    read();
  } catch (error) {
    if (error instanceof HeksherError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

const features = fc.constantFrom('user', 'trust', 'theme', 'A_9');
const someValue = fc.constantFrom('john', 'jim', 'a@b.c', 'été', '-', '1');
const admitted = fc.oneof(fc.constant('*' as const), fc.uniqueArray(someValue, { minLength: 1 }));
const filterMembers = fc.uniqueArray(fc.tuple(features, admitted), { minLength: 1, selector: ([name]) => name });
const conditionLists = fc.uniqueArray(fc.tuple(features, someValue), { selector: ([name]) => name });
const write = (members: readonly (readonly [string, '*' | readonly string[]])[]) =>
  members.map(([name, values]) => `${name}:${values === '*' ? '*' : `(${values.join(',')})`}`).join(',');

describe('parseContextFilter', () => {
  it.each([
    ['*', '*'],
    ['', {}],
    ['user:*', { user: '*' }],
    ['user:(john)', { user: ['john'] }],
    ['user:(john,jim),theme:*', { user: ['john', 'jim'], theme: '*' }],
    ['User9:(a@b.c,a@b.c,été,-)', { User9: ['a@b.c', 'été', '-'] }],
  ])('reads %j', (text, filter) => {
    expect(show(parseContextFilter(text))).toEqual(filter);
  });

  it.each([
    ['**', 'no context feature name at position 0'],
    ['*,user:*', 'no context feature name at position 0'],
    ['user', 'expected ":" at position 4, found the end'],
    ['user:', 'expected "*" or "(" at position 5, found the end'],
    ['user:john', 'expected "*" or "(" at position 5, found "j"'],
    ['user:()', 'no value at position 6'],
    ['user:(a,)', 'no value at position 8'],
    ['user:(*)', 'no value at position 6'],
    ['user:(a b)', 'no value at position 6'],
    ['user:(a', 'expected "," or ")" at position 7, found the end'],
    ['user:(a)theme:*', 'expected the end at position 8, found "t"'],
    ['user:**', 'expected the end at position 6, found "*"'],
    ['user:*,', 'no context feature name at position 7'],
    [',user:*', 'no context feature name at position 0'],
    [' user:*', 'no context feature name at position 0'],
    ['us-er:*', 'no context feature name at position 0'],
    ['user:*\n', 'expected the end at position 6, found "\\n"'],
    [`user:(${'a'.repeat(256)})`, 'no value at position 6'],
  ])('refuses %j: %s', (text, reason) => {
    const { code, message } = failure(() => parseContextFilter(text));
    expect(code).toBe('invalid');
    expect(message).toContain(reason);
    expect(message).toContain('is not a context filter');
  });

  it('distinguishes a feature that is filtered twice from malformed text', () => {
    expect(failure(() => parseContextFilter('user:*,theme:*,user:(a)'))).toMatchObject({
      code: 'not_acceptable_here',
      message: 'the context feature "user" is filtered twice',
    });
  });

  it('reads back what was written', () => {
    fc.assert(
      fc.property(filterMembers, (members) => {
        expect(show(parseContextFilter(write(members)))).toEqual(Object.fromEntries(members));
      }),
    );
  });

  it('takes nothing that the regular grammar does not', () => {
    const value = '[\\p{L}\\p{M}\\p{N}_\\-.@+/=~#]{1,255}';
    const filter = `[a-zA-Z0-9_]{1,255}:(\\*|\\(${value}(,${value})*\\))`;
    const grammar = new RegExp(`^(\\*|(${filter}(,${filter})*)?)$`, 'u');
    const tokens = fc.constantFrom('user', 'theme', 'é', 'ि', ':', ':', ',', '(', ')', '*', ' ', 'a-b');
    fc.assert(
      fc.property(fc.array(tokens, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        const answer = ((): string => {
          try {
            return parseContextFilter(text).kind;
          } catch (error) {
            return error instanceof HeksherError ? error.code : 'broken';
          }
        })();
        // A feature filtered twice is refused as soon as it is met, whatever follows.
        if (answer === 'not_acceptable_here') expect(text).toMatch(/(^|,)(user|theme):.*,\2:/);
        else expect(answer !== 'invalid' && answer !== 'broken').toBe(grammar.test(text));
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['values', `user:(${'a,'.repeat(1 << 19)}`],
    ['a name', 'a'.repeat(1 << 20)],
    ['filters', Array.from({ length: 100_000 }, (_, index) => `f${index}:*`).join(',')],
  ])('answers a megabyte of %s, which would not end if each character looked at all', (_, text) => {
    try {
      parseContextFilter(text);
    } catch (error) {
      expect(error).toBeInstanceOf(HeksherError);
    }
  });
});

describe('admits', () => {
  it.each([
    ['*', [['user', 'x']], true],
    ['', [], true],
    ['', [['user', 'x']], false],
    ['user:*', [], true],
    ['user:*', [['user', 'x']], true],
    [
      'user:*',
      [
        ['user', 'x'],
        ['theme', 'dark'],
      ],
      false,
    ],
    [
      'user:(john,jim),theme:*',
      [
        ['user', 'jim'],
        ['theme', 'dark'],
      ],
      true,
    ],
    ['user:(john,jim)', [['user', 'jo']], false],
    ['user:(john)', [['__proto__', 'john']], false],
  ] as const)('by %j conditions %j: %j', (text, conditions, expectation) => {
    expect(admits(parseContextFilter(text), conditions)).toBe(expectation);
  });

  it('a rule exactly where its every condition alone is admitted', () => {
    fc.assert(
      fc.property(filterMembers, conditionLists, (members, conditions) => {
        const listed = new Map<string, '*' | readonly string[]>(members);
        const each = conditions.map(([feature, value]) => {
          const values = listed.get(feature) ?? [];
          return values === '*' || values.includes(value);
        });
        expect(admits(parseContextFilter(write(members)), conditions)).toBe(!each.includes(false));
      }),
    );
  });
});

describe('parseFeatureValues', () => {
  it('reads back what was written, in the order given', () => {
    fc.assert(
      fc.property(
        conditionLists.filter((list) => list.length > 0),
        (list) => {
          const text = list.map(([feature, value]) => `${feature}:${value}`).join(',');
          expect([...parseFeatureValues(text)]).toEqual(list);
        },
      ),
    );
  });

  it.each([
    ['', 'no context feature name at position 0'],
    ['user', 'expected ":" at position 4, found the end'],
    ['user:', 'no value at position 5'],
    ['user:a,', 'no context feature name at position 7'],
    ['user:a:b', 'expected the end at position 6, found ":"'],
    ['user:*', 'no value at position 5'],
    ['user:(a)', 'no value at position 5'],
    ['user:a b', 'no value at position 5'],
    ['user:a,theme:b,user:a', 'the context feature "user" is named twice'],
  ])('refuses %j: %s', (text, reason) => {
    const { code, message } = failure(() => parseFeatureValues(text));
    expect(code).toBe('invalid');
    expect(message).toContain(`${JSON.stringify(text)} is not a list of feature values: ${reason}`);
  });

  it('takes each single pair whose name and value keep the rules, and no other', () => {
    const word = fc.oneof(fc.string({ maxLength: 3 }), features, someValue);
    fc.assert(
      fc.property(word, word, (feature, value) => {
        const isGood = isContextFeatureName(feature) && isFeatureValue(value);
        const read = () => parseFeatureValues(`${feature}:${value}`).get(feature);
        if (isGood) expect(read()).toBe(value);
        else if (!value.includes(',')) expect(failure(read).code).toBe('invalid');
      }),
    );
  });
});
