import { type IncomingMessage } from 'node:http';
import { type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { errorMessage, HeksherError, invalid } from '@heksher/core';
import { Refused } from './refused.js';

/** Room that bodies under way share, so that many large ones cannot take all memory. */
export class BodyRoom {
  private takenBytes = 0;

  constructor(private readonly limitBytes: number) {}

  /** Throws `unavailable` where there is not so much left. */
  take(bytes: number): void {
    if (this.takenBytes + bytes > this.limitBytes) {
      throw new HeksherError('unavailable', 'too many large bodies are being received at once; try again later');
    }
    this.takenBytes += bytes;
  }

  giveBack(bytes: number): void {
    this.takenBytes -= bytes;
  }
}

/** What a body may take: so many bytes once it is unpacked, and so many of the room, if it shares one. */
export type BodyBounds = Readonly<{ limitBytes: number; room?: BodyRoom }>;

/** Bytes of a body, in pieces of equal length: what a client sends byte by byte takes no more memory than its bytes. */
class Pieces {
  readonly full: Buffer[] = [];
  bytes = 0;
  roomBytes = 0;
  private last = Buffer.alloc(0);
  private lastBytes = 0;

  constructor(
    private readonly pieceBytes: number,
    private readonly room: BodyRoom | undefined,
  ) {}

  add(chunk: Buffer): void {
    this.bytes += chunk.length;
    for (let from = 0; from < chunk.length;) {
      if (this.lastBytes === this.last.length) this.begin();
      const copied = chunk.copy(this.last, this.lastBytes, from);
      this.lastBytes += copied;
      from += copied;
    }
  }

  all(): readonly Buffer[] {
    return this.lastBytes === 0 ? this.full : [...this.full, this.last.subarray(0, this.lastBytes)];
  }

  private begin(): void {
    this.room?.take(this.pieceBytes);
    if (this.room !== undefined) this.roomBytes += this.pieceBytes;
    if (this.lastBytes > 0) this.full.push(this.last);
    this.last = Buffer.allocUnsafeSlow(this.pieceBytes);
    this.lastBytes = 0;
  }
}

const PIECE_BYTES = 65_536;

/** A body that has come in whole; `release` gives back its room. */
export type ReceivedBody = Readonly<{ pieces: readonly Buffer[]; release: () => void }>;

/**
 * Receives a body and unpacks it. Beyond its bounds it is refused at once, whatever is still to come: the connection must be
 * closed then.
 */
export function receiveBody(request: IncomingMessage, { limitBytes, room }: BodyBounds): Promise<ReceivedBody> {
  const unpacker = unpackerFor(request.headers['content-encoding'] ?? 'identity');
  const announced = unpacker === undefined ? Number(request.headers['content-length'] ?? PIECE_BYTES) : PIECE_BYTES;
  const pieces = new Pieces(Math.min(Math.max(announced, 1), PIECE_BYTES), room);
  const release = (): void => room?.giveBack(pieces.roomBytes);
  return new Promise((resolve, reject) => {
    const source = unpacker === undefined ? request : request.pipe(unpacker);
    let isOver = false;
    const fail = (error: Error): void => {
      if (isOver) return;
      isOver = true;
      source.off('data', take);
      request.unpipe();
      unpacker?.destroy();
      release();
      reject(error);
    };
    const take = (chunk: Buffer): void => {
      if (pieces.bytes + chunk.length > limitBytes) {
        return fail(new HeksherError('too_large', `the body is too large; the limit is ${limitBytes} bytes`));
      }
      try {
        pieces.add(chunk);
      } catch (error) {
        fail(error instanceof Error ? error : new Error(String(error)));
      }
    };
    source.on('data', take);
    source.once('end', () => {
      isOver = true;
      resolve({ pieces: pieces.all(), release });
    });
    unpacker?.once('error', (error) => fail(invalid(errorMessage(error), 'request')));
    request.once('close', () => {
      if (!request.complete) fail(new Refused(400, 'the client left before the body was whole'));
    });
  });
}

/** Undefined where nothing is packed. */
function unpackerFor(encoding: string): Transform | undefined {
  switch (encoding.toLowerCase()) {
    case 'identity':
      return undefined;
    case 'gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    default:
      throw new Refused(415, `unsupported content encoding "${encoding.toLowerCase()}"`);
  }
}
