import { compilePattern } from '@heksher/core/re2';
import { anyOf, fromRe2, re2Source } from './re2-pattern.js';

describe('a pattern in the syntax of RE2', () => {
  it.each([
    [/01$/, '01$'],
    [/a|b/gi, '(?i)a|b'],
    [/^a.b$/dims, '(?ims)^a.b$'],
    [/bo/y, '\\A(?:bo)'],
    [/bo|x/iy, '(?i)\\A(?:bo|x)'],
    [/\d\.\/\p{L}/u, '\\d\\.\\/\\p{L}'],
  ])('%s is %s, and back', (pattern, source) => {
    expect(re2Source(pattern)).toBe(source);
    const back = fromRe2(source);
    for (const unit of ['01', 'A', 'b', 'xbo', 'bo', 'BOB', 'a\nb', '7./ä', '']) {
      pattern.lastIndex = 0;
      const found = pattern.test(unit);
      expect({ unit, found: compilePattern(source).test(unit) }).toEqual({ unit, found });
      if (back !== undefined && !pattern.flags.includes('u')) {
        back.lastIndex = 0;
        expect({ unit, found: back.test(unit) }).toEqual({ unit, found });
      }
    }
  });

  it.each(['\\Aa', '\\Qa\\E', 'a\\z', '\\pL', 'x\\C', '\\\\\\a', '[[:alpha:]]', '\\h'])(
    'is refused where it has %s, which JavaScript takes for something else',
    (source) => expect(() => re2Source(new RegExp(source))).toThrow('means something else'),
  );

  it('is refused with the flag v', () => expect(() => re2Source(new RegExp('a', 'v'))).toThrow('"v"'));

  it.each(['\\\\A', '\\[:', '\\\\\\\\Q', '\\w\\b\\x41\\t'])('is not refused for %s', (source) => {
    expect(re2Source(new RegExp(source))).toBe(source);
  });

  it('of several is found where one of them is', () => {
    const source = anyOf([/^a|b$/i, /c/].map(re2Source));
    const found = ['A', 'xB', 'xax', 'c', 'C', 'd'].filter((unit) => compilePattern(source).test(unit));
    expect(found).toEqual(['A', 'xB', 'c']);
    expect(anyOf([])).toBe('');
  });

  it('cannot always be said in JavaScript', () => expect(fromRe2('(?i:a)(?P<n>b)')).toBeUndefined());
});
