import { type ServerResponse } from 'node:http';
import { bodyOf } from '../../body.js';
import { sendWhole } from '../../http/whole-answer.js';
import { type EvaluationAnswer } from './evaluation.service.js';

/**
 * Sends an answer: the one way both ways of answering end.
 * @param headers those the answer has in any case and that are not set yet, names and values by turns
 */
export function sendEvaluation(
  response: ServerResponse,
  { text, staleSeconds }: EvaluationAnswer,
  headers: readonly string[] = [],
): void {
  const body = bodyOf(text);
  const all = [...headers, 'Content-Type', 'application/json; charset=utf-8', 'Content-Length', String(body.length)];
  if (staleSeconds !== undefined) all.push('Heksher-Stale', String(staleSeconds));
  sendWhole(response, 200, all, response.req.method === 'HEAD' ? undefined : body);
}
