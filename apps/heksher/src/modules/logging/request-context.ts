import { AsyncLocalStorage } from 'node:async_hooks';

const requestIds = new AsyncLocalStorage<string>();

/** Runs `fn` so that every line logged in it, and in whatever it starts, carries `requestId`. */
export function runWithRequestId<T>(requestId: string, fn: () => T): T {
  return requestIds.run(requestId, fn);
}

/** The id of the request that this code runs for; undefined outside of one. */
export function currentRequestId(): string | undefined {
  return requestIds.getStore();
}
