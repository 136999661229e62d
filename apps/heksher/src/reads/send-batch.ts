/** Must not throw: others follow in the batch. */
export type Sendable = Readonly<{ send: (now: number) => void }>;

/**
 * Many requests wait for one check: all answers are made first and then sent in one batch, since waking a client process
 * for each one delays the answers behind it.
 */
export class SendBatch {
  private waiting: Sendable[] = [];

  /** @param clock asked once for all that are sent together */
  constructor(private readonly clock: () => number) {}

  add(answer: Sendable): void {
    if (this.waiting.push(answer) === 1) queueMicrotask(() => this.send());
  }

  private send(): void {
    const { waiting } = this;
    this.waiting = [];
    const now = this.clock();
    for (const answer of waiting) answer.send(now);
  }
}
