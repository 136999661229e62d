/**
 * Lets readers share checks without any of them being told of a time before it came: a reader waits for a check that
 * started after it arrived. While one check is under way, all who arrive share the next.
 */
export class FreshnessGate<T> {
  private running: Promise<T> | undefined;
  private next: Promise<T> | undefined;

  constructor(private readonly check: () => Promise<T>) {}

  fresh(): Promise<T> {
    if (this.running === undefined) return this.start();
    const { running } = this;
    const startNext = (): Promise<T> => this.start();
    this.next ??= running.then(startNext, startNext);
    return this.next;
  }

  private start(): Promise<T> {
    this.next = undefined;
    const running = this.check();
    this.running = running;
    const done = (): void => {
      if (this.running === running && this.next === undefined) this.running = undefined;
    };
    running.then(done, done);
    return running;
  }
}
