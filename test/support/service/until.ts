import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Wait until `check` gives something other than false and undefined, and give it; a failure says `what` was waited for. The limit only ends a test that
 * hangs: it says nothing of how quick anything is.
 */
export async function until<T>(
  what: string,
  check: () => T | Promise<T>,
  limitMs = 60_000,
): Promise<Exclude<Awaited<T>, false | undefined>> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const found = await check();
    if (found !== false && found !== undefined) return found as Exclude<Awaited<T>, false | undefined>;
    if (Date.now() > deadline) throw new Error(`waited ${limitMs} ms for ${what}`);
    await sleep(25);
  }
}

/** How many milliseconds `work` takes, with what it gives. */
export async function timed<T>(work: Promise<T>): Promise<readonly [milliseconds: number, result: T]> {
  const start = performance.now();
  const result = await work;
  return [performance.now() - start, result];
}
