/** What is to be sent. It must not throw: others wait behind. */
export type Sendable = Readonly<{ send: () => void }>;

/**
 * Many wait for one check: their answers are all made first and then sent in one go, since a client that has to be woken
 * for each costs the sender more than the answer does.
 */
export class SendBatch {
  private waiting: Sendable[] = [];

  add(answer: Sendable): void {
    if (this.waiting.push(answer) === 1) queueMicrotask(() => this.send());
  }

  private send(): void {
    const { waiting } = this;
    this.waiting = [];
    for (const answer of waiting) answer.send();
  }
}
