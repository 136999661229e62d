import { AsyncLocalStorage } from 'node:async_hooks';

const requestIds = new AsyncLocalStorage<string>();
let running = 0;

/**
 * Runs `fn` so that every line logged in it, and in whatever it starts, carries `requestId`.
 * @param whenEnded is given what to call once the request has ended. While no request runs the storage is switched off,
 * since before Node 24 it slows down everything asynchronous, in requests that have no use for it too.
 */
export function runWithRequestId<T>(requestId: string, fn: () => T, whenEnded?: (end: () => void) => void): T {
  running += 1;
  whenEnded?.(() => {
    running -= 1;
    if (running === 0) requestIds.disable();
  });
  return requestIds.run(requestId, fn);
}

/** The id of the request that this code runs for; undefined outside of one. */
export function currentRequestId(): string | undefined {
  return requestIds.getStore();
}
