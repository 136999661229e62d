import fc from 'fast-check';
import { HeksherError } from '../errors.js';
import { compilePattern, warmUpPatterns, MAX_PATTERN_SIZE } from './index.js';
import { measurePattern } from './measure-pattern.js';

function refusal(source: string): string {
  try {
    compilePattern(source);
  } catch (error) {
    if (error instanceof HeksherError && error.code === 'invalid') return error.message;
    throw error;
  }
  throw new Error(`${source} was not refused`);
}

it.each([
  ['beta', 'my-beta-user', true],
  ['^beta', 'my-beta-user', false],
  ['@example\\.com$', 'jim@example.com', true],
  ['@example\\.com$', 'jim@example.com.org', false],
  ['(?i)ÉTÉ', 'été', true],
  ['^\\pL+$', '用户', true],
  ['^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$', '0c5d2b8e-7d0f-4d0e-9b6e-6a1f4f0f9a11', true],
  ['^.{2}$', '😀😀', true],
  ['\\Qa.b*\\E+', 'a.b***', true],
  ['x{2', 'x{2', true],
])('%j searched for in %j: %j', (source, unit, found) => {
  const pattern = compilePattern(source);
  expect(pattern.source).toBe(source);
  expect(pattern.test(unit)).toBe(found);
});

/** Each kind of fault, and where it is also where the same text stands elsewhere in the pattern and is right there. */
it.each([
  ['a(b', 'missing closing ), "(" at position 2'],
  ['(a)(\\((b)[(]', 'missing closing ), "(" at position 4'],
  ['a)b', 'unexpected ), ")" at position 2'],
  ['(a)[)]\\)b)', 'unexpected ), ")" at position 10'],
  ['x[a][^]b', 'missing closing ], "[^]b" at position 5'],
  ['*a', 'missing argument to repetition operator, "*" at position 1'],
  ['a*|*', 'missing argument to repetition operator, "*" at position 4'],
  ['b*a**c**', 'invalid nested repetition operator, "**" at position 4'],
  ['a+??*', 'invalid nested repetition operator, "+??" at position 2'],
  ['\\{2,1}a{2,1}', 'invalid repeat count, "{2,1}" at position 8'],
  ['a\\E', 'invalid escape sequence, "\\\\E" at position 2'],
  ['a\\', 'trailing backslash at end of expression, "\\\\" at position 2'],
  ['\\\\1\\1\\1', 'invalid escape sequence, "\\\\1" at position 4'],
  ['\\x{61}\\x{6', 'invalid escape sequence, "\\\\x{6" at position 7'],
  ['\\Q\\p{Nope}\\E\\p{Nope}.', 'invalid character class range, "\\\\p{Nope}" at position 13'],
  ['a\\p{', 'invalid character class range, "\\\\p{" at position 2'],
  ['z-a[z-a]', 'invalid character class range, "z-a" at position 5'],
  ['[[:alpha:]][[:nope:]]', 'invalid character class range, "[:nope:]" at position 13'],
  ['(?P<n', 'invalid named capture, "(?P<n" at position 1'],
  ['n(?P<a-n>n)', 'invalid named capture, "(?P<a-n>" at position 2'],
  ['n(?P<n>n)(?P<n>n)', 'duplicate capture group name, "n" at position 14'],
  ['(?i)a(?z)', 'invalid or unsupported Perl syntax, "(?z" at position 6'],
  ['(?i)(?', 'invalid or unsupported Perl syntax, "(?" at position 5'],
  ['[(?=](?=a)', 'invalid or unsupported Perl syntax, "(?=" at position 6'],
  ['a(?!b)', 'invalid or unsupported Perl syntax, "(?!" at position 2'],
  ['😀é(', 'missing closing ), "(" at position 3'],
])('%j is refused: %s', (source, problem) => {
  expect(refusal(source)).toBe(`the pattern ${JSON.stringify(source)} is no RE2 syntax: ${problem}`);
});

it('what is refused names the field, where there is one', () => {
  const error: unknown = (() => {
    try {
      return compilePattern('(', 'pattern');
    } catch (thrown) {
      return thrown;
    }
  })();
  expect(error).toBeInstanceOf(HeksherError);
  const { message, errors } = error as HeksherError;
  expect(errors).toEqual([{ field: 'pattern', message }]);
});

it('an empty pattern, a long one, and one that no unit has are refused', () => {
  expect(refusal('')).toContain('is empty');
  expect(refusal('é'.repeat(1001))).toContain('has 1001 characters; at most 1000');
  expect(compilePattern('😀'.repeat(1000)).test('a')).toBe(false);
  expect(refusal('a\0')).toContain('U+0000');
  expect(refusal('\ud800')).toContain('lone surrogate');
});

it.each([
  ['nested counts', '((((a?){30}){30}){1})'.repeat(40)],
  ['a long count', '(a?){500}a{500}$'],
  ['Unicode classes', '(?i)' + '\\pL'.repeat(330)],
  ['Unicode classes in classes', '[\\pL\\PN]'.repeat(100)],
  ['an open count', 'a{300,}'],
])('%s that make a pattern large are refused', (_, source) => {
  expect(refusal(source)).toMatch(/is too large: .* counts \d+, at most 1000/);
});

it('plain text of any length is not too large', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'ab|()?*+.[]^$-@'), maxLength: 1000 }), (source) => {
      expect(measurePattern(source).size).toBeLessThanOrEqual(MAX_PATTERN_SIZE);
    }),
  );
});

const pieces = ['a', 'é', '😀', '(', ')', '[', ']', '^', '-', '\\', 'p', '{', '}', '2', ',', '*', '+', '?', '|', ':'];
const more = ['(?', '(?P<n>', '(?i)', '[:alpha:]', '\\pL', '\\Q', '\\E', '\\x{61}', '{2,3}', '\\d', '$', '.', '!', '='];

it('any text is compiled or refused with the place where its fault is', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces, ...more), { minLength: 1, maxLength: 30 }), (parts) => {
      const source = parts.join('');
      try {
        compilePattern(source).test('aé😀');
      } catch (error) {
        if (!(error instanceof HeksherError)) throw error;
        if (error.message.includes('is too large')) return;
        const problem = error.message.split('is no RE2 syntax:').at(-1) ?? '';
        const [, fragment, position] = /^[^"]*, ("[^]*") at position (\d+)$/.exec(problem) ?? [];
        expect(position).toBeDefined();
        const rest = [...source].slice(Number(position) - 1).join('');
        expect(rest.startsWith(JSON.parse(fragment ?? '""') as string)).toBe(true);
      }
    }),
    { numRuns: 2000 },
  );
});

it('warms up in steps, of patterns that are accepted', () => {
  expect([...warmUpPatterns()]).toHaveLength(6);
});
