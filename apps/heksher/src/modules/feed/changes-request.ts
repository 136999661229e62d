import { type IncomingMessage } from 'node:http';
import { invalid, quoted } from '@heksher/core';
import { type SettingSet } from '../../access/grants.js';
import { type ParameterReader, readParameters } from '../../http/parameters.js';
import { type FeedCursor, requireFeedCursor } from './feed-cursor.js';
import { parseSettingFilter } from './setting-filter.js';

export const MOST_EVENTS_OF_PAGE = 1_000;
export const USUAL_EVENTS = 100;
export const LONGEST_WAIT_S = 55;

/** What is asked of the feed: the changes of which settings, behind which cursor; without one, from now on. */
export type ChangesRequest = Readonly<{ after: FeedCursor | undefined; asked: SettingSet | undefined }>;

/** At most so many events, for which one waits so long at most. */
export type PageRequest = ChangesRequest & Readonly<{ limit: number; waitMs: number }>;

/** Reads a whole number of at most five digits. */
export const whole =
  (least: number, most: number): ParameterReader<number> =>
  (text, name) => {
    const value = /^[0-9]{1,5}$/.test(text) ? Number(text) : NaN;
    if (value >= least && value <= most) return value;
    throw invalid(`${name} must be a whole number from ${least} to ${most}; given: ${quoted(text)}`, name);
  };

export function parsePageRequest(queryString: string): PageRequest {
  const { after, settings, limit, wait } = readParameters(queryString, {
    after: requireFeedCursor,
    settings: parseSettingFilter,
    limit: whole(1, MOST_EVENTS_OF_PAGE),
    wait: whole(0, LONGEST_WAIT_S),
  }).parameters;
  return { after, asked: settings, limit: limit ?? USUAL_EVENTS, waitMs: (wait ?? 0) * 1_000 };
}

/** Who comes back says behind which event by `Last-Event-ID`, at the address that it began with. */
export function parseStreamRequest(queryString: string, headers: IncomingMessage['headers']): ChangesRequest {
  const onlyPages: ParameterReader<never> = (_text, name) => {
    throw invalid(`${name} is for pages of JSON: a stream goes on`, name, { code: 'exclusive', parameter: name });
  };
  const { after, settings } = readParameters(queryString, {
    after: requireFeedCursor,
    settings: parseSettingFilter,
    limit: onlyPages,
    wait: onlyPages,
  }).parameters;
  return { after: lastEventOf(headers) ?? after, asked: settings };
}

/** Empty in clients that have seen none. */
export function lastEventOf({ 'last-event-id': given }: IncomingMessage['headers']): FeedCursor | undefined {
  if (given === undefined || given === '') return undefined;
  return requireFeedCursor(String(given), 'Last-Event-ID');
}
