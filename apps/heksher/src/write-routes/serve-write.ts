import { type RawJson } from '@heksher/core';
import { type Request, type Response } from 'express';
import { prefixOf, writerOf } from '../http/called-by.js';
import { type WriteRoute } from './write-route.js';

/** Answers a write through Express, if it was not plain; the status is the controller's. Rejects as `handle` does. */
export async function serveWrite(
  route: WriteRoute,
  request: Request,
  response: Response,
  parameter = '',
): Promise<RawJson | undefined> {
  const asked = { caller: writerOf(request, response), parameter, body: request.body as unknown };
  const { headers = [], body } = await route.handle({ ...asked, prefix: prefixOf(request) });
  for (let index = 0; index < headers.length; index += 2) {
    response.setHeader(headers[index] ?? '', headers[index + 1] ?? '');
  }
  return body;
}
