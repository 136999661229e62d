import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { type Request } from 'express';
import { admissionOf } from './admission.js';

/** Lets no request come to a controller that did not come in at the entrance. What its caller may do there is decided here. */
@Injectable()
export class AdmissionGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    return admissionOf(context.switchToHttp().getRequest<Request>()) !== undefined;
  }
}
