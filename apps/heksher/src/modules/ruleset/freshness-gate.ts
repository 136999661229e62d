/**
 * Who waits for a value, called back once and never at once with an exception of its own. Not a promise: the many
 * readers of one check would make many promises, and those are costly where async hooks are on (Node before 24).
 */
export interface Waiter<T> {
  ready(value: T): void;
  failed(error: unknown): void;
}

/**
 * Lets readers share checks without any of them being told of a time before it came: a reader waits for a check that
 * started after it arrived. While one check is under way, all who arrive share the next. It begins when all that has come
 * in by then has been read: the more share it, the fewer there are.
 */
export class FreshnessGate<T> {
  private isBusy = false;
  private waiting: Waiter<T>[] = [];

  constructor(private readonly check: () => Promise<T>) {}

  wait(waiter: Waiter<T>): void {
    this.waiting.push(waiter);
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
    this.check().then(
      (value) => this.end(served, (waiter) => waiter.ready(value)),
      (error: unknown) => this.end(served, (waiter) => waiter.failed(error)),
    );
  }

  /** The next check is begun before who waited for this one is told: making their answers takes long, and it goes on meanwhile. */
  private end(served: readonly Waiter<T>[], tell: (waiter: Waiter<T>) => void): void {
    setImmediate(() => {
      this.isBusy = this.waiting.length > 0;
      if (this.isBusy) this.start();
      for (const waiter of served) tell(waiter);
    });
  }
}
