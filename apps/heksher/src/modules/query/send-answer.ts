import { type IncomingMessage, type ServerResponse } from 'node:http';
import { matchesEtag } from './etag.js';
import { type AnsweredQuery } from './query.service.js';

/**
 * Sends the answer of a query, or 304 where the client has it: the one way both ways of answering end.
 * @param headers those the answer has in any case and that are not set yet, names and values by turns
 */
export function sendAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  { answer: { body, etag }, staleSeconds }: AnsweredQuery,
  headers: readonly string[] = [],
): void {
  const all = [...headers, 'ETag', etag];
  if (staleSeconds !== undefined) all.push('Heksher-Stale', String(staleSeconds));
  if (matchesEtag(request.headers['if-none-match'], etag)) {
    response.writeHead(304, all).end();
    return;
  }
  all.push('Content-Type', 'application/json; charset=utf-8', 'Content-Length', String(body.length));
  response.writeHead(200, all).end(request.method === 'HEAD' ? undefined : body);
}
