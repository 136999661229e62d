import { parseAsOf, pastAsked } from './as-of.js';

it.each([
  ['1042', { seq: '1042' }],
  ['007', { seq: '7' }],
  ['2026-03-01T09:00:00Z', { atMs: Date.UTC(2026, 2, 1, 9) }],
  ['2026-03-01T11:00:00+02:00', { atMs: Date.UTC(2026, 2, 1, 9) }],
  ['2026-03-01T11:00:00 02:00', { atMs: Date.UTC(2026, 2, 1, 9) }],
])('%s names a state', (text, asOf) => {
  expect(parseAsOf(text)).toEqual(asOf);
});

it.each(['', '-1', '1.5', '1e3', 'yesterday', '2026-03-01', '1'.repeat(19)])('%j names none', (text) => {
  expect(() => parseAsOf(text, 'from')).toThrow('from must be the number of a revision, or an RFC 3339 time');
});

it.each([
  [undefined, undefined],
  ['', undefined],
  ['settings=as_of', undefined],
  ['settings=a&as_of=5&context_filters=*', 'settings=a&context_filters=*'],
  ['as%5fof=5', ''],
  ['%61s_of=5&q=a%20b', 'q=a%20b'],
])('of %j, what is left beside the past is %j', (queryString, rest) => {
  expect(pastAsked(queryString)?.queryString).toBe(rest);
});

it('one state is asked for', () => {
  expect(() => pastAsked('as_of=1&as_of=2')).toThrow('as_of must be given once, not 2 times');
});
