import { connect, type Socket } from 'node:net';
import { type BufferLimits, LineBuffer } from './line-buffer.js';

/** An outage is one however many attempts it takes; it is over once a connection has held for `stableMs`. */
export type SenderEvent =
  | Readonly<{ kind: 'lost'; error: Error }>
  | Readonly<{ kind: 'restored' }>
  | Readonly<{ kind: 'dropped'; count: number }>;

export type SenderTuning = BufferLimits &
  Readonly<{
    minDelayMs: number;
    maxDelayMs: number;
    /** After this long without an answer to a connect, or without a byte taken of a line, the connection is given up. */
    stallMs: number;
    stableMs: number;
    /** While lines are dropped and sent at the same time, the listener is notified no more often than this. */
    reportEveryMs: number;
  }>;

export const DEFAULT_TUNING: SenderTuning = {
  maxLines: 10_000,
  maxBytes: 8 * 1024 * 1024,
  minDelayMs: 100,
  maxDelayMs: 30_000,
  stallMs: 30_000,
  stableMs: 1_000,
  reportEveryMs: 5_000,
};

export type SenderOptions = SenderTuning &
  Readonly<{
    host: string;
    port: number;
    onEvent: (event: SenderEvent) => void;
    /** The line that states how many lines are missing at this place. */
    droppedLine: (count: number) => string;
  }>;

/** Bounds what one turn of the event loop spends on sending, so that a full buffer does not hold up requests. */
const LINES_A_TURN = 64;

/**
 * Sends lines over TCP, in order, to a listener that may be absent, slow or gone. `send` costs the caller nothing but memory,
 * within the limits. What the kernel has taken whole counts as sent; the one line it has not is sent again, from its start, on
 * the next connection. Keeps no process alive, except while `close` flushes.
 */
export class TcpLineSender {
  readonly #buffer: LineBuffer;
  #socket: Socket | undefined;
  /** Given to a socket, not yet taken whole by the kernel. Never more than one, so node buffers no other. */
  #unconfirmed: string | undefined;
  #dropped = 0;
  #reportedAt = -Infinity;
  #failures = 0;
  #isDown = false;
  #isScheduled = false;
  #retry: NodeJS.Timeout | undefined;
  #closing: Promise<void> | undefined;
  /** Set from `close` until it has resolved. */
  #finish: (() => void) | undefined;

  constructor(private readonly options: SenderOptions) {
    this.#buffer = new LineBuffer(options);
    this.#connect();
  }

