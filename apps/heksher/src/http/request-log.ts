import { type IncomingMessage, type ServerResponse } from 'node:http';
import { loggedCaller } from '../caller.js';
import { type Logger } from '../modules/logging/index.js';
import { type Admission } from './admission.js';

/** One line at debug when the request is done, with how it ended. */
export function logWhenDone(
  request: IncomingMessage,
  response: ServerResponse,
  admission: Admission,
  log: Logger,
): void {
  const startedAt = performance.now();
  const { method, url, socket } = request;
  let isSent = false;
  response.once('finish', () => (isSent = !socket.destroyed));
  response.once('close', () => {
    log.debug('request', {
      ...loggedCaller(admission.caller),
      method,
      path: withoutSecrets(url),
      status: response.statusCode,
      duration_ms: Math.round((performance.now() - startedAt) * 1000) / 1000,
      completed: isSent,
    });
  });
}

/** Credentials in a URL are not taken, but some clients send them. */
function withoutSecrets(url = ''): string {
  return url.includes('?') ? url.replace(SECRET_PARAMETER, '$1…') : url;
}

const SECRET_PARAMETER = /([?&](?:access_token|id_token|token|api_?key|key)=)[^&]*/gi;
