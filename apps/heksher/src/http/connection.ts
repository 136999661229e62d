import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type Socket } from 'node:net';
import { type Admission } from './admission.js';

/** Maximum number of pipelined requests that are read ahead; then the socket is paused. */
const MOST_WAITING = 16;

const CONNECTION = Symbol('connection');

type Tracked = Socket & { [CONNECTION]?: Connection };

/**
 * A connection with one answer in flight at a time: the next request begins when the answer before it is sent, so that a
 * client that pipelines requests and reads nothing costs one answer.
 */
export class Connection {
  private request: IncomingMessage | undefined;
  private admission: Admission | undefined;
  private last: ServerResponse | undefined;
  private waiting = 0;
  private isHeld = false;

  /** @param keepAliveS how long it is kept idle */
  constructor(
    private readonly socket: Tracked,
    readonly keepAliveS: number,
  ) {
    socket[CONNECTION] = this;
    // Before Node's own listener.
    socket.prependListener('close', () => this.waiting > 0 && abortCheaply());
  }

  /** Notes the request that begins. */
  begin(request: IncomingMessage, admission: Admission): void {
    this.request = request;
    this.admission = admission;
  }

  /** Calls `gone` where the client has left before the request under way was answered. */
  whenGone(gone: (request: IncomingMessage, admission: Admission) => void): void {
    this.socket.once('close', () => {
      // After the answer has had the event.
      setImmediate(() => {
        const { request, admission } = this;
        if (request !== undefined && admission?.isObserved === false) gone(request, admission);
      });
    });
  }

  /** Whether requests can come on a socket; on one whose handshake of TLS has failed they cannot. */
  static isOf(socket: Tracked): boolean {
    return socket[CONNECTION] !== undefined;
  }

  /** That of a socket of our server. */
  static of(socket: Tracked): Connection {
    const connection = socket[CONNECTION];
    if (connection === undefined) throw new Error('the socket is not of our server');
    return connection;
  }

  /** The answer to the request that was read last; undefined where all are sent. */
  get unsent(): ServerResponse | undefined {
    return this.last?.destroyed === false ? this.last : undefined;
  }

  /**
   * Takes up the next response of the connection. Where its turn has not come, `begin` is called when it has, or never where the
   * client has left by then.
   * @returns whether its turn has come
   */
  take(response: ServerResponse, begin: () => void): boolean {
    const { last } = this;
    this.last = response;
    if (response.socket !== null || last === undefined) return true;
    this.waiting += 1;
    if (this.waiting >= MOST_WAITING) this.hold();
    last.once('close', () => {
      // Not at once: other connections get their turn.
      setImmediate(() => {
        if (this.socket.destroyed) return;
        this.waiting -= 1;
        if (this.isHeld && this.waiting === 0) this.release();
        begin();
      });
    });
    return false;
  }

  private hold(): void {
    if (this.isHeld) return;
    this.isHeld = true;
    this.socket.pause();
    this.socket.on('resume', this.pauseAgain);
  }

  private release(): void {
    this.isHeld = false;
    this.socket.off('resume', this.pauseAgain);
    this.socket.resume();
  }

  /** Node resumes a socket after each answer. */
  private readonly pauseAgain = (): void => void this.socket.pause();
}

/**
 * Node makes an error for each request that a lost connection leaves without an answer, and asks for its stack, which nobody sees: of 2 400 requests
 * in 64 KiB that held the event loop for 60 ms. So these errors are made without.
 */
function abortCheaply(): void {
  const { stackTraceLimit } = Error;
  if (stackTraceLimit === 0) return;
  Error.stackTraceLimit = 0;
  process.nextTick(() => (Error.stackTraceLimit = stackTraceLimit));
}
