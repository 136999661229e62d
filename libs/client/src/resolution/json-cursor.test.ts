import fc from 'fast-check';
import { takeApart } from '../service/query.js';
import { itemsAt, membersAt, requireEnd, skipValue, skipValueInSteps, takeValue } from './json-cursor.js';
import { Turns } from '../concurrency.js';

/** Reads a text piece by piece, down to the last. */
function readApart(text: string): unknown {
  const cursor = { text, at: 0 };
  const value = readAt(cursor);
  requireEnd(cursor);
  return value;
}

function readAt(cursor: { readonly text: string; at: number }): unknown {
  if (cursor.text[cursor.at] === '[') return [...itemsAt(cursor)];
  if (cursor.text[cursor.at] !== '{') return takeValue(cursor);
  const members: [string, unknown][] = [];
  for (const key of membersAt(cursor)) members.push([key, readAt(cursor)]);
  return Object.fromEntries(members);
}

it('reads any JSON as JSON.parse does, however it is spaced', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, '\t', '\r\n'), (value, space) => {
      const text = JSON.stringify(value, undefined, space);
      expect(readApart(text)).toEqual(JSON.parse(text));
    }),
  );
});

it.each([
  '{"a":"\\\\"}',
  '{"\\"":"\\\\\\""}',
  '{"{":"}","[":["]",{"}":","}]}',
  '[]',
  '{}',
  '[[],{}]',
  '"\\u007d"',
  '1e3',
])('reads %s', (text) => expect(readApart(text)).toEqual(JSON.parse(text)));

it('text that has been cut or mixed up is refused, wherever', () => {
  const text = JSON.stringify({ settings: { a: { rules: [{ value: 'x\\"', rule_id: 1 }], default_value: [1, {}] } } });
  for (let end = 0; end < text.length; end += 1) {
    expect(() => readApart(text.slice(0, end))).toThrow(SyntaxError);
  }
  fc.assert(
    fc.property(fc.nat(text.length - 1), fc.string({ maxLength: 2 }), (at, put) => {
      const mixed = text.slice(0, at) + put + text.slice(at + 1);
      let expected: unknown;
      try {
        expected = JSON.parse(mixed);
      } catch {
        expect(() => readApart(mixed)).toThrow(SyntaxError);
        return;
      }
      expect(readApart(mixed)).toEqual(expected);
    }),
  );
});

it('takes an answer apart', async () => {
  const settings = { a: { rules: [], default_value: 1 }, __proto__x: {} };
  const text = JSON.stringify({ more: [1], settings, context_features: ['user'] }, undefined, 1);
  const taken = await takeApart(text, new Turns());
  expect([...taken.settings].map(([name, part]) => [name, JSON.parse(part) as unknown])).toEqual(
    Object.entries(settings),
  );
  expect(taken.contextFeatures).toEqual(['user']);
});

it.each([
  '',
  'null',
  '[]',
  '{}',
  '<html>',
  '{"settings":[]}',
  '{"settings":{}',
  '{"settings":{}}x',
  '{"settings":{},"context_features":[1]}',
])('refuses %s as an answer', async (text) => {
  await expect(takeApart(text, new Turns())).rejects.toThrow();
});

it('stepping over a large value takes many steps, and ends where stepping over it at once does', () => {
  const text = `${JSON.stringify(Array.from({ length: 20_000 }, (_, id) => [id, `"${id}]`, { id }]))},1`;
  const [atOnce, inSteps] = [
    { text, at: 0 },
    { text, at: 0 },
  ];
  skipValue(atOnce);
  expect([...skipValueInSteps(inSteps)].length).toBeGreaterThan(10);
  expect([inSteps.at, text.slice(inSteps.at)]).toEqual([atOnce.at, ',1']);
});
