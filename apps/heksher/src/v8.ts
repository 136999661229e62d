import { executionAsyncResource } from 'node:async_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Runs a full garbage collection. V8 would keep the garbage of a large load until the heap fills up, and each minor
 * collection would scan its pages. Takes some 50 ms (docs/decisions/v8.md).
 */
export function collectGarbage(): void {
  collector ??= exposedCollector();
  collector();
}

let collector: (() => void) | undefined;

/** Contexts made from now on have a global `gc`; that of the program has none, and goes on without. */
function exposedCollector(): () => void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  setFlagsFromString('--no-expose-gc');
  return collect;
}

/**
 * Has V8 make all objects young. Of a kind of which nearly all live on, as when thousands of streams are opened, it would make the next ones
 * among the old, where the objects of a request stay when they are done, and with them whatever they refer to: beside 5 000 idle streams a
 * sixth of all that requests made outlived each minor collection (docs/decisions/v8.md).
 */
export function makeObjectsYoung(): void {
  setFlagsFromString('--no-allocation-site-pretenuring');
}

/**
 * Keeps one of the objects that Node makes for each `process.nextTick`. Where a program is idle there are none, so that V8
 * forgets their shape in its third full collection; and as Node 20 names their properties by computed keys, the compiled
 * code that makes them never finds back to the quick way, which costs each request about a fifth more.
 */
export function keepTickShape(): void {
  process.nextTick(() => kept.add(executionAsyncResource()));
}

const kept = new Set<object>();
