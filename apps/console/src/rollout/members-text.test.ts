import fc from 'fast-check';
import { membersOf, readSheet } from './members-text.js';

it('reads what a spreadsheet writes, whatever the delimiter', () => {
  const cell = fc.string({ minLength: 1 }).filter((text) => !/^[\s"]|\ufeff|\s$/.test(text));
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  fc.assert(
    fc.property(
      fc.constantFrom(',', ';', '\t', '|'),
      fc.array(fc.tuple(cell, cell), { minLength: 1 }),
      (delimiter, cells) => {
        const text = cells.map((row) => row.map(quoted).join(delimiter)).join('\r\n');
        // The delimiter that is found is the one that is most often in the first line; others in it are the text's own.
        fc.pre(!/[,;\t|\n]/.test(cells[0]?.join('') ?? ''));
        expect(readSheet(text).rows).toEqual(cells);
      },
    ),
  );
});

it('finds the header, counts what is there twice and says which lines are refused', () => {
  const sheet = readSheet('\ufeffemail;plan\nann@example.com;pro\nann@example.com;free\nno good;x\n\n;x\nbob;y');
  expect(sheet).toMatchObject({ delimiter: ';', hasHeader: true });
  expect(membersOf(sheet, 0, true)).toEqual({
    units: ['ann@example.com', 'bob'],
    repeated: 1,
    refused: [
      { line: 4, text: 'no good', reason: 'has " "' },
      { line: 6, text: '', reason: 'the column is empty' },
    ],
  });
});

it('takes plain lines as they are', () => {
  const sheet = readSheet('ann\nbob\r\n');
  expect(membersOf(sheet, 0, sheet.hasHeader)).toEqual({ units: ['ann', 'bob'], repeated: 0, refused: [] });
});
