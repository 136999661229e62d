import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type Caller } from '../caller.js';
import { type Logger } from '../modules/logging/index.js';

/** One line at debug when the request is done, with how it ended. */
export function logWhenDone(request: IncomingMessage, response: ServerResponse, caller: Caller, log: Logger): void {
  const startedAt = performance.now();
  const { method, url, socket } = request;
  let isSent = false;
  response.once('finish', () => (isSent = !socket.destroyed));
  response.once('close', () => {
    log.debug('request', {
      ...caller,
      method,
      path: url,
      status: response.statusCode,
      duration_ms: Math.round((performance.now() - startedAt) * 1000) / 1000,
      completed: isSent,
    });
  });
}