  /** `line` has no line break in it. After `close` it is ignored. */
  send(line: string): void {
    if (this.#closing) return;
    this.#dropped += this.#buffer.push(line);
    this.#schedule();
  }

  /** Sends what is left, for at most `boundMs`, then lets go of everything; what was not sent by then is reported as dropped. */
  close(boundMs: number): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      const deadline = setTimeout(() => this.#finish?.(), boundMs);
      this.#finish = () => {
        this.#finish = undefined;
        clearTimeout(deadline);
        this.#letGo(resolve);
      };
      this.#flush();
    });
    return this.#closing;
  }

  #flush(): void {
    clearTimeout(this.#retry);
    if (!this.#isPending()) this.#end();
    else if (this.#socket) this.#pump();
    else this.#connect();
  }

  #isPending(): boolean {
    return this.#unconfirmed !== undefined || this.#buffer.size > 0 || this.#dropped > 0;
  }

  /** The `end` sends what the kernel holds and says goodbye; a listener that does not answer it is not waited for. */
  #end(): void {
    const finish = (): void => this.#finish?.();
    if (this.#socket && !this.#socket.connecting) this.#socket.end(finish);
    else finish();
  }

  #letGo(resolve: () => void): void {
    clearTimeout(this.#retry);
    const missing = this.#dropped + this.#buffer.size + (this.#unconfirmed === undefined ? 0 : 1);
    if (missing > 0) this.options.onEvent({ kind: 'dropped', count: missing });
    if (this.#socket) this.#socket.once('close', () => resolve()).destroy();
    else resolve();
  }

  #connect(): void {
    const { host, port, stallMs } = this.options;
    const socket = connect({ host, port, keepAlive: true, keepAliveInitialDelay: 60_000 });
    this.#socket = socket;
    let stable: NodeJS.Timeout | undefined;
    let failure = new Error('the listener closed the connection');
    // A second address of the host is tried on a new handle, so the connection is let go of again.
    socket.unref().once('connect', () => {
      socket.unref();
      stable = setTimeout(() => this.#settle(), this.options.stableMs).unref();
      this.#pump();
    });
    socket.setTimeout(stallMs, () => {
      if (socket.connecting) socket.destroy(new Error(`no answer to a connect for ${stallMs} ms`));
      else if (this.#unconfirmed !== undefined)
        socket.destroy(new Error(`the listener took nothing for ${stallMs} ms`));
    });
    socket.on('error', (error) => (failure = error));
    // Without reading, the end of the connection would go unseen.
    socket.on('end', () => socket.destroy()).resume();
    socket.once('close', () => {
      clearTimeout(stable);
      this.#socket = undefined;
      this.#reconnect(failure, stable !== undefined);
    });
  }

  #settle(): void {
    this.#failures = 0;
    if (!this.#isDown) return;
    this.#isDown = false;
    this.options.onEvent({ kind: 'restored' });
  }

  #reconnect(error: Error, wasConnected: boolean): void {
    const isFinished = this.#closing !== undefined && this.#finish === undefined;
    if (isFinished) return;
    if (this.#finish && (!wasConnected || !this.#isPending())) return this.#finish();
    const delay = reconnectDelay(this.#failures++, Math.random(), this.options);
    this.#retry = setTimeout(() => this.#connect(), delay).unref();
    if (this.#isDown) return;
    this.#isDown = true;
    this.options.onEvent({ kind: 'lost', error });
  }

  #schedule(): void {
    if (this.#isScheduled || !this.#idleSocket()) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#pump();
    });
  }

  /** Connected, and the kernel has taken all it was given. */
  #idleSocket(): Socket | undefined {
    const socket = this.#socket;
    return socket && !socket.connecting && socket.writable && socket.writableLength === 0 ? socket : undefined;
  }

  #pump(): void {
    for (let count = 0; count < LINES_A_TURN; count++) {
      const socket = this.#idleSocket();
      if (!socket) return;
      const line = this.#next();
      if (line === undefined) {
        if (this.#finish) this.#end();
        return;
      }
      this.#write(socket, line);
    }
    this.#schedule();
  }

  #next(): string | undefined {
    if (this.#unconfirmed !== undefined) return this.#unconfirmed;
    const isReportDue = this.#buffer.size === 0 || performance.now() - this.#reportedAt >= this.options.reportEveryMs;
    if (this.#dropped === 0 || !isReportDue) return this.#buffer.shift();
    const count = this.#dropped;
    this.#dropped = 0;
    this.#reportedAt = performance.now();
    this.options.onEvent({ kind: 'dropped', count });
    return this.options.droppedLine(count);
  }

  /** A socket hands a line to the kernel at once; only where the kernel has no room for all of it does `writableLength` stay. */
  #write(socket: Socket, line: string): void {
    this.#unconfirmed = line;
    let isTaken = false;
    socket.write(`${line}\n`, (error) => {
      if (isTaken || error || this.#socket !== socket) return;
      this.#unconfirmed = undefined;
      this.#pump();
    });
    isTaken = socket.writableLength === 0 && socket.errored === null;
    if (isTaken) this.#unconfirmed = undefined;
  }
}

/** Milliseconds before the next attempt after `failures` in a row: doubling, and spread by `random` (0 to 1) over its upper half. */
export function reconnectDelay(
  failures: number,
  random: number,
  { minDelayMs, maxDelayMs }: Pick<SenderTuning, 'minDelayMs' | 'maxDelayMs'>,
): number {
  const delay = Math.min(maxDelayMs, minDelayMs * 2 ** failures);
  return delay * (0.5 + random / 2);
}
