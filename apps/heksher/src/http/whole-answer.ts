import { STATUS_CODES, type ServerResponse } from 'node:http';
import { type Body } from '../body.js';

/** How long an idle connection is kept for the next request, in seconds; each answer tells it. */
export const KEEP_ALIVE_S = 5;

/**
 * Sends a whole answer. Where nothing was set on the response before and its connection is free and stays open, which is
 * how nearly all requests come, head and body are written as one: Node's own way checks each header, keeps the head apart
 * from the body and passes both through one more queue.
 * @param headers names and values by turns, none of which a client makes up unchecked
 */
export function sendWhole(response: ServerResponse, status: number, headers: readonly string[], body?: Body): void {
  const { socket } = response;
  if (socket === null || !response.shouldKeepAlive || response.getHeaderNames().length > 0) {
    response.writeHead(status, [...headers]).end(body, 'latin1');
    return;
  }
  response.statusCode = status;
  const head = headOf(status, headers);
  // What Node itself waits for before it takes up the next request of the connection.
  const written = (): void => void (socket.destroyed || response.emit('finish'));
  if (body === undefined) {
    socket.write(head, 'latin1', written);
  } else if (typeof body === 'string') {
    socket.write(head + body, 'latin1', written);
  } else {
    socket.cork();
    socket.write(head, 'latin1');
    socket.write(body, written);
    socket.uncork();
  }
}

function headOf(status: number, headers: readonly string[]): string {
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n`;
  for (let index = 0; index < headers.length; index += 2) {
    head += `${headers[index] ?? ''}: ${headers[index + 1] ?? ''}\r\n`;
  }
  return `${head}Date: ${httpDate()}${END_OF_HEAD}`;
}

const END_OF_HEAD = `\r\nConnection: keep-alive\r\nKeep-Alive: timeout=${KEEP_ALIVE_S}\r\n\r\n`;

let second = 0;
let dateOfSecond = '';

function httpDate(): string {
  const now = Math.floor(Date.now() / 1_000);
  if (now !== second) {
    second = now;
    dateOfSecond = new Date(now * 1_000).toUTCString();
  }
  return dateOfSecond;
}
