import { matchesEtag } from './if-none-match.js';

const ETAG = '"abc"';

it.each<[header: string | undefined, matches: boolean]>([
  [undefined, false],
  ['', false],
  ['*', true],
  [' * ', true],
  ['"abc"', true],
  ['W/"abc"', true],
  ['"x", "abc"', true],
  ['"x","abc"', true],
  [' ,, "x" , W/"abc" ,', true],
  ['"x,y", "abc"', true],
  ['"\u00e9", "abc"', true],
  ['"", "abc"', true],
  ['"x"', false],
  ['W/"x"', false],
  ['abc', false],
  ['"', false],
  ['""', false],
  ['"*"', false],
  ['w/"ABC"', false],
  ['"ABC"', false],
  ['"abc', false],
  ['"abc "', false],
  ['"x", *', false],
  ['"abc-gzip"', true],
  ['"abc;gzip"', true],
  ['"abc--gzip"', true],
  ['"abc-br"', true],
  ['W/"abc-gzip"', true],
  ['"abc-gzip-gzip"', true],
  ['"x", W/"abc-br"', true],
  ['"abc-zip"', false],
  ['"abc-"', false],
  ['"x-gzip"', false],
  ['"-gzip"', false],
  ['"abc" "x"', false],
  ['"abc", x', false],
  ['"abc", "', false],
  ['x, "abc"', false],
  ['"abc"; "x"', false],
])('If-None-Match: %s names the tag "abc": %s', (header, matches) => {
  expect(matchesEtag(header, ETAG)).toBe(matches);
});

it('a long header of nothing but quotes is read in one go', () => {
  // Trying again from each quote would take minutes.
  expect(matchesEtag('"'.repeat(64_000) + 'W/"x'.repeat(160_000), ETAG)).toBe(false);
});
