import { ProblemList } from '@heksher/core';
import { type CanActivate, type ExecutionContext, UseGuards } from '@nestjs/common';
import { type Request } from 'express';
import { refuseUnknown } from './validation.js';

class NoParametersGuard implements CanActivate {
  canActivate(context: ExecutionContext): true {
    const problems = new ProblemList();
    const { query } = context.switchToHttp().getRequest<Request>();
    refuseUnknown(Object.keys(query), new Set(), 'query', problems);
    problems.throwIfAny();
    return true;
  }
}

/** For an operation that is ours alone and has no parameters in its query: any is refused by name, not ignored. */
export const TakesNoParameters = (): MethodDecorator => UseGuards(NoParametersGuard);
