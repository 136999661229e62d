import { HeksherError } from '@heksher/core';
import { type NextFunction, type Request, type Response } from 'express';

const SERVED = /^\/(docs|redoc|openapi\.json|api\/health)(\/|$)/;

/** With DOC_ONLY=true there is no database: whatever is neither a document nor a health check says so. */
export function docOnlyMiddleware(request: Request, _response: Response, next: NextFunction): void {
  if (SERVED.test(request.path)) return next();
  next(
    new HeksherError(
      'doc_only',
      'this Heksher serves its documents only (DOC_ONLY=true): /docs, /redoc, /openapi.json',
    ),
  );
}
