import { type IncomingMessage, request as requestByHttp } from 'node:http';
import { request as requestByHttps } from 'node:https';
import { type LookupFunction } from 'node:net';
import { type Address, type SsrfGuard } from './ssrf-guard.js';

/** What is sent. */
export type Post = Readonly<{ headers: Readonly<Record<string, string>>; body: Buffer; signal: AbortSignal }>;

/** `text` is the beginning of the body. */
export type PostAnswer = Readonly<{ status: number; retryAfter: string | undefined; text: string }>;

/** So much of an answer is read, in bytes. */
const MOST_ANSWER = 1_024;

/**
 * One POST to an address that others chose, over a connection of its own to an address that the guard has looked at. A redirect is an
 * answer like any other. Throws Refused, or what the connection failed by; the reason of the signal where that ended it.
 */
export async function guardedPost(guard: SsrfGuard, url: URL, post: Post): Promise<PostAnswer> {
  const { signal } = post;
  const addresses = await orAborted(guard.addressesOf(url), signal);
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? requestByHttps : requestByHttp;
    const headers = { ...post.headers, 'content-length': String(post.body.length), connection: 'close' };
    const request = send(url, { method: 'POST', agent: false, headers, signal, lookup: only(addresses) });
    const failed = (error: unknown): void => reject(asError(signal.aborted ? signal.reason : error));
    request.on('error', failed);
    request.on('response', (response) => void readAnswer(response).then(resolve, failed));
    request.end(post.body);
  });
}

/** What came of the body counts, however it ends: the status is what matters. */
async function readAnswer(response: IncomingMessage): Promise<PostAnswer> {
  const { statusCode: status = 0, headers } = response;
  const pieces: Buffer[] = [];
  let length = 0;
  try {
    for await (const piece of response as AsyncIterable<Buffer>) {
      pieces.push(piece);
      length += piece.length;
      if (length >= MOST_ANSWER) break;
    }
  } catch {
    // Cut off by the other side, or by the signal.
  }
  response.destroy();
  const text = Buffer.concat(pieces).subarray(0, MOST_ANSWER).toString('utf8');
  return { status, retryAfter: headers['retry-after'], text };
}

/** Nothing is asked a second time: an answer of DNS may differ by then. */
function only(addresses: readonly [Address, ...Address[]]): LookupFunction {
  const [{ address, family }] = addresses;
  return (_host, { all }, done) => {
    if (all === true) done(null, [...addresses]);
    else done(null, address, family);
  };
}

async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(asError(signal.reason));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
    work.catch(() => undefined);
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
