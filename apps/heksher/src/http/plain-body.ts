import { type IncomingMessage } from 'node:http';

/**
 * Whether a request has a body that can be read without Express, and no query: with a Content-Length, which was checked at
 * admission; Node enforces that the body has that length.
 */
export function hasPlainBody({ headers }: IncomingMessage, queryString: string | undefined): boolean {
  return (
    queryString === undefined &&
    Number(headers['content-length']) > 0 &&
    headers['transfer-encoding'] === undefined &&
    headers['content-encoding'] === undefined &&
    headers.expect === undefined &&
    headers.upgrade === undefined
  );
}

/** Reads such a body. Nothing is called where the client leaves before it is whole. */
export function readPlainBody(request: IncomingMessage, done: (body: Buffer) => void): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const [first] = chunks;
    done(chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks));
  });
}
