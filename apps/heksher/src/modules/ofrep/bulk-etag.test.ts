import { parseRamp } from '@heksher/core';
import { bulkEtag } from './bulk-etag.js';

const ramp = parseRamp({ start: '2026-01-01T00:00:00Z', end: '2026-01-02T00:00:00Z', from: 0, to: 100 });
const START = Date.parse('2026-01-01T00:00:00Z');
const HOUR = 3_600_000;
const context = new Map([
  ['user', 'u'],
  ['theme', 'dark'],
]);
const tag = bulkEtag('token', context, [ramp], START + HOUR);

it('is a strong tag, the same for the same', () => {
  expect(tag).toMatch(/^"[\w-]{27}"$/);
  const same = new Map([...context].reverse());
  expect(bulkEtag('token', same, [ramp], START + HOUR)).toBe(tag);
});

it.each([
  ['the revision', bulkEtag('other', context, [ramp], START + HOUR)],
  ['a value of the context', bulkEtag('token', new Map([...context, ['user', 'v']]), [ramp], START + HOUR)],
  ['which feature has the value', bulkEtag('token', new Map([...context, ['account', 'x']]), [ramp], START + HOUR)],
  ['the clock while a ramp is running', bulkEtag('token', context, [ramp], START + HOUR + 1_000)],
])('is another where %s is another', (_, other) => {
  expect(other).not.toBe(tag);
});

it('values that run together differently are different', () => {
  const of = (user: string, theme: string): string =>
    bulkEtag('t', new Map([['user', user], ['theme', theme]]), [], 0); // prettier-ignore
  expect(of('a","b', 'c')).not.toBe(of('a', 'b","c'));
});

it('stays the same before a ramp starts, after it has ended, and without any', () => {
  const at = (nowMs: number): string => bulkEtag('token', context, [ramp], nowMs);
  expect(at(START - HOUR)).toBe(at(START));
  expect(at(START + 24 * HOUR)).toBe(at(START + 48 * HOUR));
  expect(bulkEtag('token', context, [], START)).toBe(bulkEtag('token', context, [], START + HOUR));
});
