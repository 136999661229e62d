/** What is to be sent. It must not throw: others wait behind. */
export type Letter = Readonly<{ send: () => void }>;

/**
 * Many wait for one check: their answers are all made first and then sent in one go, since a client that has to be woken
 * for each costs the sender more than the answer does.
 */
export class Outbox {
  private letters: Letter[] = [];

  add(letter: Letter): void {
    if (this.letters.push(letter) === 1) queueMicrotask(() => this.send());
  }

  private send(): void {
    const { letters } = this;
    this.letters = [];
    for (const letter of letters) letter.send();
  }
}
