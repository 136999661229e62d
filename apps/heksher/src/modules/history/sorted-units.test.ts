import { atOnce } from '@heksher/core';
import fc from 'fast-check';
import { compareByCodePoint, firstUnits, sortedUnits } from './sorted-units.js';

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
const units = fc.uniqueArray(fc.string({ unit: 'grapheme', minLength: 1 }), { maxLength: 50 });

it('texts are in the order of their UTF-8 bytes, beyond the basic plane too', () => {
  expect(['\u{10000}', '\uffff', 'a'].sort(compareByCodePoint)).toEqual(['a', '\uffff', '\u{10000}']);
  fc.assert(
    fc.property(units, (given) => {
      expect(atOnce(sortedUnits(given, ''))).toEqual([...given].sort(byBytes));
    }),
  );
});

it('a page has the first units behind one, and counts all with the prefix', () => {
  fc.assert(
    fc.property(
      units,
      fc.string({ maxLength: 1 }),
      fc.nat(50),
      fc.integer({ min: 1, max: 9 }),
      (given, prefix, place, most) => {
        const matching = given.filter((unit) => unit.startsWith(prefix)).sort(byBytes);
        const after = [...given].sort(byBytes)[place] ?? '';
        const page = atOnce(firstUnits(given, { prefix, after, most }));
        const behind = matching.filter((unit) => byBytes(unit, after) > 0);
        expect(page).toEqual({ units: behind.slice(0, most), count: matching.length });
      },
    ),
  );
});

it('very many units are merged from runs, and the least of them found', () => {
  const given = Array.from({ length: 20_000 }, (_, index) => `u${(index * 7_919) % 20_000}`);
  const sorted = [...given].sort(byBytes);
  expect(atOnce(sortedUnits(given, ''))).toEqual(sorted);
  expect(atOnce(firstUnits(given, { prefix: '', after: 'u19', most: 5 })).units).toEqual(
    sorted.filter((unit) => unit > 'u19').slice(0, 5),
  );
});
