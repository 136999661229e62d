import { ProblemList } from '@heksher/core';
import { type CanActivate, type ExecutionContext, UseGuards } from '@nestjs/common';
import { type Request } from 'express';
import { sliced } from '../in-slices.js';
import { parseObject, refuseUnknown } from './validation.js';

class NoBodyGuard implements CanActivate {
  async canActivate(context: ExecutionContext): Promise<true> {
    const body: unknown = context.switchToHttp().getRequest<Request>().body;
    if (!Buffer.isBuffer(body) || body.length === 0) return true;
    const problems = new ProblemList();
    refuseUnknown((await sliced(parseObject(body))).members.keys(), new Set(), 'body', problems);
    problems.throwIfAny();
    return true;
  }
}

/** For an operation that needs nothing in its body: it may be empty or `{}`, and members are refused by name, not ignored. */
export const TakesNoBody = (): MethodDecorator => UseGuards(NoBodyGuard);
