import { type IncomingMessage } from 'node:http';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { type Caller } from '../caller.js';
import { type Admission, admissionOf } from './admission.js';
import { traceparentOf, tracestateOf } from '../tracing/trace-context.js';
import { type WriteOperation } from '../metrics/write-counts.js';
import { DRY_RUN, isDryRun } from './dry-run.js';
import { messageOf } from './message.js';
import { ifRevisionOf, preconditionOf } from './precondition.js';

/** A parameter of a controller's method that writes: the caller, with what its request says of a write. */
export const CalledBy = createParamDecorator((_data: unknown, context: ExecutionContext): Caller => {
  const http = context.switchToHttp();
  return writerOf(http.getRequest<Request>(), http.getResponse<Response>());
});

/** The caller of a write that Express serves. */
export function writerOf(request: Request, response: Response): Caller {
  const { path } = request.route as Readonly<{ path: string }>;
  const caller = asWriter(callerOf(request), request, operationOf(request.method, path));
  return {
    ...caller,
    ...(isDryRun(request.query[DRY_RUN]) && { isDryRun: true }),
    onRevision: (revision) => void response.setHeader('Heksher-Revision', revision),
  };
}

/** The caller with what the headers of its request say of a write. */
export function asWriter(caller: Caller, { headers }: IncomingMessage, operation: WriteOperation): Caller {
  const message = messageOf(headers['heksher-message']);
  const precondition = preconditionOf(headers);
  const ifRevision = ifRevisionOf(headers);
  const traceparent = traceparentOf(headers['traceparent']);
  const tracestate = traceparent === undefined ? undefined : tracestateOf(headers['tracestate']);
  return {
    ...caller,
    operation,
    ...(message !== undefined && { message }),
    ...(traceparent !== undefined && { traceparent }),
    ...(tracestate !== undefined && { tracestate }),
    ...(precondition !== undefined && { precondition }),
    ...(ifRevision !== undefined && { ifRevision }),
  };
}

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

/** By the path of the route, such as `/api/v1/rules/:id/value`: what it is of comes third. */
export function operationOf(method: string, path: string): WriteOperation {
  const [, , , resource = 'none'] = path.split('/');
  return { resource, op: path.endsWith('/declare') ? 'declare' : (OPS[method] ?? 'none') };
}
