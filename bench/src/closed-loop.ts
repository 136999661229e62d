import { median } from './statistics.js';

export type Operation = () => Promise<unknown>;

/** How often per second some workers did their operation, each again and again. */
export async function ratePerSecond(workers: readonly Operation[], durationMs: number): Promise<number> {
  const startedAt = performance.now();
  const deadline = startedAt + durationMs;
  let done = 0;
  const work = async (operation: Operation): Promise<void> => {
    while (performance.now() < deadline) {
      await operation();
      done += 1;
    }
  };
  await Promise.all(workers.map(work));
  return done / ((performance.now() - startedAt) / 1_000);
}

/** The median time in milliseconds of an operation done again and again; `before` each one, untimed. */
export async function medianMs(operation: Operation, durationMs: number, before?: Operation): Promise<number> {
  const deadline = performance.now() + durationMs;
  const times: number[] = [];
  do {
    await before?.();
    const startedAt = performance.now();
    await operation();
    times.push(performance.now() - startedAt);
  } while (performance.now() < deadline);
  return median(times);
}

/** Starts an operation so many times a second until it is stopped; stopping waits for those under way and counts all. */
export function atRate(perSecond: number, operation: Operation): { stop(): Promise<number> } {
  const underWay: Promise<unknown>[] = [];
  const startedAt = performance.now();
  // By the clock, since timers come late on a busy machine.
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - startedAt) / 1_000) * perSecond);
    while (underWay.length < due) {
      const started = operation();
      // An error is for whoever stops this.
      started.catch(() => undefined);
      underWay.push(started);
    }
  }, 1_000 / perSecond);
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(underWay);
      return underWay.length;
    },
  };
}
