import {
  conflict,
  HeksherError,
  invalid,
  listed,
  MOST_ENTRIES,
  notFound,
  ProblemList,
  quoted,
  shortened,
} from './errors.js';

describe('errors', () => {
  it('names the missing thing with its name in quotes, whatever stands in it', () => {
    expect(notFound('setting', 'a"b\n')).toMatchObject({
      code: 'not_found',
      message: 'the setting "a\\"b\\n" does not exist',
    });
  });

  it('lists a field only where one was named', () => {
    expect(invalid('bad', 'type').errors).toEqual([{ field: 'type', message: 'bad' }]);
    expect(invalid('bad').errors).toEqual([]);
  });

  it('keeps the cause it was given', () => {
    const cause = new Error('below');
    expect(new HeksherError('unavailable', 'no answer', { cause }).cause).toBe(cause);
    expect(conflict('taken')).toBeInstanceOf(Error);
    expect('cause' in conflict('taken')).toBe(false);
  });

  it.each([
    ['short', '"short"'],
    ['a"\u0000', '"a\\"\\u0000"'],
    ['x'.repeat(100), `"${'x'.repeat(100)}"`],
    ['x'.repeat(101), `"${'x'.repeat(100)}"…`],
  ])('quotes %j as %j', (text, quotedText) => {
    expect(quoted(text)).toBe(quotedText);
  });

  it('keeps the first of very many entries and the beginning of very long texts, and counts the rest', () => {
    const entry = { field: 'f'.repeat(1_000_000), message: 'm'.repeat(1_000_000) };
    const error = new HeksherError('invalid', 'x'.repeat(1_000_000), {
      errors: Array(50).fill(entry) as (typeof entry)[],
    });
    expect([error.errors.length, error.omitted]).toEqual([MOST_ENTRIES, 30]);
    expect(JSON.stringify([error.message, error.errors]).length).toBeLessThan(30_000);
  });

  it('a list of problems makes no entry that it does not keep', () => {
    const problems = new ProblemList();
    let made = 0;
    for (let index = 0; index < 100_000; index += 1) {
      problems.add(() => ({ field: 'a', message: `problem ${(made += 1)}` }));
    }
    const { errors, omitted, message } = problems.toError();
    expect([made, errors.length, omitted]).toEqual([MOST_ENTRIES, MOST_ENTRIES, 100_000 - MOST_ENTRIES]);
    expect(message).toMatch(/^problem 1; problem 2; .*and 99980 more problems$/);
  });

  it('makes no error of a problem that is only counted', () => {
    const problems = new ProblemList();
    let made = 0;
    for (let index = 0; index < 100_000; index += 1) {
      problems.refuse(() => invalid(`problem ${(made += 1)}`, 'a', { pointer: `/a/${index}` }));
    }
    const { errors, omitted } = problems.toError();
    expect([made, errors.length, omitted]).toEqual([MOST_ENTRIES, MOST_ENTRIES, 100_000 - MOST_ENTRIES]);
    expect(errors[1]).toMatchObject({ message: 'problem 2', pointer: '/a/1' });
  });

  it('a list of problems throws on what is no fault of the input', () => {
    expect(() => new ProblemList().addFrom(new Error('bug'), 'a')).toThrow('bug');
  });

  it.each([
    [['a', 'b'], '"a", "b"'],
    [['a', 'b', 'c'], '"a", "b" and 1 more'],
    [[], ''],
  ])('lists %j as %j', (names, text) => {
    expect(listed(names, quoted, 2)).toBe(text);
  });

  it('shortens between characters', () => {
    expect(shortened('ab😀c', 3)).toBe('ab…');
    expect(shortened('ab😀', 4)).toBe('ab😀');
  });
});
