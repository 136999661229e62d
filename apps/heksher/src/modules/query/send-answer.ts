import { type IncomingMessage, type ServerResponse } from 'node:http';
import { sendWhole } from '../../http/whole-answer.js';
import { matchesEtag } from './etag.js';
import { type AnsweredQuery } from './query.service.js';

/**
 * Sends the answer of a query, or 304 where the client has it: the one way both ways of answering end.
 * @param headers those the answer has in any case and that are not set yet, names and values by turns
 */
export function sendAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  { answer: { body, etag, headers: ofBody }, staleSeconds }: AnsweredQuery,
  headers: readonly string[] = [],
): void {
  const known = matchesEtag(request.headers['if-none-match'], etag);
  const all = known ? [...headers, 'ETag', etag] : [...headers, 'ETag', etag, ...ofBody];
  if (staleSeconds !== undefined) all.push('Heksher-Stale', String(staleSeconds));
  sendWhole(response, known ? 304 : 200, all, known || request.method === 'HEAD' ? undefined : body);
}
