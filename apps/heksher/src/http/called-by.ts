import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { type Caller } from '../caller.js';
import { admissionOf } from './admission.js';
import { messageOf } from './message.js';
import { preconditionOf } from './precondition.js';

/** A parameter of a controller's method that writes: the caller, with what the request's headers say of a write. */
export const CalledBy = createParamDecorator((_data: unknown, context: ExecutionContext): Caller => {
  const http = context.switchToHttp();
  const request = http.getRequest<Request>();
  const message = messageOf(request.headers['heksher-message']);
  const precondition = preconditionOf(request.headers);
  return {
    ...callerOf(request),
    ...(message !== undefined && { message }),
    ...(precondition !== undefined && { precondition }),
    onRevision: (revision) => void http.getResponse<Response>().setHeader('Heksher-Revision', revision),
  };
});

export function callerOf(request: Request): Caller {
  const admission = admissionOf(request);
  if (admission === undefined) throw new Error('the request did not come in at the entrance');
  return admission.caller;
}
