/** Time budget before yielding to the event loop: far below what a server's clients notice. */
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

/** Does `work` for each item, a few at a time; results are in the order of the items. Rejects with the first failure. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
  atOnce = 8,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const waiting = items.entries();
  let hasFailed = false;
  const worker = async (): Promise<void> => {
    for (const [index, item] of waiting) {
      if (hasFailed) return;
      results[index] = await work(item);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  } catch (error) {
    hasFailed = true;
    throw error;
  }
  return results;
}

/**
 * Runs `work` once for all callers that come together. Calls while it runs share the next run, since this one may have begun
 * before what they want to see.
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
