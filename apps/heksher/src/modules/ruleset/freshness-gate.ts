import { type Callback } from '../../callback.js';

/**
 * Lets readers share checks, each of which started after every reader that it serves arrived. While one check is under way,
 * all who arrive share the next. It begins after all pending input has been read, so that more readers share it and
 * fewer are made.
 */
export class FreshnessGate<T> {
  private isBusy = false;
  private waiting: Callback<T>[] = [];

  /** @param check is given the readers that share it */
  constructor(private readonly check: (readers: readonly Callback<T>[]) => Promise<T>) {}

  wait(reader: Callback<T>): void {
    this.waiting.push(reader);
    if (this.isBusy) return;
    this.isBusy = true;
    setImmediate(() => this.start());
  }

  fresh(): Promise<T> {
    return new Promise((ready, failed) => this.wait({ ready, failed }));
  }

  private start(): void {
    const served = this.waiting;
    this.waiting = [];
    this.check(served).then(
      (value) => this.end(served, (reader) => reader.ready(value)),
      (error: unknown) => this.end(served, (reader) => reader.failed(error)),
    );
  }

  /** The next check begins before the readers of this one are called: it goes on while their answers are made. */
  private end(served: readonly Callback<T>[], settle: (reader: Callback<T>) => void): void {
    setImmediate(() => {
      this.isBusy = this.waiting.length > 0;
      if (this.isBusy) this.start();
      for (const reader of served) settle(reader);
    });
  }
}
