import { HeksherError } from '@heksher/core';
import { type DataSource } from 'typeorm';

/** A semaphore with a FIFO queue; nobody waits longer than `waitMs` (0: no limit). */
export class Turns {
  private taken = 0;
  private readonly line: (() => void)[] = [];

  constructor(
    private readonly most: number,
    private readonly waitMs: number,
  ) {}

  /** Resolves to a function that releases the slot, to be called once. Rejects with `unavailable` after `waitMs`. */
  take(): Promise<() => void> {
    if (this.taken < this.most) {
      this.taken += 1;
      return Promise.resolve(this.end);
    }
    return new Promise((resolve, reject) => {
      const start = (): void => {
        clearTimeout(timer);
        resolve(this.end);
      };
      const giveUp = (): void => {
        this.line.splice(this.line.indexOf(start), 1);
        reject(new HeksherError('unavailable', 'other writes are taking too long; try again later'));
      };
      const timer = this.waitMs > 0 ? setTimeout(giveUp, this.waitMs) : undefined;
      this.line.push(start);
    });
  }

  /** Whether somebody waits. */
  get isWanted(): boolean {
    return this.line.length > 0;
  }

  private readonly end = (): void => {
    const next = this.line.shift();
    if (next === undefined) this.taken -= 1;
    else next();
  };
}

/** `shared` bounds how many connections of a pool write at once, `sole` lets one decide after another. */
type WriterTurns = Readonly<{ shared: Turns; sole: Turns }>;

const turnsOf = new WeakMap<DataSource, WriterTurns>();

export function boundWriters(dataSource: DataSource, turns: WriterTurns): void {
  turnsOf.set(dataSource, turns);
}

/** Acquires a slot for one writing connection; resolves to its release. */
export function writerTurn(dataSource: DataSource): Promise<() => void> {
  return take(turnsOf.get(dataSource)?.shared);
}

/** `isWanted`: somebody waits for it. */
export type Turn = Readonly<{ isWanted: () => boolean; end: () => void }>;

/** Acquires the one slot for writes that are decided in memory, which would only be in each other's way. */
export async function soleWriterTurn(dataSource: DataSource): Promise<Turn> {
  const turns = turnsOf.get(dataSource)?.sole;
  return { end: await take(turns), isWanted: () => turns?.isWanted === true };
}

async function take(turns: Turns | undefined): Promise<() => void> {
  return (await turns?.take()) ?? (() => undefined);
}
