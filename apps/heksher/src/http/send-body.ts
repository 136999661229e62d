import { type RawJson } from '@heksher/core';
import { type Response } from 'express';
import { strongEtag } from '../etag.js';
import { compress, encodingFor, isCompressible, markedEtag } from './compression.js';
import { matchesEtag } from './if-none-match.js';

/**
 * Sends a body over Express, by the headers that are set: compressed where it is long and the client takes that, or as 304 where
 * the client has it.
 */
export async function sendBody(response: Response, body: string | Buffer): Promise<void> {
  const { req: request } = response;
  const etag = response.getHeader('ETag');
  if (typeof etag === 'string' && matchesEtag(request.headers['if-none-match'], etag)) {
    response.removeHeader('Content-Type');
    response.status(304).end();
    return;
  }
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  let sent = bytes;
  if (isCompressible(bytes)) {
    response.vary('Accept-Encoding');
    const encoding = encodingFor(request.headers['accept-encoding']);
    if (encoding !== undefined) {
      sent = await compress(bytes, encoding);
      response.setHeader('Content-Encoding', encoding);
      if (typeof etag === 'string') response.setHeader('ETag', markedEtag(etag, encoding));
    }
  }
  response.setHeader('Content-Length', sent.length);
  response.end(request.method === 'HEAD' ? undefined : sent);
}

/** Sends JSON text likewise. */
export function sendJson(response: Response, text: string): Promise<void> {
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  return sendBody(response, text);
}

/** Sends JSON with a tag of its content. */
export function sendTagged(response: Response, { text }: RawJson): Promise<void> {
  response.setHeader('ETag', strongEtag(text));
  return sendJson(response, text);
}
