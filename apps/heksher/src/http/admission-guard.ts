import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { type Request } from 'express';
import { admissionOf } from './admission.js';

/** Refuses requests that did not pass the entrance, and, where somebody is authenticated, operations that nobody said what they require. */
@Injectable()
export class AdmissionGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const admission = admissionOf(context.switchToHttp().getRequest<Request>());
    if (admission === undefined) return false;
    return admission.caller.principal === undefined || admission.requirement !== undefined;
  }
}
