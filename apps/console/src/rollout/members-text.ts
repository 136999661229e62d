import { FEATURE_VALUE_RULE, isFeatureValue } from '@heksher/core';

/** Texts in rows and columns, as CSV has them (RFC 4180), with the delimiter that is found in it. */
export type Sheet = Readonly<{ delimiter: string; rows: readonly (readonly string[])[]; hasHeader: boolean }>;

const DELIMITERS = [',', ';', '\t', '|'];
const HEADINGS =
  /^(the[ _-]?)?(id|uuid|guid|key|name|e-?mail|user|unit|member|account|customer|client|login)s?([ _-]?(id|name|key|address|e-?mail))?$/i;

export function readSheet(text: string): Sheet {
  const plain = text.replace(/^\ufeff/, '');
  const first = plain.slice(0, plain.search(/\r?\n|$/));
  const delimiter = DELIMITERS.toSorted((a, b) => first.split(b).length - first.split(a).length)[0] ?? ',';
  const rows = rowsOf(plain, delimiter);
  const hasHeader = rows.length > 1 && rows[0]?.some((cell) => HEADINGS.test(cell.trim())) === true;
  return { delimiter, rows, hasHeader };
}

function rowsOf(text: string, delimiter: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? '';
    if (isQuoted) {
      if (char !== '"') cell += char;
      else if (text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else isQuoted = false;
    } else if (char === '"' && cell === '') isQuoted = true;
    else if (char === delimiter) {
      row.push(cell);
      cell = '';
    } else if (char === '\n') {
      rows.push([...row, cell.replace(/\r$/, '')]);
      row = [];
      cell = '';
    } else cell += char;
  }
  if (cell !== '' || row.length > 0) rows.push([...row, cell.replace(/\r$/, '')]);
  return rows;
}

export type Refused = Readonly<{ line: number; text: string; reason: string }>;
export type Members = Readonly<{ units: readonly string[]; repeated: number; refused: readonly Refused[] }>;

/** The units in a column. Empty lines are passed over; what cannot be a unit is refused, with its line from 1. */
export function membersOf({ rows }: Sheet, column: number, hasHeader: boolean): Members {
  const units = new Set<string>();
  const refused: Refused[] = [];
  let repeated = 0;
  rows.forEach((row, index) => {
    if (hasHeader && index === 0) return;
    const text = (row[column] ?? '').trim();
    if (text === '') {
      if (row.some((cell) => cell.trim() !== ''))
        refused.push({ line: index + 1, text, reason: 'the column is empty' });
    } else if (!isFeatureValue(text)) refused.push({ line: index + 1, text, reason: reasonOf(text) });
    else if (units.has(text)) repeated += 1;
    else units.add(text);
  });
  return { units: [...units], repeated, refused };
}

function reasonOf(text: string): string {
  const odd = /[^\p{L}\p{M}\p{N}_\-.@+/=~#]/u.exec(text)?.[0];
  if (odd !== undefined) return `has ${JSON.stringify(odd)}`;
  return [...text].length > 255 ? 'has more than 255 characters' : `must be ${FEATURE_VALUE_RULE}`;
}
