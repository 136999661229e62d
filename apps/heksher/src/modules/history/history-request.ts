import { invalid, isStorableText, quoted } from '@heksher/core';
import { AS_OF } from '../../as-of.js';
import { parseAsOf } from '../../http/as-of.js';
import { type ParameterReader, readParameters } from '../../http/parameters.js';
import { cursor, type CursorParts } from '../browsing/cursor.js';
import { type DiffRequest, type EntryRequest, type HistoryRequest } from './history-questions.js';

export const MOST_ENTRIES_OF_PAGE = 200;
export const MOST_CHANGES = 1_000;

const bounded =
  (most: number): ParameterReader<number> =>
  (text, name) => {
    const count = /^[0-9]{1,4}$/.test(text) ? Number(text) : 0;
    if (count >= 1 && count <= most) return count;
    throw invalid(`${name} must be a whole number from 1 to ${most}; given: ${quoted(text)}`, name);
  };

const asOf = (text: string, name: string) => parseAsOf(text, name);

const storable: ParameterReader<string> = (text, name) => {
  if (isStorableText(text)) return text;
  throw invalid(`${name} must be a text without U+0000; given: ${quoted(text)}`, name);
};

const number = ([value, ...more]: CursorParts): number | undefined =>
  typeof value === 'number' && value >= 0 && more.length === 0 ? value : undefined;

const numberOrText = ([value, ...more]: CursorParts): number | string | undefined =>
  value !== undefined && more.length === 0 ? value : undefined;

export function parseHistoryRequest(queryString: string): HistoryRequest {
  return readParameters(queryString, {
    setting: storable,
    actor: storable,
    after: asOf,
    before: asOf,
    limit: bounded(MOST_ENTRIES_OF_PAGE),
    cursor: cursor(number),
  }).parameters;
}

export function parseEntryRequest(queryString: string): EntryRequest {
  const rollout: ParameterReader<number> = (text, name) => {
    const id = /^[0-9]{1,10}$/.test(text) ? Number(text) : 0;
    if (id >= 1 && id < 2 ** 31) return id;
    throw invalid(`${name} must be the id of a rollout; given: ${quoted(text)}`, name);
  };
  const { parameters } = readParameters(queryString, {
    members_of: rollout,
    limit: bounded(MOST_CHANGES),
    cursor: cursor(numberOrText),
  });
  const expected = parameters.members_of === undefined ? 'number' : 'string';
  if (parameters.cursor !== undefined && typeof parameters.cursor !== expected) {
    throw invalid('cursor must be the next_cursor of a page with the same parameters, as it was answered', 'cursor');
  }
  return parameters;
}

export function parseDiffRequest(queryString: string): DiffRequest {
  const { from, to, ...others } = readParameters(queryString, {
    from: asOf,
    to: asOf,
    setting: storable,
    limit: bounded(MOST_CHANGES),
    cursor: cursor(([seq, skipped, ...more]) => {
      if (typeof seq !== 'number' || typeof skipped !== 'number' || more.length > 0) return undefined;
      return seq >= 1 && skipped >= 0 ? { to: seq, skipped } : undefined;
    }),
  }).parameters;
  if (from === undefined) {
    const message = `from must be given: the number of a revision, or a time, as for ${AS_OF}`;
    throw invalid(message, 'from', { code: 'missing', parameter: 'from' });
  }
  return { ...others, from, to };
}
