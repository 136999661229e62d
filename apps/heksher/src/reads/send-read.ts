import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type Revision } from '@heksher/ruleset';
import { type Body } from '../body.js';
import {
  compress,
  type Encoding,
  encodingFor,
  isCompressible,
  markedEtag,
  varyByEncoding,
} from '../http/compression.js';
import { matchesEtag } from '../http/if-none-match.js';
import { headersOfBody, type ReadAnswer } from './read-answer.js';
import { sendWhole } from './send-whole.js';

/**
 * Sends the answer to a read, or 304 where the client has it: both ways of answering end here.
 * @param all the headers that the answer has in any case, names and values alternating; the others are added to them
 */
export function sendRead(request: IncomingMessage, response: ServerResponse, answer: ReadAnswer, all: string[]): void {
  const { body, etag, staleSeconds, clientRevision } = answer;
  const revision =
    request.headers['heksher-client'] === undefined ? answer.revision : (answer.revision ?? clientRevision);
  const ifNoneMatch = request.headers['if-none-match'];
  if (staleSeconds !== undefined) all.push('Heksher-Stale', String(staleSeconds));
  if (revision !== undefined) all.push('Heksher-Revision', revisionText(revision));
  if (body === undefined || (etag !== undefined && matchesEtag(ifNoneMatch, etag))) {
    if (etag !== undefined) all.push('ETag', tagInHand(request, etag));
    sendWhole(response, 304, all);
    return;
  }
  if (isCompressible(body)) {
    varyByEncoding(all);
    const encoding = encodingFor(request.headers['accept-encoding']);
    if (encoding !== undefined) {
      compress(body, encoding).then(
        (compressed) => sendCompressed(request, response, compressed, encoding, etag, all),
        (error: Error) => response.destroy(error),
      );
      return;
    }
  }
  if (etag !== undefined) all.push('ETag', etag);
  all.push(...(answer.headers ?? headersOfBody(body)));
  sendWhole(response, 200, all, bodyFor(request, body));
}

/** Grows with every write; the beginning of the token distinguishes databases that were restored or swapped. */
function revisionText({ seq, token }: Revision): string {
  return `${seq}-${token.slice(0, 8)}`;
}

function sendCompressed(
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
  encoding: Encoding,
  etag: string | undefined,
  headers: string[],
): void {
  if (response.destroyed) return;
  if (etag !== undefined) headers.push('ETag', markedEtag(etag, encoding));
  headers.push('Content-Encoding', encoding, ...headersOfBody(body));
  sendWhole(response, 200, headers, bodyFor(request, body));
}

function bodyFor({ method }: IncomingMessage, body: Body): Body | undefined {
  return method === 'HEAD' ? undefined : body;
}

/** That of the compressed answer where this is what the client has, and would be sent again. */
function tagInHand({ headers }: IncomingMessage, etag: string): string {
  const encoding = encodingFor(headers['accept-encoding']);
  if (encoding === undefined) return etag;
  const marked = markedEtag(etag, encoding);
  return headers['if-none-match']?.includes(marked) === true ? marked : etag;
}
