import { type Receiver } from './receiver.js';

/**
 * Work that takes much memory is done one after another, in the order in which it was asked for. What nobody waits for any
 * more when its turn comes is left out.
 */
export class Line {
  private readonly waiting: (() => void)[] = [];
  private isBusy = false;

  /** Calls `begin` when its turn comes; the turn ends when the receiver it is given has a result. It must not throw. */
  enter<T>(receiver: Receiver<T>, begin: (receiver: Receiver<T>) => void): void {
    const start = (): void => {
      if (receiver.isGone) return this.next();
      begin({
        isGone: false,
        span: receiver.span,
        ready: (value) => {
          this.next();
          receiver.ready(value);
        },
        failed: (error) => {
          this.next();
          receiver.failed(error);
        },
      });
    };
    if (this.isBusy) this.waiting.push(start);
    else {
      this.isBusy = true;
      start();
    }
  }

  private next(): void {
    const start = this.waiting.shift();
    if (start === undefined) this.isBusy = false;
    else setImmediate(start);
  }
}
