import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type Response } from 'express';
import { type Caller } from '../caller.js';

/** A parameter of a controller's method: the caller, to be handed on to what is logged. */
export const CalledBy = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  callerOf(context.switchToHttp().getResponse<Response>()),
);

/** The caller that this response is for: the rim has set its headers before anything else. */
export function callerOf(response: Response): Caller {
  return { request_id: String(response.getHeader('X-Request-Id')) };
}
