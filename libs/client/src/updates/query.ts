import { HeksherError } from '@heksher/core';
import { messageOf, unavailable } from '../errors.js';
import { type TakenAnswer, takeApart } from '../resolution/answer.js';
import { type Turns } from '../resolution/turns.js';
import { type SettingsQuery } from '../service/query-paths.js';
import { type Send, unexpectedAnswer } from '../service/service.js';

/** What a query was answered; nothing is taken where nothing is new. `isStale`: the service's database is away. */
export type QueryAnswer = Readonly<{
  query: SettingsQuery;
  etag: string | null;
  isStale: boolean;
  taken: TakenAnswer | undefined;
}>;

/** Rejects with 'not_found' where a setting is unknown, and with 'unavailable' where the answer is none to a query. */
export async function ask(
  send: Send,
  query: SettingsQuery,
  etag: string | undefined,
  turns: Turns,
): Promise<QueryAnswer> {
  const answer = await send(query.path, etag === undefined ? {} : { headers: { 'if-none-match': etag } });
  const isStale = answer.headers.has('heksher-stale');
  if (answer.status === 304 && etag !== undefined) return { query, etag, isStale, taken: undefined };
  if (answer.status === 404) throw new HeksherError('not_found', answer.text);
  if (answer.status !== 200) throw unexpectedAnswer('asking for values', answer);
  try {
    return { query, etag: answer.headers.get('etag'), isStale, taken: await takeApart(answer.text, turns) };
  } catch (error) {
    throw notAnAnswer(error);
  }
}

/** Rules, types and orders that make no sense are as bad as no JSON. */
export function notAnAnswer(error: unknown): HeksherError {
  return unavailable(
    `asking for values: what the service answered is no answer to a query: ${messageOf(error)}`,
    error,
  );
}
