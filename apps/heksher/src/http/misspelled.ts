import { unescape } from 'node:querystring';
import { invalid, quoted } from '@heksher/core';
import { requirementOf } from '../access/operations.js';
import { AS_OF } from '../as-of.js';
import { DRY_RUN } from './dry-run.js';
import { type Step } from './entrance.js';

/** A parameter that another one is taken for which has the same letters and digits but for so many. */
type Meant = Readonly<{ name: string; letters: string; mistakes: number }>;

/** Of six letters two may be wrong; of four that would be another word. */
const MEANT = {
  write: { name: DRY_RUN, letters: lettersOf(DRY_RUN), mistakes: 2 },
  read: { name: AS_OF, letters: lettersOf(AS_OF), mistakes: 1 },
} as const satisfies Record<string, Meant>;

/** Longer ones are other words, whatever is encoded in them. */
const LONGEST_NAME = 64;

const READ_METHODS: ReadonlySet<string | undefined> = new Set(['GET', 'HEAD']);

/**
 * Clients of Heksher 0.5 send parameters that nobody knows, and these are passed over. But for `?dry_rum=true` a write would be carried out, and for
 * `?asof=1042` the present be shown: what is nearly a parameter that changes what is done is refused.
 */
export const rightlySpelled: Step = ({ method }, { area, path, queryString }) => {
  if (queryString === undefined || (area.name !== 'api' && area.name !== 'ofrep')) return undefined;
  const isRead = READ_METHODS.has(method) || requirementOf(method, path)?.action === 'evaluate';
  const kind = isRead ? 'read' : 'write';
  const given = misspellingIn(queryString, kind);
  if (given === undefined) return undefined;
  const { name } = MEANT[kind];
  const message = `${quoted(given)} is no parameter, and too much like ${name} to be passed over; give ${name}, or leave it out`;
  return { error: invalid(message, given, { parameter: given, code: 'unknown_parameter' }) };
};

/** The name of a parameter that is nearly, and not quite, `dry_run` of a write, or `as_of` of a read. */
export function misspellingIn(queryString: string, kind: keyof typeof MEANT): string | undefined {
  for (const pair of queryString.split('&')) {
    const end = pair.indexOf('=');
    const raw = end === -1 ? pair : pair.slice(0, end);
    if (raw.length > LONGEST_NAME || isOfOtherLength(raw, MEANT[kind])) continue;
    const name = /[%+]/.test(raw) ? unescape(raw.replaceAll('+', ' ')) : raw;
    if (isNearly(name, MEANT[kind])) return name;
  }
  return undefined;
}

/** Whether a name of ASCII that is not encoded has too many letters and digits, or too few. Most have, and to count them takes less than to write them anew. */
function isOfOtherLength(raw: string, { letters, mistakes }: Meant): boolean {
  let count = 0;
  for (let index = 0; index < raw.length; index += 1) {
    const code = raw.charCodeAt(index);
    if (code > 0x7f || code === PERCENT || code === PLUS) return false;
    if (isLetterOrDigit(code)) count += 1;
  }
  return Math.abs(count - letters.length) > mistakes;
}

const [PERCENT, PLUS] = [0x25, 0x2b];

/** Of ASCII. */
function isLetterOrDigit(code: number): boolean {
  const lower = code | 0x20;
  return (code >= 0x30 && code <= 0x39) || (lower >= 0x61 && lower <= 0x7a);
}

function isNearly(given: string, { name, letters, mistakes }: Meant): boolean {
  if (given === name) return false;
  const own = lettersOf(given);
  return Math.abs(own.length - letters.length) <= mistakes && distance(own, letters) <= mistakes;
}

function lettersOf(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

/** How many letters are to be inserted, left out, replaced or swapped with the next, to make one text of the other (optimal string alignment). */
function distance(one: string, other: string): number {
  let [beforeLast, last] = [[] as number[], Array.from({ length: other.length + 1 }, (_, index) => index)];
  for (let row = 1; row <= one.length; row += 1) {
    const now = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const isSame = one[row - 1] === other[column - 1];
      const isSwapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      now.push(
        Math.min(
          (last[column - 1] ?? 0) + (isSame ? 0 : 1),
          (last[column] ?? 0) + 1,
          (now[column - 1] ?? 0) + 1,
          isSwapped ? (beforeLast[column - 2] ?? Infinity) + 1 : Infinity,
        ),
      );
    }
    [beforeLast, last] = [last, now];
  }
  return last[other.length] ?? 0;
}
