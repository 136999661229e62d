import { type IncomingMessage, type ServerResponse } from 'node:http';
import { matchesEtag } from './etag.js';
import { type AnsweredQuery } from './query.service.js';

/** Sends the answer of a query, or 304 where the client has it: the one way both ways of answering end. */
export function sendAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  { answer: { body, etag }, staleSeconds }: AnsweredQuery,
): void {
  response.setHeader('ETag', etag);
  if (staleSeconds !== undefined) response.setHeader('Heksher-Stale', staleSeconds);
  if (matchesEtag(request.headers['if-none-match'], etag)) {
    response.statusCode = 304;
    response.end();
    return;
  }
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.setHeader('Content-Length', body.length);
  response.end(request.method === 'HEAD' ? undefined : body);
}
