import { randomUUID } from 'node:crypto';
import { type NextFunction, type Request, type Response } from 'express';
import { type Lifecycle } from '../lifecycle.js';
import { type Logger, runWithRequestId } from '../modules/logging/index.js';

const SANE_REQUEST_ID = /^[\w.:/+=@-]{1,128}$/;

/** Gives each request its id (the caller's where that is sane), tells it in the answer and in each line logged meanwhile. */
export function requestMiddleware(log: Logger, lifecycle: Lifecycle) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const given = request.get('x-request-id');
    const requestId = given !== undefined && SANE_REQUEST_ID.test(given) ? given : randomUUID();
    response.setHeader('X-Request-Id', requestId);
    if (lifecycle.isShuttingDown) response.setHeader('Connection', 'close');
    runWithRequestId(requestId, () => {
      if (log.isEnabled('debug')) logWhenDone(log, request, response);
      next();
    });
  };
}

function logWhenDone(log: Logger, request: Request, response: Response): void {
  const start = performance.now();
  response.once('close', () => {
    log.debug('request', {
      method: request.method,
      path: request.originalUrl,
      status: response.statusCode,
      duration_ms: Math.round((performance.now() - start) * 1000) / 1000,
      completed: response.writableFinished,
    });
  });
}
