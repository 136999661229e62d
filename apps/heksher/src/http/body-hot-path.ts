import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type HotPath } from './heksher-adapter.js';
import { Outbox } from './outbox.js';

/** Sends an answer with the headers, names and values by turns, that it has in any case. */
export type Send = (response: ServerResponse, headers: readonly string[]) => void;

/** Makes the answer to a body, and calls back once: with how to send it, or where Express should tell what is wrong. */
export type BodyHandler = (
  body: Buffer,
  request: IncomingMessage,
  waiter: Readonly<{ ready: (send: Send) => void; failed: (error: unknown) => void }>,
) => void;

/**
 * Answers plain POSTs without Express, which costs several times the work of the answer itself. Whatever is not a POST
 * with a plain body of a length that is told and within the limit, whatever no handler takes, and whatever fails, is left
 * to Express, with the body where it has been read.
 * @param handlerOf the handler for a URL as it was sent, if there is one
 */
export function bodyHotPath(handlerOf: (url: string) => BodyHandler | undefined, limitBytes: number): HotPath {
  const outbox = new Outbox();
  return (request, response, headers, leave) => {
    if (request.method !== 'POST' || !hasPlainBody(request, limitBytes)) return false;
    const handle = handlerOf(request.url ?? '');
    if (handle === undefined) return false;
    readBody(request, (body) => {
      handle(body, request, {
        ready: (send) => outbox.add({ send: () => sendSafely(response, headers, send) }),
        failed: () => {
          // Express' body parser takes what is there where the request has been read to its end.
          Object.assign(request, { body });
          leave();
        },
      });
    });
    return true;
  };
}

/** Takes what the first of the hot paths takes. */
export function firstOf(...paths: readonly HotPath[]): HotPath {
  return (request, response, headers, leave) => {
    for (const path of paths) if (path(request, response, headers, leave)) return true;
    return false;
  };
}

/** Node sees to it that a body is as long as it says: one that breaks off never ends. */
function hasPlainBody({ headers }: IncomingMessage, limitBytes: number): boolean {
  const length = Number(headers['content-length'] ?? 0);
  if (!(length > 0) || length > limitBytes) return false;
  return (
    headers['transfer-encoding'] === undefined &&
    headers['content-encoding'] === undefined &&
    headers.expect === undefined &&
    headers.upgrade === undefined
  );
}

function readBody(request: IncomingMessage, done: (body: Buffer) => void): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const [first] = chunks;
    done(chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks));
  });
}

function sendSafely(response: ServerResponse, headers: readonly string[], send: Send): void {
  if (response.destroyed) return;
  try {
    send(response, headers);
  } catch (error) {
    response.destroy(error instanceof Error ? error : undefined);
  }
}
