import fc from 'fast-check';
import { jsonEquals, jsonText } from './json.js';
import { jsonKey } from './json-key.js';
import { parseStoredJson } from './json-parser.js';

describe('jsonKey', () => {
  it.each([
    ['1', '1.0', true],
    ['0', '-0', true],
    ['[9007199254740993]', '[9007199254740993.0]', true],
    ['[9007199254740993]', '[9007199254740992]', false],
    ['{"a":1,"b":[2]}', '{"b":[2.0],"a":1e0}', true],
    ['"é"', '"\\u00e9"', true],
    ['1', '"1"', false],
    ['true', '"true"', false],
    ['[1,2]', '[2,1]', false],
    ['{"a":1}', '{"a":2}', false],
    ['["a,b"]', '["a","b"]', false],
    ['NaN', 'NaN', true],
    ['NaN', 'null', false],
  ])('of %s and of %s: equal is %j', (a, b, answer) => {
    expect(jsonKey(jsonText(a)) === jsonKey(jsonText(b))).toBe(answer);
  });

  it('is equal just where jsonEquals holds', () => {
    const texts = fc.jsonValue({ depthSize: 'small' }).map((value) => jsonText(JSON.stringify(value)));
    const small = fc
      .constantFrom('[]', '{}', '[[]]', 'null', '0', '-0', '"0"', '[0]', '{"a":0}', '{"a":[]}', '1e22', '10e21')
      .map(jsonText);
    fc.assert(
      fc.property(fc.oneof(texts, small), fc.oneof(texts, small), (a, b) => {
        const [one, other] = [parseStoredJson(a), parseStoredJson(b)];
        if (one === null || other === null) throw new Error('not JSON');
        expect(jsonKey(a) === jsonKey(b)).toBe(jsonEquals(one, other));
      }),
    );
  });
});
