import fc from 'fast-check';
import { longHash, textHash } from './text-hash.js';

it.each<[text: string, hash: number]>([
  ['', 0x811c9dc5],
  ['a', 0xe40c292c],
  ['foobar', 0xbf9cf968],
])('the FNV-1a hash of %j is the published one', (text, hash) => {
  expect(textHash(text)).toBe(hash);
  expect(longHash(text).first >>> 0).toBe(hash);
});

it('both halves of the long hash differ for texts that differ in one unit', () => {
  const unit = fc.integer({ min: 0, max: 0xffff });
  fc.assert(
    fc.property(fc.string(), unit, unit, fc.string(), (before, one, other, after) => {
      fc.pre(one !== other);
      const [first, second] = [one, other].map((code) => longHash(before + String.fromCharCode(code) + after));
      expect(first?.first).not.toBe(second?.first);
      expect(first?.second).not.toBe(second?.second);
    }),
  );
});

it('the long hash tells very many similar texts apart', () => {
  const texts = Array.from({ length: 100_000 }, (_, id) => `{"value":${id % 7},"context_features":[],"rule_id":${id}}`);
  const hashes = texts.map(longHash).map(({ first, second }) => `${first}.${second}`);
  expect(new Set(hashes).size).toBe(texts.length);
});
