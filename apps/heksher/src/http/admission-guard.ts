import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { type Request } from 'express';
import { admissionOf } from './admission.js';

/** Refuses requests that did not pass the entrance. The place for permissions of controllers. */
@Injectable()
export class AdmissionGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    return admissionOf(context.switchToHttp().getRequest<Request>()) !== undefined;
  }
}
