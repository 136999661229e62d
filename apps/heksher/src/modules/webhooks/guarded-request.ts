import {
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as requestByHttp,
  type RequestOptions,
} from 'node:http';
import { request as requestByHttps } from 'node:https';
import { type LookupFunction } from 'node:net';
import { connect as connectByTls } from 'node:tls';
import { type OutgoingProxy, tunnelTo } from './outgoing-proxy.js';
import { type Address, hostOf, type SsrfGuard } from './ssrf-guard.js';

/** What is sent. */
export type Sent = Readonly<{
  method: 'POST' | 'OPTIONS';
  headers: Readonly<Record<string, string>>;
  body?: Buffer;
  signal: AbortSignal;
}>;

/** `text` is the beginning of the body. */
export type Answered = Readonly<{ status: number; headers: IncomingHttpHeaders; text: string }>;

/** By what requests go out. */
export type WayOut = Readonly<{
  guard: SsrfGuard;
  /** Undefined: directly. */
  proxy: OutgoingProxy | undefined;
}>;

/** So much of an answer is read, in bytes. */
const MOST_ANSWER = 1_024;

const NOTHING = Buffer.alloc(0);

/**
 * One request to an address that others chose, over a connection of its own to an address that the guard has looked at, also through a
 * proxy. A redirect is an answer like any other. Throws Refused, or what the connection failed by; the reason of the signal where that
 * ended it.
 */
export async function guardedRequest(out: WayOut, url: URL, sent: Sent): Promise<Answered> {
  const { method, signal, body = NOTHING } = sent;
  const connection = await orAborted(connectionTo(out, url, signal), signal);
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? requestByHttps : requestByHttp;
    const headers = { ...sent.headers, 'content-length': String(body.length), connection: 'close' };
    const request = send(url, { method, headers, signal, ...connection });
    const failed = (error: unknown): void => reject(asError(signal.aborted ? signal.reason : error));
    request.on('error', failed);
    request.on('response', (response) => void readAnswer(response).then(resolve, failed));
    request.end(body);
  });
}

/** The proxy is told an address, not a name: what it would resolve by itself may be another one. */
async function connectionTo({ guard, proxy }: WayOut, url: URL, signal: AbortSignal): Promise<RequestOptions> {
  const addresses = await guard.addressesOf(url);
  if (proxy?.isFor(url, addresses) !== true) return { agent: false, lookup: only(addresses) };
  const socket = await tunnelTo(proxy.url(), addresses, url.port || '443', signal);
  const host = hostOf(url);
  return { createConnection: () => connectByTls({ socket, host, ...(!guard.isLiteral(url) && { servername: host }) }) };
}

/** What came of the body counts, however it ends: the status is what matters. */
async function readAnswer(response: IncomingMessage): Promise<Answered> {
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
  return { status, headers, text: Buffer.concat(pieces).subarray(0, MOST_ANSWER).toString('utf8') };
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
