import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import { type Socket } from 'node:net';
import { type Logger } from '../modules/logging/index.js';
import { Connection } from './connection.js';

const STATUS_OF: ReadonlyMap<string | undefined, number> = new Map([
  ['HPE_HEADER_OVERFLOW', 431],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', 413],
  ['ERR_HTTP_REQUEST_TIMEOUT', 408],
]);

const DETAILS: ReadonlyMap<number, string> = new Map([
  [408, 'the request did not arrive in time'],
  [413, 'the chunk extensions of the body are too large'],
  [431, 'the headers are too large'],
]);

/** Answers what Node could not read as a request, in its place after those before it on the connection, and closes that. */
export function answerUnreadable(error: Error & { code?: string }, socket: Socket, log: Logger): void {
  if (!Connection.isOf(socket)) {
    socket.destroy();
    return;
  }
  const { unsent } = Connection.of(socket);
  if (!socket.writable || error.code === 'ECONNRESET') socket.destroy();
  else if (unsent === undefined) refuse(error, socket, log);
  // What cannot be read comes after a whole request.
  else if (unsent.req.complete) unsent.once('close', () => refuse(error, socket, log));
  // It is in the body of a request that waits for it.
  else if (unsent.socket !== null && !unsent.headersSent) refuse(error, socket, log);
  else socket.destroy();
}

function refuse(error: Error & { code?: string }, socket: Socket, log: Logger): void {
  if (!socket.writable) return;
  const status = STATUS_OF.get(error.code) ?? 400;
  const title = STATUS_CODES[status] ?? '';
  const request_id = randomUUID();
  log.info('a request could not be read', { request_id, status, reason: error.code ?? error.message });
  const detail = DETAILS.get(status) ?? `the request is not HTTP: ${error.message}`;
  const body = JSON.stringify({ type: 'about:blank', title, status, detail });
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    `X-Request-Id: ${request_id}`,
    'Content-Type: application/problem+json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
