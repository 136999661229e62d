import { type ServerResponse } from 'node:http';
import { sendWhole } from '../../http/whole-answer.js';
import { type OfrepAnswer } from './ofrep.service.js';

/**
 * Sends flags, or 304 where the asker has them: the one way both ways of answering end.
 * @param headers those the answer has in any case and that are not set yet, names and values by turns
 */
export function sendAnswer(
  response: ServerResponse,
  { body, etag, staleSeconds }: OfrepAnswer,
  headers: readonly string[] = [],
): void {
  const all = [...headers];
  if (etag !== undefined) all.push('ETag', etag);
  if (staleSeconds !== undefined) all.push('Heksher-Stale', String(staleSeconds));
  if (body === undefined) {
    sendWhole(response, 304, all);
    return;
  }
  all.push('Content-Type', 'application/json; charset=utf-8', 'Content-Length', String(body.length));
  sendWhole(response, 200, all, body);
}
