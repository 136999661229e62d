/**
 * Who waits for a value, called back once and never at once with an exception of its own. Not a promise: the many
 * readers of one check would make many promises, and those are costly where async hooks are on (Node before 24).
 */
export type Waiter<T> = Readonly<{ ready: (value: T) => void; failed: (error: unknown) => void }>;

/**
 * Lets readers share checks without any of them being told of a time before it came: a reader waits for a check that
 * started after it arrived. While one check is under way, all who arrive share the next.
 */
export class FreshnessGate<T> {
  private isChecking = false;
  private waiting: Waiter<T>[] = [];

  constructor(private readonly check: () => Promise<T>) {}

  wait(waiter: Waiter<T>): void {
    this.waiting.push(waiter);
    if (!this.isChecking) this.start();
  }

  fresh(): Promise<T> {
    return new Promise((ready, failed) => this.wait({ ready, failed }));
  }

  private start(): void {
    const served = this.waiting;
    this.waiting = [];
    this.isChecking = true;
    this.check().then(
      (value) => this.end(served, (waiter) => waiter.ready(value)),
      (error: unknown) => this.end(served, (waiter) => waiter.failed(error)),
    );
  }

  /** The next check is sent first, so that it is under way while answers are written. */
  private end(served: readonly Waiter<T>[], tell: (waiter: Waiter<T>) => void): void {
    this.isChecking = false;
    if (this.waiting.length > 0) this.start();
    for (const waiter of served) tell(waiter);
  }
}
