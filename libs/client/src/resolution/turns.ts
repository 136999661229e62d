/** How long work may go on before others get their turn: far below what a server's clients notice. */
const TURN_MS = 5;

/** Divides long work, so that timers and requests of the program are served in between. */
export class Turns {
  private startedAt = performance.now();

  /** Whether to take `next` now. */
  isOver(): boolean {
    return performance.now() - this.startedAt >= TURN_MS;
  }

  async next(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.startedAt = performance.now();
  }

  /** The result of work that comes in steps. */
  async finish<Result>(steps: Iterator<unknown, Result, undefined>): Promise<Result> {
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
      if (this.isOver()) await this.next();
    }
  }
}
