import { type Encoding, encodingFor, markedEtag, varyByEncoding } from './compression.js';
import { matchesEtag } from './if-none-match.js';

it.each<[accepted: string | undefined, encoding: Encoding | undefined]>([
  [undefined, undefined],
  ['', undefined],
  ['identity', undefined],
  ['deflate', undefined],
  ['gzip', 'gzip'],
  ['GZIP', 'gzip'],
  ['gzip, deflate', 'gzip'],
  ['gzip, deflate, br', 'br'],
  ['br;q=0.5, gzip', 'gzip'],
  ['br;q=0, gzip;q=0.1', 'gzip'],
  ['gzip;q=0', undefined],
  ['gzip;q=x', undefined],
  ['*', 'br'],
  ['*;q=0', undefined],
  ['br;q=0, *', 'gzip'],
])('to Accept-Encoding: %s goes %s', (accepted, encoding) => {
  expect(encodingFor(accepted)).toBe(encoding);
});

it.each<Encoding>(['br', 'gzip'])('the tag of an answer in %s is another one that still matches', (encoding) => {
  expect(markedEtag('"abc"', encoding)).not.toBe('"abc"');
  expect(matchesEtag(markedEtag('"abc"', encoding), '"abc"')).toBe(true);
});

it('answers say once that they vary, also with another reason', () => {
  const [plain, shared] = [
    ['A', '1'],
    ['Vary', 'Origin', 'A', '1'],
  ];
  varyByEncoding(plain);
  varyByEncoding(shared);
  expect(plain).toEqual(['A', '1', 'Vary', 'Accept-Encoding']);
  expect(shared).toEqual(['Vary', 'Origin, Accept-Encoding', 'A', '1']);
});
