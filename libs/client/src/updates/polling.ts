import { type Updates, type UpdateSource } from './update-source.js';

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;

/**
 * Asks in regular intervals, a little early at random, so that many clients do not ask at once and values are never older
 * than the interval while the service answers. After failures it asks again soon, and then ever more seldom.
 */
export function polling(intervalMs: number): UpdateSource {
  return ({ refresh, failures, closed }: Updates) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const schedule = (): void => {
      if (closed.aborted) return;
      timer = setTimeout(poll, delayMs(intervalMs, failures(), Math.random()));
      // Polling alone does not keep a program running. In browsers, timers are numbers.
      if (typeof timer === 'object') timer.unref();
    };
    const poll = (): void => void refresh().then(schedule, schedule);
    closed.addEventListener('abort', () => clearTimeout(timer), { once: true });
    schedule();
  };
}

/** How long to wait; `random` is from 0 to below 1. */
export function delayMs(intervalMs: number, failures: number, random: number): number {
  if (failures === 0) return intervalMs * (1 - 0.2 * random);
  const first = Math.min(intervalMs, FIRST_RETRY_MS);
  const longest = Math.max(intervalMs, LONGEST_RETRY_MS);
  return Math.min(first * 2 ** (failures - 1), longest) * (1 - 0.5 * random);
}
