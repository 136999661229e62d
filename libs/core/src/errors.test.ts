import { conflict, HeksherError, invalid, notFound, quoted } from './errors.js';

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
});
