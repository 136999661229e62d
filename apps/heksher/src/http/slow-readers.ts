import { type Server } from 'node:http';
import { type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { type Logger } from '../modules/logging/index.js';
import { Connection } from './connection.js';

const LONGEST_INTERVAL_MS = 5_000;

/**
 * Closes connections whose client reads nothing of an answer for `timeoutMs`. Sockets are polled, so that answers that are
 * read at once, as nearly all are, cost nothing.
 */
export function cutSlowReaders(
  server: Server,
  event: 'connection' | 'secureConnection',
  timeoutMs: number,
  log: Logger,
): void {
  const sockets = new Set<Socket>();
  server.on(event, (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const watch = (): void => {
    // From then on the socket emits `timeout` after `timeoutMs` without a byte sent; Node sets its own timeout again once the answer is sent.
    for (const socket of sockets) {
      if (socket.writableLength > 0 && socket.timeout !== timeoutMs) socket.setTimeout(timeoutMs);
    }
  };
  const interval = setInterval(watch, Math.min(LONGEST_INTERVAL_MS, timeoutMs / 4)).unref();
  server.once('close', () => clearInterval(interval));
  server.on('timeout', (socket: Socket) => {
    if (socket.writableLength > 0) {
      log.info('a client took nothing of its answer; its connection was cut', { after_s: timeoutMs / 1_000 });
      if (socket instanceof TLSSocket) socket.destroy();
      else socket.resetAndDestroy();
    } else if (Connection.of(socket).unsent === undefined) {
      // Idle for as long as connections are kept.
      socket.destroy();
    }
  });
}
