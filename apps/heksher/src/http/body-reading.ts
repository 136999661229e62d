import { type IncomingMessage } from 'node:http';
import { type RequestHandler, type Response } from 'express';
import { BodyRoom, receiveBody } from './receive-body.js';

/** Limits in bytes: of bodies, and of those that consist of lines. */
export type BodyLimits = Readonly<{ bytes: number; linesBytes: number }>;

/** So many bodies of lines may be as long as they can be at the same time. */
const LONGEST_AT_ONCE = 2;

const TAKES_LINES = /^\/api\/v1\/rollouts\/[^/]+\/members\/?(\?|$)/;
const LINES = /^\s*(text\/csv|application\/x-ndjson)\s*(;|$)/i;

/** Whether the body consists of lines, which may be many more bytes than one of JSON. */
export function hasLines({ method, url = '', headers }: IncomingMessage): boolean {
  return (method === 'POST' || method === 'PUT') && LINES.test(headers['content-type'] ?? '') && TAKES_LINES.test(url);
}

export function limitOf(request: IncomingMessage, { bytes, linesBytes }: BodyLimits): number {
  return hasLines(request) ? linesBytes : bytes;
}

/**
 * Receives the body of each request before its handler begins, so that no transaction waits for a client: as one buffer, or as
 * pieces where it consists of lines. Bodies are bytes whatever their Content-Type says.
 */
export function readBodies(limits: BodyLimits): RequestHandler {
  const room = new BodyRoom(LONGEST_AT_ONCE * Math.max(limits.bytes, limits.linesBytes));
  return (request, response, next) => {
    const { headers } = request;
    if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) return next();
    const isOfLines = hasLines(request);
    const bounds = { limitBytes: limitOf(request, limits), ...(isOfLines && { room }) };
    void (async () => {
      const { pieces, release } = await receiveBody(request, bounds);
      if (response.closed) release();
      else response.once('close', release);
      request.body = isOfLines ? pieces : Buffer.concat(pieces);
    })().then(
      () => next(),
      (error: unknown) => {
        if (!request.complete) closeAfter(response);
        next(error);
      },
    );
  };
}

/** How long what a client still sends is thrown away before its connection is cut. */
const LINGER_MS = 1_000;

/**
 * Closes the connection after this answer, first its sending half alone: a client that still sends would else be cut off before it
 * has read the answer (RFC 9112, 9.6).
 */
function closeAfter(response: Response): void {
  const { socket, req: request } = response;
  response.shouldKeepAlive = false;
  request.resume();
  if (socket === null) return;
  socket.destroySoon = () => {
    socket.end();
    const timer = setTimeout(() => socket.destroy(), LINGER_MS);
    socket.once('close', () => clearTimeout(timer));
  };
}
