import { ProblemList } from '@heksher/core';
import { type CanActivate, type ExecutionContext, UseGuards } from '@nestjs/common';
import { type Request } from 'express';
import { DRY_RUN } from './dry-run.js';
import { refuseUnknown } from './validation.js';

class NoParametersGuard implements CanActivate {
  canActivate(context: ExecutionContext): true {
    const problems = new ProblemList();
    const { method, query } = context.switchToHttp().getRequest<Request>();
    const known = new Set(method === 'GET' || method === 'HEAD' ? [] : [DRY_RUN]);
    refuseUnknown(Object.keys(query), known, 'query', problems);
    problems.throwIfAny();
    return true;
  }
}

/** For an operation that is ours alone and has no parameters in its query, but for `dry_run` of writes: any other is refused by name, not ignored. */
export const TakesNoParameters = (): MethodDecorator => UseGuards(NoParametersGuard);
