import * as fc from 'fast-check';
import { asName, formatSaved, parseSaved, type SavedContext } from './saved-contexts.js';

const text = fc.string({ minLength: 1 }).map(asName);
const saved: fc.Arbitrary<readonly SavedContext[]> = fc.uniqueArray(
  fc.record({
    name: text.filter((name) => name !== ''),
    context: fc.dictionary(fc.constantFrom('account', 'user', 'theme'), fc.stringMatching(/^[a-z%,;=: ]{0,6}[a-z]$/), {
      minKeys: 1,
    }),
  }),
  { selector: ({ name }) => name },
);

it('contexts come back from their text as they were', () => {
  fc.assert(fc.property(saved, (all) => expect(parseSaved(formatSaved(all))).toEqual({ saved: all, refused: [] })));
});

it('lines that say nothing are told, and of two with one name the later one holds', () => {
  expect(parseSaved("jim's = account:jim\n\n = user:bob\nnothing\nempty = \njim's = account:jim,user:bob\r\n")).toEqual(
    {
      saved: [{ name: "jim's", context: { account: 'jim', user: 'bob' } }],
      refused: ['= user:bob', 'nothing', 'empty ='],
    },
  );
});
