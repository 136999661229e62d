/**
 * Runs `work` for whoever asks. Who asks while it runs gets the next run, together with all who do, since this one may have
 * begun before what they want to see.
 */
export class SingleFlight {
  private running: Promise<void> | undefined;
  private waiting: Promise<void> | undefined;

  constructor(private readonly work: () => Promise<void>) {}

  run(): Promise<void> {
    if (this.waiting !== undefined) return this.waiting;
    if (this.running === undefined) return this.begin();
    this.waiting = ended(this.running).then(() => {
      this.waiting = undefined;
      return this.begin();
    });
    return this.waiting;
  }

  /** Resolves when nothing runs any more. */
  async settled(): Promise<void> {
    while (this.running !== undefined) await ended(this.waiting ?? this.running);
  }

  private begin(): Promise<void> {
    const running = this.work();
    this.running = running;
    void ended(running).then(() => {
      if (this.running === running && this.waiting === undefined) this.running = undefined;
    });
    return running;
  }
}

function ended(work: Promise<void>): Promise<void> {
  return work.catch(() => undefined);
}
