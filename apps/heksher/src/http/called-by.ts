import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type Request } from 'express';
import { type Caller } from '../caller.js';
import { admissionOf } from './admission.js';

/** A parameter of a controller's method: the caller, to be handed on to what is logged. */
export const CalledBy = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  callerOf(context.switchToHttp().getRequest<Request>()),
);

export function callerOf(request: Request): Caller {
  const admission = admissionOf(request);
  if (admission === undefined) throw new Error('the request did not come in at the entrance');
  return admission.caller;
}
