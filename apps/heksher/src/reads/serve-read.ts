import { type Request, type Response } from 'express';
import { admissionOf, mayUse } from '../http/admission.js';
import { matchesEtag } from '../http/if-none-match.js';
import { Refused } from '../http/refused.js';
import { type ReadAnswer } from './read-answer.js';
import { type ReadRoute } from './read-route.js';
import { sendRead } from './send-read.js';

/** Answers a read through Express, if it was not plain. Rejects with the error, for the error filter. */
export async function serveRead(route: ReadRoute, request: Request, response: Response, parameter = ''): Promise<void> {
  const admission = admissionOf(request);
  if (admission === undefined || !mayUse(admission, route.permission))
    throw new Refused(403, 'the caller may not do this');
  const body: unknown = request.body;
  const asked = {
    queryString: admission.queryString ?? '',
    parameter,
    principal: admission.caller.principal,
    body: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
    has: (etag: string) => matchesEtag(request.headers['if-none-match'], etag),
  };
  const answer = await new Promise<ReadAnswer>((ready, failed) => {
    const receiver = {
      span: admission.caller.span,
      get isGone() {
        return response.destroyed;
      },
      ready,
      failed,
    };
    route.handle(asked, receiver);
  });
  sendRead(request, response, answer, admission.headers);
}
