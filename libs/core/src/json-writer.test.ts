import fc from 'fast-check';
import { rawJson, type Writable, writeJson } from './json-writer.js';

describe('writeJson', () => {
  it.each<[Writable, string]>([
    [rawJson('1.0'), '1.0'],
    [[rawJson('{"b":1E2}'), 'x', null], '[{"b":1E2},"x",null]'],
    [{ a: undefined, b: false, c: rawJson('""') }, '{"b":false,"c":""}'],
    [
      new Map<string, Writable>([
        ['2', 1],
        ['1', rawJson('1.50')],
        ['__proto__', {}],
      ]),
      '{"2":1,"1":1.50,"__proto__":{}}',
    ],
    [{ a: new Map([['k"', []]]) }, '{"a":{"k\\"":[]}}'],
    ['\ud800\u0000', '"\\ud800\\u0000"'],
    [Number.NaN, 'null'],
  ])('writes case %# as it says', (value, text) => {
    expect(writeJson(value)).toBe(text);
  });

  it('writes what JSON.stringify writes where there is nothing raw', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(writeJson(value as Writable)).toBe(JSON.stringify(value));
      }),
    );
  });

  it('writes a Map as the object with these members', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(fc.string(), fc.jsonValue()), { selector: ([key]) => key }), (members) => {
        const parts = members.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
        expect(writeJson(new Map(members as [string, Writable][]))).toBe(`{${parts.join(',')}}`);
      }),
    );
  });
});
