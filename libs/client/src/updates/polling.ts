import { type Updates, type UpdateSource } from './update-source.js';

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;

/**
 * Asks in regular intervals, a little early at random, so that many clients do not ask at once and values are never older
 * than the interval while the service answers. After failures it asks again soon, and then ever more seldom.
 */
export function polling(intervalMs: number): UpdateSource {
  return (updates) => void startPolling(updates, intervalMs);
}

/** As `polling` does. Gives what asks at once, which begins the interval anew. */
export function startPolling(
  { refresh, failures, retryAfterMs, closed }: Updates,
  intervalMs: number,
): () => Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const schedule = (): void => {
    clearTimeout(timer);
    if (closed.aborted) return;
    timer = setTimeout(() => void poll(), delayMs(intervalMs, failures(), Math.random(), retryAfterMs()));
    // Polling alone does not keep a program running. In browsers, timers are numbers.
    if (typeof timer === 'object') timer.unref();
  };
  const poll = (): Promise<void> => refresh().then(schedule, schedule);
  closed.addEventListener('abort', () => clearTimeout(timer), { once: true });
  schedule();
  return poll;
}

/** How long to wait; `random` is from 0 to below 1. */
export function delayMs(intervalMs: number, failures: number, random: number, retryAfterMs = 0): number {
  if (failures === 0) return intervalMs * (1 - 0.2 * random);
  const first = Math.min(intervalMs, FIRST_RETRY_MS);
  const longest = Math.max(intervalMs, LONGEST_RETRY_MS);
  const delay = Math.min(first * 2 ** (failures - 1), longest) * (1 - 0.5 * random);
  return Math.max(delay, retryAfterMs * (1 + 0.1 * random));
}
