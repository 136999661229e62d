import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { type Caller } from '../caller.js';
import { type Admission, admissionOf } from './admission.js';
import { traceparentOf } from '../tracing/trace-context.js';
import { type WriteOperation } from '../metrics/write-counts.js';
import { DRY_RUN, isDryRun } from './dry-run.js';
import { messageOf } from './message.js';
import { ifRevisionOf, preconditionOf } from './precondition.js';

/** A parameter of a controller's method that writes: the caller, with what the request's headers say of a write. */
export const CalledBy = createParamDecorator((_data: unknown, context: ExecutionContext): Caller => {
  const http = context.switchToHttp();
  const request = http.getRequest<Request>();
  const message = messageOf(request.headers['heksher-message']);
  const precondition = preconditionOf(request.headers);
  const ifRevision = ifRevisionOf(request.headers);
  const traceparent = traceparentOf(request.headers['traceparent']);
  return {
    ...callerOf(request),
    operation: operationOf(request),
    ...(message !== undefined && { message }),
    ...(traceparent !== undefined && { traceparent }),
    ...(precondition !== undefined && { precondition }),
    ...(ifRevision !== undefined && { ifRevision }),
    ...(isDryRun(request.query[DRY_RUN]) && { isDryRun: true }),
    onRevision: (revision) => void http.getResponse<Response>().setHeader('Heksher-Revision', revision),
  };
});

export function callerOf(request: Request): Caller {
  return requireAdmission(request).caller;
}

/** What the paths of this service begin with for whoever sent this request; links in answers begin with it. */
export function prefixOf(request: Request): string {
  return requireAdmission(request).prefix;
}

function requireAdmission(request: Request): Admission {
  const admission = admissionOf(request);
  if (admission === undefined) throw new Error('the request did not come in at the entrance');
  return admission;
}

const OPS: Readonly<Record<string, string>> = { POST: 'create', PUT: 'update', PATCH: 'update', DELETE: 'delete' };

/** By the route, such as `/api/v1/rules/:id/value`: what it is of comes third. */
function operationOf({ method, route }: Request): WriteOperation {
  const { path } = route as Readonly<{ path: string }>;
  const [, , , resource = 'none'] = path.split('/');
  return { resource, op: path.endsWith('/declare') ? 'declare' : (OPS[method] ?? 'none') };
}
