import fc from 'fast-check';
import { HeksherError } from '@heksher/core';
import { parseTags } from './tags.js';

const word = fc.stringMatching(/^[a-z]{1,8}$/).map((text) => `t_${text}`);

describe('parseTags', () => {
  it.each([
    ['', {}],
    ['   ', {}],
    ['env:prod', { env: 'prod' }],
    [' env:prod \t team:core\n', { env: 'prod', team: 'core' }],
    ['url:http://x:80', { url: 'http://x:80' }],
  ])('reads %j', (text, tags) => {
    expect(parseTags(text)).toEqual(tags);
  });

  it('keeps a tag called __proto__ as a plain field', () => {
    expect(JSON.stringify(parseTags('__proto__:x'))).toBe('{"__proto__":"x"}');
  });

  it('reads back whatever pairs were written', () => {
    fc.assert(
      fc.property(fc.dictionary(word, word), (tags) => {
        const text = Object.entries(tags).map((pair) => pair.join(':'));
        expect({ ...parseTags(text.join(' ')) }).toEqual({ ...tags });
      }),
    );
  });

  it.each([
    ['env', '"env" is not a tag'],
    [':prod', '":prod" is not a tag'],
    ['env:', '"env:" is not a tag'],
    ['a:b a:c', '"a:c" names a tag a second time'],
    ['level:x', '"level:x" has the name of a field that every record has already'],
  ])('refuses %j and says why and what is accepted', (text, problem) => {
    const parse = () => parseTags(text);
    expect(parse).toThrow(HeksherError);
    expect(parse).toThrow(problem);
    expect(parse).toThrow('accepted: name:value words between spaces');
  });

  it('lists every word it refuses at once', () => {
    expect(() => parseTags('one fine:x two')).toThrow('"one" is not a tag; "two" is not a tag');
  });
});
